"""Naming who sits where, setting rules, and taking decisions under them.

A later tool puts one of its records to decision with `propose(partnership, …, subject=record)` and `open_replies`, and
says in `subjects` what follows when it is decided. Everything that touches the ballots of a decision locks its row
first, so that simultaneous replies leave exactly one outcome.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.analysis.problems import Refused
from concorda.begin.governance import delegating, handing_over, queries, subjects, telling
from concorda.begin.governance.deciding import frozen, stored, tally
from concorda.begin.governance.models import (
    AGREEING,
    Answer,
    Arrangement,
    Ballot,
    Body,
    Decision,
    Delegation,
    EarlierReply,
    Interest,
    Recusal,
    Remark,
    Rule,
    Seat,
    Trust,
    Wording,
    WorkingAgreement,
)
from concorda.begin.governance.naming import the
from concorda.foundation.accounts import mail
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_moment
from concorda.foundation.core.text import listed
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.access import Role
from concorda.foundation.partnerships.models import Participant, Partner, Partnership
from concorda.foundation.partnerships.timeline import record

# How the organizations work, and what they agree about it


@transaction.atomic
def answer(
    partnership: Partnership,
    organization: Organization,
    answers: Mapping[str, tuple[int | None, str]],
    *,
    by: Person,
    shared: bool,
) -> None:
    """Keep what an organization says of how it works: question → value (None: no answer) and a comment."""
    keep_answers(partnership, organization, answers, shared=shared)
    message = gettext_noop("said how %(organization)s works")
    private_to = None if shared else organization
    record(partnership, by, message, tool="governance", private_to=private_to, organization=organization.short)


def keep_answers(
    partnership: Partnership,
    organization: Organization,
    answers: Mapping[str, tuple[int | None, str]],
    *,
    shared: bool,
) -> None:
    for question, (value, comment) in answers.items():
        facts: dict[str, Any] = {"value": value, "comment": comment, "shared": shared, "answered_at": clock.now()}
        Answer.objects.update_or_create(
            partnership=partnership, organization=organization, question=question, defaults=facts
        )


@transaction.atomic
def rely(
    partnership: Partnership,
    organization: Organization,
    levels: Mapping[Partner, int | None],
    *,
    judgements: Mapping[str, tuple[int | None, str]],
    by: Person,
) -> None:
    """Keep how far an organization relies on the others, for its own eyes, and what it thinks the governance needs."""
    for toward, level in levels.items():
        if toward.organization_id == organization.pk:
            raise ValidationError(_("Trust is about the others, not about yourselves."))
        rows = Trust.objects.filter(organization=organization, toward=toward)
        if level is None:
            rows.delete()
        elif not rows.update(level=level):
            Trust.objects.create(partnership=partnership, organization=organization, toward=toward, level=level)
    keep_answers(partnership, organization, judgements, shared=True)
    message = gettext_noop("answered for %(organization)s which form of governance would suit")
    record(partnership, by, message, tool="governance", private_to=organization, organization=organization.short)


@transaction.atomic
def agree_on_work(partnership: Partnership, question: str, text: str, *, by: Person) -> WorkingAgreement:
    """Write down what the partners agreed about a difference in how they work."""
    if not text.strip():
        raise ValidationError({"text": _("Write what you agreed.")})
    agreed = WorkingAgreement.objects.create(partnership=partnership, question=question, text=text.strip())
    message = gettext_noop("wrote down a working agreement: “%(text)s”")
    record(partnership, by, message, about=agreed, text=text.strip()[:120])
    return agreed


# Arrangement, bodies and seats


@transaction.atomic
def arrange(arrangement: Arrangement, *, by: Person) -> Arrangement:
    """Keep the form of governance, the delegations and the way to settle disputes."""
    arrangement.save()
    record(arrangement.partnership, by, gettext_noop("wrote down how the partnership is governed"), about=arrangement)
    return arrangement


@transaction.atomic
def add_body(body: Body, *, by: Person) -> Body:
    """Form a body."""
    body.full_clean(exclude=["partnership"])
    body.save()
    record(body.partnership, by, gettext_noop("formed %(body)s"), about=body, body=body.name)
    return body


@transaction.atomic
def add_seat(body: Body, partner: Partner, *, by: Person, **facts: object) -> Seat:
    """Give an organization a seat in a body. It says itself who sits there."""
    if not partner.committed:
        raise ValidationError(_("Only an organization that has said yes to the partnership has a seat."))
    if Seat.objects.filter(body=body, partner=partner).exists():
        raise ValidationError(
            _("%(organization)s already has a seat there.") % {"organization": partner.organization.short}
        )
    seat = Seat.objects.create(partnership=body.partnership, body=body, partner=partner, **facts)
    message = gettext_noop("gave %(organization)s a seat in %(body)s")
    record(body.partnership, by, message, about=seat, organization=partner.organization.short, body=body.name)
    return seat


@transaction.atomic
def name_people(
    seat: Seat, *, holder: Participant | None, alternate: Participant | None, note: str = "", by: Person
) -> Seat:
    """The organization of a seat says who sits there and who takes their place.

    When one holder follows another, the seat is handed over, with a note for the next.
    """
    for person in (holder, alternate):
        if person and person.organization_id != seat.partner.organization_id:
            message = _("%(person)s does not take part for %(organization)s; a seat is filled by its own organization.")
            named: dict[str, Any] = {"person": person.person.name, "organization": seat.partner.organization.short}
            raise ValidationError(message % named)
        if person and person.left_on:
            raise ValidationError(_("%(person)s no longer takes part.") % {"person": person.person.name})
    if holder and holder == alternate:
        raise ValidationError(_("Holder and alternate are two people; leave one of them empty."))
    before = Participant.objects.filter(pk__in=Seat.objects.filter(pk=seat.pk).values("holder")).first()
    seat.holder, seat.alternate = holder, alternate
    if before != holder:
        seat.away_from = seat.away_until = None
    seat.save(update_fields=["holder", "alternate", "away_from", "away_until"])
    if before and holder and before != holder:
        who = queries.participant_of(seat.partnership, by)
        handing_over.pass_on(seat, before, holder, note=note, by=who)
    names = listed([person.person.name for person in (holder, alternate) if person]) or _("nobody")
    message = gettext_noop("named who sits for %(organization)s in %(body)s: %(people)s")
    facts: dict[str, Any] = {"organization": seat.partner.organization.short, "body": seat.body.name, "people": names}
    record(seat.partnership, by, message, about=seat, **facts)
    return seat


@transaction.atomic
def note_absence(seat: Seat, *, since: date | None, until: date | None, by: Person) -> Seat:
    """The holder is away, so the alternate speaks for the seat until a day; without `since` the holder is back."""
    seat = queries.seats().select_for_update(of=("self",)).get(pk=seat.pk)
    if since and until and until < since:
        raise ValidationError({"until": _("This day lies before the first one. Choose a later day.")})
    if since and (seat.alternate is None or seat.alternate.left_on):
        raise ValidationError(_("Nobody could stand in: name an alternate first."))
    seat.away_from, seat.away_until = since, until if since else None
    seat.save(update_fields=["away_from", "away_until"])
    facts = {"organization": seat.partner.organization.short, "body": seat.body.name}
    record(seat.partnership, by, AWAY if since else BACK, about=seat, **facts)
    return seat


AWAY = gettext_noop("noted who sits for %(organization)s in %(body)s as away: the alternate stands in")
BACK = gettext_noop("noted who sits for %(organization)s in %(body)s as back")


@transaction.atomic
def declare_interest(partnership: Partnership, text: str, *, by: Person) -> Interest:
    """Put an interest of one's organization on record, before a decision meets it."""
    who = taking_part(partnership, by)
    partner = Partner.objects.filter(partnership=partnership, organization=who.organization_id).first()
    if partner is None:
        raise PermissionDenied(_("You take part for no organization, so there is nobody to answer for."))
    if not text.strip():
        raise ValidationError({"text": _("Say in a few words what the interest is.")})
    found = Interest.objects.create(partnership=partnership, partner=partner, text=text.strip(), by=who)
    message = gettext_noop("declared an interest of %(organization)s: %(text)s")
    facts = {"organization": partner.organization.short, "text": found.text[:120]}
    record(partnership, by, message, about=found, **facts)
    return found


