"""What the pages of governance say in sentences, computed from the records."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concorda.analysis.governance_form import Fit, Form, Predictor
from concorda.begin.governance import queries
from concorda.begin.governance.deciding import explained, stored
from concorda.begin.governance.delegating import money
from concorda.begin.governance.models import (
    AGREEING,
    Arrangement,
    Body,
    Decision,
    Delegation,
    Dispute,
    DisputeMove,
    Interest,
    LadderStep,
    Rule,
    Seat,
)
from concorda.begin.governance.naming import starting, the
from concorda.begin.governance.services import REMINDED
from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day, say_moment
from concorda.foundation.core.text import listed
from concorda.foundation.partnerships.models import Entry, Partnership
from concorda.foundation.process.stages import Text

METHODS: Mapping[str, Text] = {
    "consent": gettext_lazy("Passes unless an objection with a reason stands."),
    "consensus": gettext_lazy("Passes when nobody blocks it. Who does not agree may stand aside."),
    "majority": gettext_lazy("Passes when more than half of %(basis)s are for it."),
    "supermajority": gettext_lazy("Passes when at least %(threshold)s of %(basis)s are for it."),
    "unanimity": gettext_lazy("Passes when everyone is for it, counted of %(basis)s."),
    "delegated": gettext_lazy("The chair decides alone."),
}


def rule(row: Rule) -> list[str]:
    """A rule in plain sentences."""
    facts = {"threshold": row.threshold, "basis": row.get_basis_display()}
    found = [str(METHODS[row.method]) % facts]
    if quorum(row.quorum_count, row.quorum_fraction):
        found.append(quorum(row.quorum_count, row.quorum_fraction))
    if row.adjourned_suffices:
        found.append(_("At a second meeting whoever comes is enough."))
    if row.method not in AGREEING and row.abstention == Rule.Abstention.COUNTS_AGAINST:
        found.append(_("Who abstains counts against."))
    if row.method == Rule.Method.MAJORITY and row.tie == Rule.Tie.CHAIR:
        found.append(_("If votes are equal, the chair decides."))
    if row.silence == Rule.Silence.ASSENT:
        found.append(_("No reply counts as agreement once replies are closed."))
    if row.fallback:
        found.append(fallback(row))
    found.append(ngettext("%(days)s day to reply.", "%(days)s days to reply.", row.days) % {"days": row.days})
    if row.notice_days:
        notice = ngettext(
            "A meeting is called %(days)s day ahead.", "A meeting is called %(days)s days ahead.", row.notice_days
        )
        found.append(notice % {"days": row.notice_days})
    return found


def limits(row: Delegation) -> str:
    """How far a delegation goes, in a sentence or two."""
    found = [str(row.get_matter_display())]
    if row.up_to is not None:
        found.append(_("up to %(amount)s each time") % {"amount": money(row.up_to)})
    if row.a_year is not None:
        found.append(_("%(amount)s in a calendar year") % {"amount": money(row.a_year)})
    if row.ends_on:
        found.append(_("until %(day)s") % {"day": say_day(row.ends_on)})
    return ", ".join(found) + "."


def ladder_step(row: LadderStep) -> str:
    return ngettext("%(step)s (%(days)s day)", "%(step)s (%(days)s days)", row.days) % {
        "step": row.text,
        "days": row.days,
    }


def interests(found: Sequence[Interest]) -> dict[str, str]:
    more = _("Say it before a decision meets it; then nobody has to guess.")
    if not found:
        return {"standing": _("No interest is on record."), "standing_more": more}
    count = len({one.partner_id for one in found})
    words = ngettext(
        "%(n)s organization has declared an interest.", "%(n)s organizations have declared interests.", count
    )
    return {"standing": words % {"n": count}, "standing_more": more}


def parties(row: Dispute) -> str:
    return listed([one.partner.organization.short for one in row.parties.all()])


def disputes(found: Sequence[Dispute]) -> dict[str, str]:
    more = _("Whom a disagreement does not concern does not see it.")
    still = sum(one.is_open for one in found)
    if not found:
        return {"standing": _("No disagreement that you may read is on the ladder."), "standing_more": more}
    if not still:
        return {"standing": _("All disagreements that you may read are closed."), "standing_more": more}
    words = ngettext("%(n)s disagreement is open.", "%(n)s disagreements are open.", still)
    return {"standing": words % {"n": still}, "standing_more": more}


def dispute_stands(row: Dispute) -> str:
    """Where a disagreement stands, in a few words."""
    if not row.is_open:
        return str(row.get_status_display())
    step = next((move for move in reversed(row.moves.all()) if move.place), None)
    facts = {"place": step.place if step else "", "day": say_day(row.due) if row.due else ""}
    return _("Step %(place)s, until %(day)s") % facts


def dispute(row: Dispute, moves: Sequence[DisputeMove]) -> dict[str, str]:
    last = moves[-1] if moves else None
    if not row.is_open:
        return {"standing": f"{row.get_status_display()}.", "standing_more": last.note if last else ""}
    assert last, "a disagreement begins on a step"
    assert row.due, "an open one has a day"
    late = row.due < clock.today()
    when = {"day": say_day(row.due)}
    return {
        "standing": _("It is on step %(place)s.") % {"place": last.place},
        "standing_more": _("The time for it ended on %(day)s.") % when if late else _("It has until %(day)s.") % when,
    }


def quorum(count: int, fraction: str) -> str:
    if count and fraction:
        return _("Quorum: %(count)s, and at least %(fraction)s of the seats.") % {"count": count, "fraction": fraction}
    if count:
        return _("Quorum: %(count)s.") % {"count": count}
    if fraction == "1":
        return _("Quorum: all seats.")
    return _("Quorum: %(fraction)s of the seats.") % {"fraction": fraction} if fraction else ""


def fallback(row: Rule) -> str:
    facts = {"attempts": row.attempts, "share": row.fallback_threshold or _("more than half")}
    return (
        ngettext(
            "After %(attempts)s attempt without agreement it is voted: %(share)s decide.",
            "After %(attempts)s attempts without agreement it is voted: %(share)s decide.",
            row.attempts,
        )
        % facts
    )


def rule_standing(row: Rule) -> dict[str, str]:
    if row.in_force:
        return {"standing": _("This rule is in force.")}
    return {"standing": _("This rule is not in force."), "standing_more": _("It is proposed, or was replaced.")}


# How the organizations work


def differences(found: Sequence[queries.Difference]) -> dict[str, str]:
    """The sentence on top of the comparison."""
    large = [one for one in found if one.large]
    unsettled = [one for one in large if one.open]
    if not any(one.values for one in found):
        return {"standing": _("Nobody has said yet how they work.")}
    if not large:
        return {"standing": _("You work in much the same way."), "standing_more": _("No habit lies far apart.")}
    standing = ngettext("%(n)s habit lies far apart.", "%(n)s habits lie far apart.", len(large)) % {"n": len(large)}
    if not unsettled:
        return {"standing": standing, "standing_more": _("You have agreed how to deal with all of them.")}
    more = ngettext(
        "%(n)s still asks for a working agreement.", "%(n)s still ask for a working agreement.", len(unsettled)
    )
    return {"standing": standing, "standing_more": more % {"n": len(unsettled)}}


# The form of governance

FORMS: Mapping[Form, Text] = {Form(value): label for value, label in Arrangement.Form.choices}
FOR: Mapping[tuple[Form, Predictor], Text] = {
    (Form.SHARED, Predictor.TRUST): gettext_lazy("Many of you rely on each other."),
    (Form.SHARED, Predictor.PARTICIPANTS): gettext_lazy("You are few enough to decide together."),
    (Form.SHARED, Predictor.CONSENSUS): gettext_lazy("You agree on what is to be reached."),
    (Form.SHARED, Predictor.COMPETENCE): gettext_lazy("The partnership itself needs little skill of its own."),
    (Form.LEAD, Predictor.TRUST): gettext_lazy("Not many of you rely on each other yet."),
    (Form.LEAD, Predictor.PARTICIPANTS): gettext_lazy("You are neither few nor many."),
    (Form.LEAD, Predictor.CONSENSUS): gettext_lazy("You agree only in part on what is to be reached."),
    (Form.LEAD, Predictor.COMPETENCE): gettext_lazy("One partner can bring the skills that are needed."),
    (Form.ADMINISTRATIVE, Predictor.TRUST): gettext_lazy("You rely on each other enough to hand things over."),
    (Form.ADMINISTRATIVE, Predictor.PARTICIPANTS): gettext_lazy("You are many."),
    (Form.ADMINISTRATIVE, Predictor.CONSENSUS): gettext_lazy("You agree on most of what is to be reached."),
    (Form.ADMINISTRATIVE, Predictor.COMPETENCE): gettext_lazy("The partnership needs staff and skills of its own."),
}
AGAINST: Mapping[Predictor, Text] = {
    Predictor.TRUST: gettext_lazy("How far you rely on each other does not fit it."),
    Predictor.PARTICIPANTS: gettext_lazy("Your number does not fit it."),
    Predictor.CONSENSUS: gettext_lazy("How far you agree does not fit it."),
    Predictor.COMPETENCE: gettext_lazy("The skill the partnership needs does not fit it."),
}
CLOSE = 0.1
"""A lead of less than this, on the scale from 0 to 1, is no clear recommendation."""


@dataclass(frozen=True)
class FitSaid:
    form: Form
    name: Text
    percent: int
    reasons: Sequence[Text]
    doubts: Sequence[Text]


def fit(one: Fit) -> FitSaid:
    """One form with what speaks for and against it."""
    return FitSaid(
        one.form,
        FORMS[one.form],
        round(one.score * 100),
        [FOR[one.form, name] for name in one.speaks_for],
        [AGAINST[name] for name in one.speaks_against],
    )


def advice(found: queries.Advice) -> dict[str, str]:
    """The sentence on top: the form that fits best, and how clearly."""
    if not found.answered:
        return {
            "standing": _("Nobody has answered yet."),
            "standing_more": _(
                "Two questions, and how far you rely on each of the others, show which form would suit."
            ),
        }
    name = str(FORMS[found.top[0].form]).split(":")[0].split(" :")[0].strip()
    standing = _("“%(form)s” fits you best.") % {"form": name}
    if found.recommendation.margin < CLOSE:
        second = str(FORMS[found.top[1].form]).split(":")[0].strip()
        return {
            "standing": standing,
            "standing_more": _("“%(form)s” is close behind: talk about both.") % {"form": second},
        }
    return {"standing": standing, "standing_more": _("It is clearly ahead of the others.")}


def missing(found: queries.Advice) -> list[str]:
    """What the recommendation does not know yet, and why."""
    gone = found.recommendation.missing
    said = []
    if Predictor.TRUST in gone:
        said.append(
            _("How far you rely on each other: %(count)s of you have answered, and it counts from %(enough)s on.")
            % {"count": found.answered_trust, "enough": queries.ENOUGH}
        )
    if Predictor.CONSENSUS in gone:
        said.append(_("How far you agree on what is to be reached: nobody has answered."))
    if Predictor.COMPETENCE in gone:
        said.append(_("How much skill the partnership itself needs: nobody has answered."))
    return said


# Bodies


def body(row: Body, seats: Sequence[Seat]) -> dict[str, str]:
    vacant = queries.vacancies(seats)
    if not seats:
        return {"standing": _("Nobody has a seat in it yet.")}
    standing = ngettext("It has %(n)s seat.", "It has %(n)s seats.", len(seats)) % {"n": len(seats)}
    if not vacant:
        return {"standing": standing, "standing_more": _("All of them are filled.")}
    names = listed([seat.partner.organization.short for seat in vacant])
    return {"standing": standing, "standing_more": _("Vacant: %(names)s.") % {"names": names}}


# Decisions


def cell(row: Decision, name: str) -> Any:
    """What the register shows in a column, where that is more than the field itself."""
    if name == "outcome":
        return row.get_outcome_display() or row.get_status_display()
    if name == "decided_at":
        return say_day(timezone.localtime(row.decided_at).date()) if row.decided_at else "–"
    return None


STOOD: Sequence[tuple[str, Text]] = (
    ("holds", gettext_lazy("Adopted and in force")),
    ("replaced", gettext_lazy("Replaced by a later one")),
    ("rejected", gettext_lazy("Rejected")),
    ("blocked", gettext_lazy("Blocked by an objection")),
    ("void", gettext_lazy("Void: no quorum")),
    ("open", gettext_lazy("Open")),
    ("draft", gettext_lazy("Draft")),
    ("withdrawn", gettext_lazy("Withdrawn")),
)


def register_table(rows: Any) -> Iterator[list[str]]:
    """The register for a spreadsheet: days as ISO dates, the reason of the outcome in the reader's language."""
    heads = (_("Decision"), _("Wording"), _("Kind of decision"), _("Rule"), _("Outcome"), _("Why"), _("Decided"))
    yield [*heads, _("Number"), _("Replaces number"), _("Looked at again on"), _("Who must know")]
    for row in rows:
        yield [
            row.title,
            row.text,
            str(row.rule.get_matter_display()),
            str(Rule.Method(row.method).label),
            str(cell(row, "outcome")),
            explained(row) if row.result else "",
            timezone.localtime(row.decided_at).date().isoformat() if row.decided_at else "",
            str(row.pk),
            str(row.supersedes_id or ""),
            row.review_on.isoformat() if row.review_on else "",
            listed([*(str(one) for one in row.reaches.all()), *([row.must_know] if row.must_know else [])]),
        ]


