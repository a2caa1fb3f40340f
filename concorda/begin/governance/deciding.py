"""From stored rules, seats and ballots to the exact tally; from its reasons to sentences in the reader's language."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy as _

from concorda.analysis.exact import plain
from concorda.analysis.tally import Outcome, Reason, decide, parse_proposal
from concorda.begin.governance.models import Ballot, Decision, Rule, Seat
from concorda.foundation.core.text import listed
from concorda.foundation.process.stages import Text

COUNTED: dict[str, str] = {
    Ballot.Position.CONCERN: Ballot.Position.FOR,
    Ballot.Position.CAST: Ballot.Position.ABSTAIN,
}
"""A concern is agreement with a note. A secret vote that was counted still shows who was there."""


def frozen(rule: Rule, seats: list[Seat]) -> dict[str, Any]:
    """Rule and electorate as JSON, as they stand now: what the tally of one decision will read for ever."""
    electorate = [
        {
            "id": str(seat.pk),
            "name": seat.partner.organization.short,
            "partner": seat.partner_id,
            "weight": seat.weight,
            "vacant": seat.vacant,
        }
        for seat in seats
    ]
    body = seats[0].body.name if seats else rule.body.name
    return {"rule": as_json(rule, seats), "electorate": electorate, "body": body, "matter": rule.matter}


def as_json(rule: Rule, seats: list[Seat]) -> dict[str, Any]:
    quorum: dict[str, Any] = {"count": rule.quorum_count}
    if rule.quorum_fraction:
        quorum["fraction"] = rule.quorum_fraction
    if rule.adjourned_suffices:
        quorum["adjourned"] = "whoever_attends"
    found: dict[str, Any] = {
        "method": rule.method,
        "basis": rule.basis,
        "quorum": quorum,
        "abstention": rule.abstention,
        "tie": rule.tie,
        "silence": rule.silence,
        "attempts": rule.attempts,
    }
    if rule.threshold:
        found["threshold"] = rule.threshold
    chair = next((seat for seat in seats if seat.chairs and not seat.vacant), None)
    if chair:
        found["chair"] = str(chair.pk)
    if rule.fallback:
        found["fallback"] = {"method": rule.fallback}
        if rule.fallback_threshold:
            found["fallback"]["threshold"] = rule.fallback_threshold
    return found


def tally(decision: Decision, *, closed: bool) -> Outcome:
    """Count the ballots of an opened decision under the rule it was opened with."""
    recused = set(decision.recusals.values_list("seat_id", flat=True))
    ballots = [
        {"by": str(seat), "position": COUNTED.get(position, position), "reason": reason}
        for seat, position, reason in decision.ballots.values_list("seat_id", "position", "reason")
    ]
    electorate = [seat | {"recused": int(seat["id"]) in recused} for seat in decision.rule_then["electorate"]]
    read = parse_proposal(
        {
            "rule": decision.rule_then["rule"],
            "electorate": electorate,
            "ballots": ballots,
            "closed": closed,
            "adjourned": decision.adjourned,
            "attempt": decision.attempt,
        }
    )
    return decide(
        read.rule, read.electorate, read.ballots, closed=closed, adjourned=read.adjourned, attempt=read.attempt
    )


def stored(outcome: Outcome) -> dict[str, Any]:
    """The outcome as it is kept with the decision: numbers, and the reasons as codes."""
    numbers = outcome.as_dict()
    numbers.pop("reason")
    reasons = [{"code": one.code, **parameters(one)} for one in outcome.reasons]
    return numbers | {"reasons": reasons, "early": outcome.early}


def parameters(reason: Reason) -> dict[str, Any]:
    return {name: simple(value) for name, value in reason.parameters.items()}


def simple(value: object) -> object:
    return plain(value) if isinstance(value, Fraction) else list(value) if isinstance(value, tuple) else value


# Every code of concorda.analysis.tally.reasons, in our words.
SENTENCES: Mapping[str, Text] = {
    "no_quorum": _("Void: %(present)s of %(eligible)s seats replied, and the quorum is %(needed)s."),
    "sectors_missing": _("Void: nobody took part from %(sectors)s, which the quorum asks for."),
    "nobody_took_part": _("Void: nobody replied."),
    "adopted": _("Adopted: %(for)s of %(total)s are for (%(basis)s), and %(needed)s are needed (%(method)s)."),
    "rejected": _("Rejected: %(for)s of %(total)s are for (%(basis)s), and %(needed)s are needed (%(method)s)."),
    "tie_fails": _("Rejected: %(for)s of %(total)s are for, exactly half, and a tie fails."),
    "tie_chair_for": _("Adopted: %(for)s of %(total)s are for, exactly half, and the chair decides for it."),
    "tie_chair_not_for": _("Rejected: %(for)s of %(total)s are for, exactly half, and the chair is not for it."),
    "no_objection": _("Adopted by consent: no objection stands."),
    "objection": _("Not adopted: an objection with a reason stands, from %(by)s."),
    "no_block": _("Adopted by consensus: nobody blocks it."),
    "block": _("Not adopted: consensus is blocked by %(by)s."),
    "unreasoned": _("An objection without a reason does not stop consent: %(by)s."),
    "stood_aside": _("Stood aside: %(by)s."),
    "delegate_for": _("Adopted: %(by)s, to whom the decision is delegated, decided for it."),
    "delegate_against": _("Rejected: %(by)s, to whom the decision is delegated, decided against it."),
    "delegate_abstains": _("Rejected: %(by)s, to whom the decision is delegated, abstained."),
    "delegate_silent": _("Void: %(by)s, to whom the decision is delegated, did not decide."),
    "fallback": _("No agreement was found in %(attempts)s attempts, so the votes were counted."),
    "open": _("Open: %(waiting)s of %(eligible)s seats can still reply, and that can change the outcome."),
    "early_adopted": _("Adopted: %(for)s are for, and whatever the other %(waiting)s say cannot change it."),
    "early_rejected": _("Rejected: %(for)s are for, and even with the other %(waiting)s that is not enough."),
    "early": _("No reply still to come can change the outcome."),
    "assent": _("Silence counts as agreement; this many seats did not reply: %(seats)s."),
}
OWN: Mapping[str, Text] = {
    "alone": _("Decided by %(name)s alone, within what was agreed: %(what)s."),
}
"""Reasons that no tally gives."""
WORDS: Mapping[str, Text] = {
    "votes_cast": _("of the votes cast"),
    "present": _("of the votes of those who replied"),
    "all_members": _("of the votes of all seats"),
    "majority": _("more than half"),
    "unanimity": _("unanimity"),
}


def explained(decision: Decision, result: Mapping[str, Any] | None = None) -> str:
    """Why the outcome is what it is, in the reader's language."""
    names = {seat["id"]: seat["name"] for seat in decision.rule_then.get("electorate", ())}
    reasons = (decision.result if result is None else result).get("reasons", ())
    return " ".join(sentence(one, names) for one in reasons)


def sentence(reason: Mapping[str, Any], names: Mapping[str, str]) -> str:
    return str({**SENTENCES, **OWN}[reason["code"]]) % {name: said(value, names) for name, value in reason.items()}


def said(value: object, names: Mapping[str, str]) -> str:
    if isinstance(value, list):
        return listed([names.get(one, one) for one in value])
    if isinstance(value, str):
        return str(WORDS.get(value, names.get(value, value)))
    return f"{value:g}" if isinstance(value, float) else str(value)