@transaction.atomic
def end_interest(interest: Interest, *, by: Person) -> Interest:
    """An interest has ended; that it was there stays on record."""
    interest = (
        Interest.objects.select_for_update(of=("self",)).select_related("partner__organization").get(pk=interest.pk)
    )
    if taking_part(interest.partnership, by).organization_id != interest.partner.organization_id:
        raise PermissionDenied(_("Only the organization itself says that its interest has ended."))
    if interest.ended_on:
        raise ValidationError(_("This has ended already."))
    interest.ended_on = clock.today()
    interest.save(update_fields=["ended_on"])
    message = gettext_noop("noted that an interest of %(organization)s has ended: %(text)s")
    facts = {"organization": interest.partner.organization.short, "text": interest.text[:120]}
    record(interest.partnership, by, message, about=interest, **facts)
    return interest


@transaction.atomic
def change_seat(seat: Seat, *, by: Person) -> Seat:
    """Change role, votes or term of a seat. Decisions that are open count it as it was when they opened."""
    seat.save()
    message = gettext_noop("changed the seat of %(organization)s in %(body)s")
    facts: dict[str, Any] = {"organization": seat.partner.organization.short, "body": seat.body.name}
    record(seat.partnership, by, message, about=seat, **facts)
    return seat


@transaction.atomic
def remove_seat(seat: Seat, *, by: Person) -> None:
    """Take a seat away. Refused while a decision it replies to is open, and once it has replied to one."""
    for decision in queries.open_decisions(seat.partnership):
        if seat.pk in queries.electorate_ids(decision):
            message = _("“%(title)s” is open and counts this seat. Wait until it is decided.")
            raise ValidationError(message % {"title": decision.title})
    if seat.ballots.exists():
        raise ValidationError(_("This seat has replied to decisions. Leave it vacant instead of removing it."))
    facts: dict[str, Any] = {"organization": seat.partner.organization.short, "body": seat.body.name}
    record(seat.partnership, by, gettext_noop("took the seat of %(organization)s in %(body)s away"), **facts)
    seat.delete()