def told(row: Decision) -> dict[str, Any]:
    """Who must know, and how many of those told have read it."""
    notices = list(row.notices.all())
    read = sum(one.read_at is not None for one in notices)
    words = ngettext("%(read)s of the %(n)s told has read it.", "%(read)s of the %(n)s told have read it.", read)
    return {
        "reached": listed([str(one) for one in row.reaches.select_related("partner__organization", "body")]),
        "read_by": words % {"read": read, "n": len(notices)} if notices else "",
    }


def register(partnership: Partnership) -> dict[str, str]:
    counts = dict(
        Decision.objects.filter(partnership=partnership).values_list("status").annotate(n=models.Count("pk")).order_by()
    )
    decided, still = counts.get("decided", 0), counts.get("open", 0)
    standing = ngettext("%(n)s decision was taken.", "%(n)s decisions were taken.", decided) % {"n": decided}
    more = ngettext("%(n)s is open.", "%(n)s are open.", still) % {"n": still} if still else ""
    return {"standing": standing, "standing_more": more}


def decision(row: Decision, found: queries.Standing | None) -> dict[str, Any]:
    """Standing sentence, what passes, and the steps in time of one decision."""
    bold, more = standing(row, found)
    return {
        "standing": bold,
        "standing_more": more,
        "passes": passes(row, found),
        "because": explained(row) if row.result else "",
        "steps": steps(row, found),
        "offers": offers(row, found),
        "preview": explained(row, stored(found.outcome)) if found and row.is_open else "",
    }


