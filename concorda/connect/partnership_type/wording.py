"""The recommendation in sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concorda.analysis.partnership_type import LEVELS, Recommendation
from concorda.connect.partnership_type.models import TypeDecision
from concorda.connect.partnership_type.questions import DIMENSIONS
from concorda.foundation.core.text import listed

GATE_NAMES = {
    "trust": gettext_lazy("trust"),
    "time": gettext_lazy("time"),
    "authority": gettext_lazy("permission"),
    "history": gettext_lazy("history"),
}
ADVICE = {
    "trust": gettext_lazy("Start with something small that shows whether promises are kept."),
    "time": gettext_lazy("Free somebody’s hours first, or do less together."),
    "authority": gettext_lazy("Ask the boards what their people may agree to."),
    "history": gettext_lazy("Talk about what went wrong before, and settle it."),
}
# The same five depths under the names they have elsewhere; "cooperate" and "coordinate" change places between them.
CONTINUA = (
    (
        "Himmelman",
        (
            gettext_lazy("Networking"),
            gettext_lazy("Coordinating"),
            gettext_lazy("Cooperating"),
            gettext_lazy("Collaborating"),
            "–",
        ),
    ),
    (
        "Hogue · Frey",
        (
            gettext_lazy("Networking"),
            gettext_lazy("Cooperation"),
            gettext_lazy("Coordination"),
            gettext_lazy("Coalition"),
            gettext_lazy("Collaboration"),
        ),
    ),
)


@dataclass(frozen=True)
class Reason:
    """One sentence; `alert` when something should be looked at, `advice` what to do about it."""

    text: str
    alert: bool = False
    advice: str = ""


def level_label(key: str) -> str:
    return str(TypeDecision.Level(key).label)


def number(value: Fraction) -> str:
    """To one decimal, half up: 2.5, 3."""
    tenths = int(value * 10 + Fraction(1, 2))
    return number_format(tenths / 10, 0 if tenths % 10 == 0 else 1)


def headline(found: Recommendation) -> str:
    if found.level is None:
        return _("There are not enough answers for a recommendation: two partners must answer four fifths of it.")
    return _("Your answers point to: %(level)s.") % {"level": level_label(found.level)}


def reasons(found: Recommendation, names: Mapping[str, str]) -> list[Reason]:
    """Why this level and how firm it is; `names` maps the organizations of the answers to what they are called."""
    told = []
    if found.insufficient:
        who = listed([names[one] for one in found.insufficient])
        told.append(Reason(_("Answers of %(who)s are too incomplete to count.") % {"who": who}))
    if found.level is None or found.needed is None or found.feasible is None:
        return told
    told += [base_reason(found.needed, found.feasible), shape_reason(found)]
    told += [reason for reason in (gap_reason(found), caution_reason(found), built_reason(found)) if reason]
    if found.split:
        lowest = min(found.positions, key=lambda one: one.level)
        highest = max(found.positions, key=lambda one: one.level)
        text = _("You are split: %(low)s stands at “%(low_level)s”, %(high)s at “%(high_level)s”.") % {
            "low": names[lowest.organization],
            "low_level": level_label(LEVELS[lowest.level]),
            "high": names[highest.organization],
            "high_level": level_label(LEVELS[highest.level]),
        }
        told.append(Reason(text, True, _("Choose the type by activity, or let some take part less closely.")))
    if found.fragile:
        told.append(fragile_reason(found))
    return told


def base_reason(needed: Fraction, feasible: Fraction) -> Reason:
    facts = {"needed": number(needed), "feasible": number(feasible)}
    if needed <= feasible:
        return Reason(
            _("What is needed stands at %(needed)s of 4, and %(feasible)s is feasible: the need decides.") % facts
        )
    return Reason(
        _("What is needed stands at %(needed)s of 4, but only %(feasible)s is feasible: that decides.") % facts
    )


def shape_reason(found: Recommendation) -> Reason:
    nearest, second = found.distances[0], found.second_best
    if nearest.level != found.level:
        text = _("Dimension by dimension your answers look more like “%(level)s”.")
        return Reason(text % {"level": level_label(nearest.level)})
    text = _("Dimension by dimension it fits best too; next comes “%(level)s”, %(margin)s further off.")
    return Reason(text % {"level": level_label(second or ""), "margin": number(found.margin or Fraction(0))})


def gap_reason(found: Recommendation) -> Reason | None:
    if not found.gap:
        return None
    if found.limiting_gate is None:
        text = _("More is needed than is feasible by a whole step or more.")
        return Reason(text, True, _("Do less together for now, or find a partner who can carry more."))
    text = _("More is needed than is feasible by a whole step or more, and what holds you back is %(gate)s.")
    return Reason(text % {"gate": GATE_NAMES[found.limiting_gate]}, True, str(ADVICE[found.limiting_gate]))


def caution_reason(found: Recommendation) -> Reason | None:
    if not found.caution_zone:
        return None
    text = _("Take care: much has to be answered for together, and trust is low.")
    return Reason(text, True, _("Keep the first work simple and let trust grow before rules and reports do."))


def built_reason(found: Recommendation) -> Reason | None:
    if not found.over_built:
        return None
    text = _("You are built for more than is needed.")
    return Reason(text, True, _("Ask what you could stop doing together."))


def fragile_reason(found: Recommendation) -> Reason:
    titles = {dimension.key: str(dimension.title) for dimension in DIMENSIONS}
    text = ngettext(
        "It is a close call: without “%(first)s” it would be another type.",
        "It is a close call: without any one of %(count)s dimensions it would be another type.",
        len(found.swings),
    )
    return Reason(text % {"first": titles[found.swings[0]], "count": len(found.swings)})