# Rules


@transaction.atomic
def set_rule(rule: Rule, *, by: Person) -> Rule | Decision:
    """Put a rule in force, in place of the one for the same class.

    Once a first decision was taken, replacing a rule is itself decided: the answer is then a draft decision under the
    rule for changing the rules. A class without a rule can always be given one.
    """
    here = rule.partnership
    Partnership.objects.select_for_update().get(pk=here.pk)
    old = queries.rule_for(here, rule.matter)
    if old and queries.rules_are_fixed(here):
        return propose_rule(rule, old, by=by)
    if old:
        retire(old)
    rule.pk, rule.in_force, rule.replaces, rule._state.adding = None, True, old, True
    rule.save()
    message = gettext_noop("set the rule for “%(matter)s”: %(method)s")
    record(here, by, message, about=rule, matter=rule.get_matter_display(), method=rule.get_method_display())
    return rule


def retire(rule: Rule) -> None:
    rule.in_force = False
    rule.save(update_fields=["in_force"])


def propose_rule(rule: Rule, old: Rule, *, by: Person) -> Decision:
    """Put the change of a rule to decision, under the rule for changing the rules."""
    amending = queries.rule_for(rule.partnership, Rule.Matter.AMENDMENT)
    if amending is None:
        raise ValidationError(
            _("A first decision was taken, so this rule changes only by a decision. Give changing these rules a rule.")
        )
    rule.pk, rule.in_force, rule.replaces, rule._state.adding = None, False, old, True
    rule.save()
    title = _("Change the rule for “%(matter)s” to: %(method)s") % {
        "matter": rule.get_matter_display(),
        "method": rule.get_method_display(),
    }
    return propose(rule.partnership, title=title, text="", rule=amending, subject=rule, by=by)