def standing(row: Decision, found: queries.Standing | None) -> tuple[str, str]:
    if row.status == Decision.Status.DRAFT:
        return _("This is a draft."), _("Nobody can reply before it is opened.")
    if row.status == Decision.Status.WITHDRAWN:
        return _("This was taken back."), row.withdrawn_because
    if row.status == Decision.Status.DECIDED:
        day = {"day": say_day(timezone.localtime(row.decided_at).date())}
        return str(DECIDED[row.outcome]) % day, explained(row)
    assert found
    return open_standing(row, found)


DECIDED: Mapping[str, Text] = {
    "adopted": gettext_lazy("Adopted on %(day)s."),
    "rejected": gettext_lazy("Rejected on %(day)s."),
    "blocked": gettext_lazy("Not adopted on %(day)s: an objection stood."),
    "void": gettext_lazy("Void on %(day)s: there was no quorum."),
}


def open_standing(row: Decision, found: queries.Standing) -> tuple[str, str]:
    assert row.closes_at, "an open decision has a closing time"
    facts = {
        "replied": found.replied,
        "of": found.of,
        "when": say_moment(row.closes_at, inside=True),
        "quorum": found.quorum,
    }
    said = (
        _("Quorum is met: %(replied)s of %(of)s organizations have replied.")
        if found.outcome.quorum_met
        else _("%(replied)s of %(of)s organizations have replied; the quorum is %(quorum)s.")
    ) % facts
    closes = (
        _("The time for replies is over; they wait to be counted.")
        if row.is_closed_to_replies
        else _("It closes %(when)s.") % facts
    )
    objections = len(found.objections)
    if objections:
        bold = ngettext(
            "One objection stands, so this has not passed.",
            "%(n)s objections stand, so this has not passed.",
            objections,
        ) % {"n": objections}
    elif found.settled_early:
        bold = _("No reply still to come can change the outcome.")
    elif found.outcome.quorum_met:
        bold = _("Nothing stands in the way so far.") if row.method in AGREEING else _("The vote is open.")
    else:
        bold = _("Replies are open.")
    return bold, f"{said} {closes}"


