"""Whether what partners give and gain is in balance: exact shares of what was given, and the reasons for a warning.

Amounts are worth in one unit (dollars), so that money, time and things in kind can be added. Nothing is rounded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import Literal

MOST = Fraction(1, 2)
"""More than this share in one hand is too much, where three or more share the load."""
KEPT, NEARLY = Fraction(9, 10), Fraction(7, 10)
"""From here on a promise counts as kept, and from here on as nearly kept."""
Warned = Literal["carries_most", "carries_gains_little", "behind", "loses"]


@dataclass(frozen=True)
class Account:
    """One partner: worth promised, the part of it due by today, worth given; what it gains and what that costs it, 0–4.

    `benefit` and `drawback` are the partner's own answers; None where it has not answered.
    """

    id: str
    promised: Fraction = Fraction(0)
    due: Fraction = Fraction(0)
    given: Fraction = Fraction(0)
    benefit: int | None = None
    drawback: int | None = None


@dataclass(frozen=True)
class Line:
    """What follows for one partner. `share` of all that was given; `kept` of what was due (at most 1), None if nothing.

    `net` is benefit less drawback, -4 to 4, None without an answer.
    """

    id: str
    share: Fraction
    kept: Fraction | None
    net: int | None
    warnings: tuple[Warned, ...]


@dataclass(frozen=True)
class Balance:
    """All partners together. `gini` is 0 when all gave alike, and nears 1 when one gave everything."""

    lines: tuple[Line, ...]
    given: Fraction
    gini: Fraction

    @property
    def lopsided(self) -> bool:
        return any(line.warnings for line in self.lines)


def balance(accounts: Sequence[Account]) -> Balance:
    """Share, promise kept and warnings of every partner.

    Warnings, and where their limits come from (design notes of this project, domain.md):
    `carries_most`: more than half of all that was given, among three or more who promised or gave something (4.1, the
    limit for accountabilities in one hand); `carries_gains_little`: more than an even share, and less net gain than the
    middle of those who answered (6.1, benefit and drawback compared, as in the PSAT); `behind`: less than 7/10 of what
    was due by today (4.2, the limit for red); `loses`: drawbacks exceed benefits by its own answer (6.1).
    Gini's index is Σ|x−y| over all pairs of partners, divided by 2n·Σx (Gini 1912).
    """
    total = sum((one.given for one in accounts), Fraction(0))
    sharing = [one for one in accounts if one.promised or one.given]
    nets = [one.benefit - one.drawback for one in accounts if one.benefit is not None and one.drawback is not None]
    middle = Fraction(median(nets)) if nets else None
    lines = tuple(line_of(one, total, len(sharing), middle) for one in accounts)
    return Balance(lines, total, gini([one.given for one in accounts]))


def line_of(one: Account, total: Fraction, sharing: int, middle: Fraction | None) -> Line:
    share = one.given / total if total else Fraction(0)
    kept = min(one.given / one.due, Fraction(1)) if one.due else None
    net = None if one.benefit is None or one.drawback is None else one.benefit - one.drawback
    signs: Mapping[Warned, bool] = {
        "carries_most": sharing >= 3 and share > MOST,
        "carries_gains_little": bool(
            sharing >= 2 and share > Fraction(1, sharing) and net is not None and middle is not None and net < middle
        ),
        "behind": kept is not None and kept < NEARLY,
        "loses": net is not None and net < 0,
    }
    return Line(one.id, share, kept, net, tuple(name for name, shown in signs.items() if shown))


def gini(amounts: Sequence[Fraction]) -> Fraction:
    """How unevenly the amounts are spread, from 0 (alike) to below 1; 0 when there is nothing to spread."""
    total = sum(amounts, Fraction(0))
    if not total:
        return Fraction(0)
    ranked = sorted(amounts)
    weighted = sum((2 * place - len(ranked) - 1) * amount for place, amount in enumerate(ranked, start=1))
    return Fraction(weighted) / (len(ranked) * total)