def settle_rule(decision: Decision) -> None:
    """A decision about a rule was taken: when adopted, the rule comes in force."""
    if not decision.adopted:
        return
    rule = Rule.objects.get(pk=decision.subject_id)
    old = queries.rule_for(rule.partnership, rule.matter)
    if old:
        retire(old)
    rule.in_force = True
    rule.save(update_fields=["in_force"])


# Decisions


@transaction.atomic
def propose(
    partnership: Partnership,
    *,
    title: str,
    text: str = "",
    rule: Rule,
    subject: models.Model | None = None,
    by: Person,
    closes_at: datetime | None = None,
    talked_on: date | None = None,
    must_know: str = "",
    supersedes: Decision | None = None,
    way: str = Decision.Way.WRITTEN,
    review_on: date | None = None,
    amount: Decimal | None = None,
    delegation: Delegation | None = None,
    reach: Iterable[Partner | Body] = (),
) -> Decision:
    """Write a proposal down, as a draft: nobody can reply before `open_replies`.

    `delegation` puts it to the body that may decide this without asking, within its limits.
    """
    if not rule.in_force:
        raise ValidationError(_("This rule is no longer in force. Choose the one that is."))
    if delegation is not None:
        refuse_beyond(delegation, rule, amount)
    if supersedes is not None and supersedes.status != Decision.Status.DECIDED:
        raise ValidationError(_("Only what was decided can be replaced by a new decision."))
    if supersedes is not None and supersedes.superseded_by.filter(outcome=Decision.Outcome.ADOPTED).exists():
        raise ValidationError(_("This was replaced already. Replace the decision that took its place."))
    retried = supersedes is not None and supersedes.outcome == Decision.Outcome.BLOCKED
    decision = Decision.objects.create(
        partnership=partnership,
        title=title,
        text=text,
        rule=rule,
        proposed_by=taking_part(partnership, by),
        closes_at=closes_at,
        talked_on=talked_on,
        must_know=must_know,
        supersedes=supersedes,
        way=way,
        review_on=review_on,
        amount=amount,
        delegation=delegation,
        attempt=supersedes.attempt + 1 if supersedes and retried else 1,
        subject=subject._meta.label_lower if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
    )
    telling.choose(decision, reach)
    record(partnership, by, gettext_noop("proposed “%(title)s”"), about=decision, title=title)
    return decision


def refuse_beyond(delegation: Delegation, rule: Rule, amount: Decimal | None, *, but: int | None = None) -> None:
    if delegation.body_id is None:
        raise ValidationError({"delegation": _("%(to)s decides this alone, without a vote.") % {"to": delegation.to}})
    delegating.require_within(delegation, matter=rule.matter, amount=amount, but=but)


def taking_part(partnership: Partnership, person: Person) -> Participant:
    found = queries.participant_of(partnership, person)
    if found is None:
        raise PermissionDenied(_("Only people who take part in the partnership can do this."))
    return found


def locked(decision: Decision) -> Decision:
    """The decision as it is stored now, kept from others until the transaction ends."""
    return Decision.objects.select_for_update().get(pk=decision.pk)


def closing(decision: Decision) -> datetime:
    assert decision.closes_at, "an open decision has a closing time"
    return decision.closes_at


def require_open(decision: Decision) -> None:
    if decision.status == Decision.Status.DRAFT:
        raise ValidationError(_("This is still a draft; replies are not open yet."))
    if decision.status != Decision.Status.OPEN:
        raise ValidationError(_("This is closed. Nothing can be changed any more."))