def passes(row: Decision, found: queries.Standing | None) -> str:
    """What it takes, beside the band."""
    if found is None:
        return ""
    facts = {"quorum": found.quorum, "needed": f"{float(found.outcome.needed):g}"}
    if row.method == Rule.Method.CONSENT:
        words = ngettext(
            "Passes when %(quorum)s has replied and no objection stands",
            "Passes when %(quorum)s have replied and no objection stands",
            found.quorum,
        )
        return words % facts
    if row.method == Rule.Method.CONSENSUS:
        words = ngettext(
            "Passes when %(quorum)s has replied and nobody blocks it",
            "Passes when %(quorum)s have replied and nobody blocks it",
            found.quorum,
        )
        return words % facts
    if row.method == Rule.Method.DELEGATED:
        return _("Passes when the chair decides for it")
    if row.method == Rule.Method.UNANIMITY:
        return _("Passes when everyone is for it")
    words = ngettext(
        "Passes when %(quorum)s has replied and enough are for it",
        "Passes when %(quorum)s have replied and enough are for it",
        found.quorum,
    )
    return words % facts


def rule_then(row: Decision, found: queries.Standing | None) -> list[tuple[Text, Text]]:
    """How this is decided: the rule as it was when replies opened, or as it is for a draft."""
    frozen = row.rule_then.get("rule")
    binds: list[tuple[Text, Text]] = [] if row.amount is None else [(_("Binds"), money(row.amount))]
    if row.delegation is not None:
        binds.append((_("Without asking"), f"{row.delegation.what}: {limits(row.delegation)}"))
    if frozen is None:
        if row.delegation is not None:
            return [(_("Decided by"), row.delegation.to), *binds]
        return [(_("Rule"), row.rule.get_method_display()), (_("Decided by"), row.rule.body.name), *binds]
    facts: list[tuple[Text, Text]] = [
        *binds,
        (_("Rule"), Rule.Method(frozen["method"]).label),
        (_("Decided by"), row.rule_then["body"]),
    ]
    if found:
        who = ngettext("One person for %(n)s organization", "One person for each of %(n)s organizations", found.of)
        facts.append((_("Who replies"), who % {"n": found.of}))
        facts.append((_("Quorum"), _("%(quorum)s of %(of)s have replied") % {"quorum": found.quorum, "of": found.of}))
    facts.append((_("Passes when"), how_it_passes(frozen)))
    if frozen["method"] == Rule.Method.CONSENT:
        facts.append((_("An objection says"), _("“This would harm us or the partnership.” It needs a reason.")))
        facts.append((_("A concern"), _("Is kept on record. It does not stop the decision.")))
    facts.append((_("How"), row.get_way_display()))
    assent = frozen.get("silence") == Rule.Silence.ASSENT
    silent = _("Counts as agreement once replies are closed.") if assent else _("Is not counted, and is no agreement.")
    facts.append((_("No reply"), silent))
    if row.secrecy != Rule.Secrecy.OPEN:
        facts.append((_("Secret"), Rule.Secrecy(row.secrecy).label))
    if row.adjourned:
        facts.append((_("Second meeting"), _("It was put off once for want of a quorum.")))
    return facts


def how_it_passes(frozen: Mapping[str, Any]) -> str:
    if frozen["method"] == Rule.Method.CONSENT:
        return _("Quorum is met and no objection stands")
    if frozen["method"] == Rule.Method.CONSENSUS:
        return _("Quorum is met and nobody blocks it")
    facts = {"threshold": frozen.get("threshold", ""), "basis": Rule.Basis(frozen["basis"]).label}
    return str(METHODS[frozen["method"]]) % facts


@dataclass(frozen=True)
class Step:
    """One point on the way of a decision; `now` is where it stands, `done` lies behind."""

    at: Any
    words: str
    kind: str = "done"

    @property
    def is_day(self) -> bool:
        return not hasattr(self.at, "hour")

    @property
    def on(self) -> date:
        return self.at if self.is_day else timezone.localtime(self.at).date()


def steps(row: Decision, found: queries.Standing | None) -> list[Step]:
    """Opened, quorum, reminders, objections; then the closing and what follows."""
    if row.opened_at is None:
        return []
    found_steps = [Step(row.opened_at, _("%(name)s opened replies") % {"name": row.proposed_by.person.name})]
    if found:
        found_steps += [*quorum_step(found), *reminders(row), *objections(found)]
    found_steps.sort(key=lambda step: step.at)
    if row.status == Decision.Status.DECIDED:
        return [
            *found_steps,
            Step(row.decided_at, str(row.get_outcome_display()), "now" if not row.adopted else "done"),
        ]
    if row.is_open:
        found_steps.append(Step(row.closes_at, _("Replies close"), "next"))
        if row.talked_on:
            words = _("If it has not passed, %(body)s talks it through") % {"body": the(row.rule_then["body"])}
            found_steps.append(Step(row.talked_on, words, "next"))
    return found_steps