@transaction.atomic
def open_replies(decision: Decision, *, by: Person, closes_at: datetime | None = None) -> Decision:
    """Open a draft for replies: from now on its rule, its seats and its closing time stand."""
    decision = locked(decision)
    if decision.status != Decision.Status.DRAFT:
        raise ValidationError(_("Replies to this were opened before."))
    rule = Rule.objects.select_related("body").get(pk=decision.rule_id)
    body = rule.body
    if decision.delegation is not None:
        refuse_beyond(decision.delegation, rule, decision.amount, but=decision.pk)
        body = decision.delegation.body or body
    decision.rule_then = frozen(rule, list(queries.seats().filter(body=body)))
    if decision.way == Decision.Way.MEETING:  # who does not come has not agreed
        decision.rule_then["rule"]["silence"] = Rule.Silence.NONE
    decision.secrecy = rule.secrecy
    refuse_unworkable(decision, rule)
    decision.status, decision.opened_at = Decision.Status.OPEN, clock.now()
    decision.closes_at = closes_at or decision.closes_at or clock.now() + timedelta(days=rule.days)
    if decision.closes_at <= clock.now():
        raise ValidationError(_("Replies would close before they open. Choose a later time."))
    if decision.way == Decision.Way.MEETING and closing(decision) < clock.now() + timedelta(days=rule.notice_days):
        raise ValidationError(
            _("The rule asks for %(days)s days between the invitation and the meeting. Choose a later time.")
            % {"days": rule.notice_days}
        )
    decision.save()
    Wording.objects.create(
        partnership=decision.partnership, decision=decision, number=1, text=decision.text, by=decision.proposed_by
    )
    record(
        decision.partnership,
        by,
        gettext_noop("opened replies to “%(title)s”"),
        about=decision,
        title=decision.title,
    )
    return decision


def refuse_unworkable(decision: Decision, rule: Rule) -> None:
    """Nothing is opened that nobody could decide."""
    if not queries.electorate_ids(decision):
        raise ValidationError(
            _("Nobody sits in %(body)s yet. Give it seats, and let their organizations name people.")
            % {"body": rule.body.name}
        )
    needs_chair = rule.method == Rule.Method.DELEGATED or (
        rule.method == Rule.Method.MAJORITY and rule.tie == Rule.Tie.CHAIR
    )
    if needs_chair and "chair" not in decision.rule_then["rule"]:
        message = _("Under this rule the chair decides. Say first who chairs %(body)s.")
        raise ValidationError(message % {"body": rule.body.name})
    try:
        found = tally(decision, closed=False)
    except Refused as error:
        raise ValidationError([str(problem) for problem in error.problems]) from error
    if found.quorum_needed > len(queries.electorate_ids(decision)):
        raise ValidationError(
            _("The quorum is %(needed)s, but only %(seats)s seats are filled.")
            % {"needed": found.quorum_needed, "seats": len(queries.electorate_ids(decision))}
        )


@transaction.atomic
def cast(
    decision: Decision,
    seat: Seat,
    *,
    position: str,
    reason: str = "",
    passage: str = "",
    instead: str = "",
    by: Person,
) -> Ballot:
    """Reply for a seat; a second reply replaces the first, which is kept.

    When the last one is in and none objects, it is decided.
    """
    decision, seat = locked(decision), queries.seats().get(pk=seat.pk)
    caster = taking_part(decision.partnership, by)
    refuse_ballot(decision, seat, caster, position, reason)
    facts: dict[str, Any] = {
        "position": position,
        "reason": reason.strip(),
        "passage": passage.strip(),
        "instead": instead.strip(),
    }
    keep_earlier(decision.ballots.filter(seat=seat), EarlierReply.Why.CHANGED)
    ballot, created = Ballot.objects.update_or_create(
        decision=decision,
        seat=seat,
        defaults={**facts, "partnership": decision.partnership, "cast_by": caster, "at": clock.now()},
    )
    message = TOLD.get(position, TOLD[""]) if created or position in TOLD else CHANGED
    named: dict[str, Any] = {"organization": seat.partner.organization.short, "title": decision.title}
    record(decision.partnership, by, message, about=decision, **named)
    found = tally(decision, closed=False)
    settled = found.early and found.outcome in ("adopted", "rejected")
    if settled and (decision.method == Rule.Method.DELEGATED or not queries.still_to_reply(decision)):
        decide(decision, by=None)
    return ballot