def quorum_step(found: queries.Standing) -> list[Step]:
    ballots = sorted((reply.ballot for reply in found.band if reply.ballot), key=lambda ballot: ballot.at)
    if not found.quorum or len(ballots) < found.quorum:
        return []
    words = ngettext(
        "%(n)s organization had replied: quorum met", "%(n)s organizations had replied: quorum met", found.quorum
    )
    return [Step(ballots[found.quorum - 1].at, words % {"n": found.quorum})]


def reminders(row: Decision) -> list[Step]:
    sent = Entry.objects.filter(target="governance.decision", target_id=row.pk, message=REMINDED)
    return [Step(one.at, _("Reminder sent to %(names)s") % {"names": one.facts["organizations"]}) for one in sent]


def objections(found: queries.Standing) -> list[Step]:
    return [
        Step(reply.ballot.at, _("%(name)s objected") % {"name": starting(the(reply.name))}, "now")
        for reply in found.objections
        if reply.ballot
    ]


def tree_description(bodies: Sequence[Body]) -> str:
    """The picture of the bodies in words."""
    said = []
    for one in bodies:
        above = next((other.name for other in bodies if other.pk == one.parent_id), "")
        named = {"body": one.name, "above": above}
        said.append(
            _("%(body)s reports to %(above)s.") % named if above else _("%(body)s reports to nobody here.") % named
        )
    return " ".join(said)


@dataclass(frozen=True)
class Offer:
    """Words somebody could live with, in the place of those objected to."""

    of: str
    words: str
    before: str
    after: str


AROUND = 4  # words shown on either side of an offer


def offers(row: Decision, found: queries.Standing | None) -> list[Offer]:
    """The wordings that objections offer instead, with a few words around them."""
    said = []
    for reply in found.objections if found else ():
        ballot = reply.ballot
        if ballot and ballot.passage and ballot.instead and ballot.passage in row.text:
            before, after = row.text.split(ballot.passage, 1)
            left, right = before.split()[-AROUND:], after.split()[: AROUND + 1]
            said.append(
                Offer(
                    ballot.passage,
                    ballot.instead,
                    ("… " if len(before.split()) > AROUND else "") + " ".join(left) + " ",
                    ("" if after[:1] in ",.;:" else " ")
                    + " ".join(right)
                    + (" …" if len(after.split()) > AROUND else ""),
                )
            )
    return said