@transaction.atomic
def take_down(decision: Decision, positions: Iterable[tuple[Seat, str, str]], *, by: Person) -> None:
    """Write down the positions taken at a meeting: seat, position, reason. Seats that are not named were not there."""
    decision = locked(decision)
    require_open(decision)
    if decision.way != Decision.Way.MEETING:
        raise ValidationError(_("This is decided in writing: each organization replies for itself."))
    if decision.secrecy != Rule.Secrecy.OPEN:
        raise ValidationError(_("This vote is secret: each organization casts its own, at the meeting too."))
    if decision.is_closed_to_replies:
        raise ValidationError(_("Replies closed: %(when)s.") % {"when": say_moment(closing(decision), inside=True)})
    caster, asked = taking_part(decision.partnership, by), queries.electorate_ids(decision)
    out = set(decision.recusals.values_list("seat_id", flat=True))
    before = {one.seat_id: one for one in decision.ballots.all()}
    taken = list(positions)
    for seat, position, reason in taken:
        if seat.pk not in asked - out:
            raise PermissionDenied(_("This seat was not among those asked when the decision opened."))
        refuse_position(decision, position, reason)
        old = before.get(seat.pk)
        if old and (old.position, old.reason) == (position, reason.strip()):
            continue
        if old:
            keep_earlier(decision.ballots.filter(pk=old.pk), EarlierReply.Why.CHANGED)
        facts: dict[str, Any] = {"position": position, "reason": reason.strip(), "cast_by": caster, "at": clock.now()}
        Ballot.objects.update_or_create(
            decision=decision, seat=seat, defaults=facts | {"partnership": decision.partnership}
        )
    message = gettext_noop("wrote down who said what at the meeting about “%(title)s”")
    record(decision.partnership, by, message, about=decision, title=decision.title, seats=len(taken))


def keep_earlier(ballots: models.QuerySet[Ballot], why: str) -> None:
    """Keep replies that are about to go or change."""
    for one in ballots:
        EarlierReply.objects.create(
            partnership_id=one.partnership_id,
            decision_id=one.decision_id,
            seat_id=one.seat_id,
            position=one.position,
            reason=one.reason,
            cast_by_id=one.cast_by_id,
            at=one.at,
            why=why,
        )


TOLD = {
    "": gettext_noop("replied for %(organization)s to “%(title)s”"),
    Ballot.Position.OBJECT: gettext_noop("objected for %(organization)s to “%(title)s”"),
    Ballot.Position.BLOCK: gettext_noop("blocked “%(title)s” for %(organization)s"),
}
CHANGED = gettext_noop("changed the reply of %(organization)s to “%(title)s”")
REMINDED = gettext_noop("reminded %(organizations)s of “%(title)s”")


def refuse_ballot(decision: Decision, seat: Seat, caster: Participant, position: str, reason: str) -> None:
    """Every reason why a reply does not count, each with its own words."""
    require_open(decision)
    if decision.is_closed_to_replies:
        raise ValidationError(_("Replies closed: %(when)s.") % {"when": say_moment(closing(decision), inside=True)})
    if seat.pk not in queries.electorate_ids(decision):
        raise PermissionDenied(_("This seat was not among those asked when the decision opened."))
    represents = caster.roles.filter(role=Role.REPRESENTATIVE).exists()
    if not queries.speaks_for(caster, seat, represents=represents):
        refuse_speaker(seat, caster)
    if decision.recusals.filter(seat=seat).exists():
        raise PermissionDenied(_("This seat keeps out of the decision because of a conflict of interest."))
    refuse_position(decision, position, reason)


def refuse_speaker(seat: Seat, caster: Participant) -> None:
    named: dict[str, Any] = {"organization": seat.partner.organization.short}
    if seat.speaker and caster.pk in [one.pk for one in seat.people]:
        named["person"] = seat.speaker.person.name
        raise PermissionDenied(
            _("%(person)s speaks for %(organization)s now. An alternate replies only while the holder is away.") % named
        )
    raise PermissionDenied(
        _("Only who holds the seat of %(organization)s, the alternate or its representative can reply for it.") % named
    )


def refuse_position(decision: Decision, position: str, reason: str) -> None:
    if position not in queries.POSITIONS[decision.method]:
        raise ValidationError(_("This position does not exist under the rule of this decision."))
    if position == Ballot.Position.CONCERN and not reason.strip():
        raise ValidationError({"reason": _("Say what the concern is; it is kept on record.")})


@transaction.atomic
def recuse(decision: Decision, seat: Seat, *, reason: str, by: Person) -> Recusal:
    """A seat keeps out of a decision: it no longer counts, and a reply it gave is taken back."""
    decision, seat = locked(decision), queries.seats().get(pk=seat.pk)
    require_open(decision)
    who = taking_part(decision.partnership, by)
    represents = who.roles.filter(role=Role.REPRESENTATIVE).exists()
    if not queries.speaks_for(who, seat, represents=represents):
        raise PermissionDenied(_("Only who speaks for a seat can declare its conflict of interest."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say what the conflict of interest is.")})
    if decision.recusals.filter(seat=seat).exists():
        raise ValidationError(_("This seat already keeps out of the decision."))
    if queries.standing(decision).of < 2:
        raise ValidationError(_("No other seat would be left to decide."))
    keep_earlier(decision.ballots.filter(seat=seat), EarlierReply.Why.RECUSED)
    for ballot in decision.ballots.filter(seat=seat):
        ballot.delete()
    found = Recusal.objects.create(
        partnership=decision.partnership, decision=decision, seat=seat, reason=reason.strip(), by=who
    )
    message = gettext_noop("declared a conflict of interest of %(organization)s in “%(title)s”")
    named: dict[str, Any] = {"organization": seat.partner.organization.short, "title": decision.title}
    record(decision.partnership, by, message, about=decision, **named)
    return found


@transaction.atomic
def say(decision: Decision, text: str, *, by: Person) -> Remark:
    """Answer in the talk about a decision."""
    decision = locked(decision)
    if decision.status in (Decision.Status.DECIDED, Decision.Status.WITHDRAWN):
        raise ValidationError(_("This is closed. Nothing can be changed any more."))
    if not text.strip():
        raise ValidationError({"text": _("Write what you want to say.")})
    remark = Remark.objects.create(
        partnership=decision.partnership,
        decision=decision,
        text=text.strip(),
        by=taking_part(decision.partnership, by),
    )
    record(decision.partnership, by, gettext_noop("wrote about “%(title)s”"), about=decision, title=decision.title)
    return remark


@transaction.atomic
def remind(decision: Decision, *, by: Person) -> list[str]:
    """Write to those who have not replied; the short names of their organizations."""
    decision = locked(decision)
    require_open(decision)
    silent = queries.standing(decision).silent
    if not silent:
        raise ValidationError(_("Everyone has replied."))
    path = reverse("governance:decision_detail", args=[decision.partnership.slug, decision.pk])
    for person in (reply.seat.speaker.person for reply in silent if reply.seat.speaker):
        mail.send(
            person.email,
            lambda: _("Your reply is missing: %(title)s") % {"title": decision.title},
            "governance/mail/reminder.txt",
            {"decision": decision, "person": person, "url": mail.absolute(path)},
            language=person.language,
            kind="decisions",
            of=decision.partnership,
        )
    names = [the(reply.name) for reply in silent]
    facts: dict[str, Any] = {"organizations": listed(names), "title": decision.title}
    record(decision.partnership, by, REMINDED, about=decision, **facts)
    return names


@transaction.atomic
def adjourn(decision: Decision, *, closes_at: datetime, by: Person | None) -> Decision:
    """Put a decision without quorum off to a second meeting, where the rule may ask for less."""
    decision = locked(decision)
    require_open(decision)
    if decision.adjourned:
        raise ValidationError(_("This was put off once already."))
    if queries.standing(decision).outcome.quorum_met:
        raise ValidationError(_("There is a quorum, so there is nothing to put off."))
    if closes_at <= clock.now():
        raise ValidationError(_("Choose a time that is still to come."))
    decision.adjourned, decision.closes_at = True, closes_at
    decision.save()
    message = gettext_noop("put “%(title)s” off for want of a quorum, to %(when)s")
    record(decision.partnership, by, message, about=decision, title=decision.title, when=closes_at.date())
    return decision


@transaction.atomic
def withdraw(decision: Decision, *, reason: str, by: Person) -> Decision:
    """Take a proposal back before it is decided; it stays on record with the reason."""
    decision = locked(decision)
    if decision.status not in (Decision.Status.DRAFT, Decision.Status.OPEN):
        raise ValidationError(_("This is closed. Nothing can be changed any more."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is taken back; those who replied will want to know.")})
    erase_votes(decision)
    decision.status, decision.withdrawn_because = Decision.Status.WITHDRAWN, reason.strip()
    decision.save()
    message = gettext_noop("took “%(title)s” back: %(reason)s")
    record(decision.partnership, by, message, about=decision, title=decision.title, reason=reason.strip()[:120])
    return decision


@transaction.atomic
def close(decision: Decision, *, by: Person | None) -> Decision:
    """Count the replies: at the closing time, or before it when none still to come can change the outcome."""
    decision = locked(decision)
    require_open(decision)
    if not decision.is_closed_to_replies:
        found = queries.standing(decision)
        if found.objections and decision.method in AGREEING:
            raise ValidationError(
                _("An objection stands, and there is time to answer it: %(when)s.")
                % {"when": say_moment(closing(decision), inside=True)}
            )
        if not found.settled_early or (decision.is_veiled and found.silent):
            raise ValidationError(
                _("Replies still to come can change the outcome. They close: %(when)s.")
                % {"when": say_moment(closing(decision), inside=True)}
            )
    return decide(decision, by=by)


def close_due(partnership: Partnership) -> None:
    """Count the replies to every decision whose time has come."""
    for decision in Decision.objects.filter(status=Decision.Status.OPEN, closes_at__lte=clock.now()):
        close(decision, by=None)


def decide(decision: Decision, *, by: Person | None) -> Decision:
    """Give a locked, open decision its outcome, for good, and let what it is about follow.

    Without quorum it is put off once, if the rule lets whoever comes to a second meeting be enough.
    """
    found = tally(decision, closed=decision.is_closed_to_replies)
    second_meeting = decision.rule_then["rule"]["quorum"].get("adjourned")
    if not found.quorum_met and second_meeting and not decision.adjourned:
        rule = Rule.objects.get(pk=decision.rule_id)
        return adjourn(decision, closes_at=clock.now() + timedelta(days=max(rule.days, 1)), by=by)
    decision.status, decision.decided_at = Decision.Status.DECIDED, clock.now()
    decision.outcome, decision.result = found.outcome, stored(found)
    erase_votes(decision)
    decision.save()
    subjects.settle(decision)
    telling.tell(decision)
    record(decision.partnership, by, OUTCOMES[found.outcome], about=decision, title=decision.title)
    return decision


def erase_votes(decision: Decision) -> None:
    """Of a secret vote only the count stays: who took part is kept, how is not."""
    if decision.secrecy == Rule.Secrecy.SECRET:
        decision.ballots.update(position=Ballot.Position.CAST, reason="")
        decision.earlier_replies.all().delete()


OUTCOMES = {
    "adopted": gettext_noop("closed “%(title)s”: it is adopted"),
    "rejected": gettext_noop("closed “%(title)s”: it is rejected"),
    "blocked": gettext_noop("closed “%(title)s”: an objection stands"),
    "void": gettext_noop("closed “%(title)s”: void, for want of a quorum"),
}
