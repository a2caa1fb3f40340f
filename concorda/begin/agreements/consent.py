"""Living consent: partners say again that they stand by an agreement, when it is time or what it rests on changed.

Whether enough stand by it is counted by the partnership's own rule for strategy, one vote a party; without such a rule
all parties have to.
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.analysis.tally import ADOPTED, OPEN, REJECTED, decide, parse_proposal
from concorda.begin.agreements import library
from concorda.begin.agreements.letters import tell
from concorda.begin.agreements.models import Agreement, Confirmation, Round
from concorda.begin.agreements.queries import bound_by
from concorda.begin.governance.deciding import as_json
from concorda.begin.governance.models import Rule
from concorda.begin.governance.queries import rule_for
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.partnerships.access import Role
from concorda.foundation.partnerships.models import Participant, Partner
from concorda.foundation.partnerships.queries import committed
from concorda.foundation.partnerships.timeline import record

DAYS = 30
"""Days the partners have to answer."""
SPEAK = (Role.REPRESENTATIVE, Role.SIGNATORY)


class NotAsked(Exception):
    """There is nothing to confirm, or this person cannot; the message says why."""


# What an agreement rests on


def basis_of(agreement: Agreement) -> dict[str, Any]:
    """What the partners rely on, in words of the agreement's language."""
    here = agreement.partnership
    rule = rule_for(here, Rule.Matter.STRATEGIC)
    with library.in_language(agreement.language):
        return {
            "partners": sorted(one.organization.name for one in committed(here)),
            "purpose": here.purpose,
            "rule": library.rule_sentence(rule) if rule else "",
        }


def changed(before: Mapping[str, Any], now: Mapping[str, Any], language: str) -> list[str]:
    """What is different, one sentence each."""
    with library.in_language(language):
        joined, gone = set(now["partners"]) - set(before["partners"]), set(before["partners"]) - set(now["partners"])
        found = [_("%(who)s has joined the partnership.") % {"who": name} for name in sorted(joined)]
        found += [_("%(who)s has left the partnership.") % {"who": name} for name in sorted(gone)]
        if before["purpose"] != now["purpose"]:
            found.append(_("The purpose of the partnership was reworded."))
        if before["rule"] != now["rule"]:
            found.append(_("The rule for decisions on strategy has changed."))
        return found


def rest_on_today(agreement: Agreement) -> None:
    """From here on, changes are measured against what the partners know today."""
    Agreement.objects.filter(pk=agreement.pk).update(basis=basis_of(agreement))


# Asking


@transaction.atomic
def every(agreement: Agreement, months: int, *, by: Person) -> None:
    """Have the partners asked each so many months; 0 for never."""
    if agreement.reconfirm_every == months:
        return
    Agreement.objects.filter(pk=agreement.pk).update(reconfirm_every=months)
    message = gettext_noop("set how often the partners confirm “%(what)s” (months: %(months)s)")
    record(agreement.partnership, by, message, about=agreement, what=agreement.title, months=months)


@transaction.atomic
def ask(agreement: Agreement, *, cause: str, because: str = "", by: Person | None = None) -> Round:
    """Open a round: every party says whether it stands by the agreement. One round at a time."""
    locked = Agreement.objects.select_for_update().get(pk=agreement.pk)
    if not locked.holds:
        raise NotAsked(_("Only an agreement in force can be confirmed."))
    if locked.rounds.filter(outcome=Round.Outcome.OPEN).exists():
        raise NotAsked(_("The partners are being asked already."))
    made = Round.objects.create(
        partnership=locked.partnership,
        agreement=locked,
        cause=cause,
        because=because,
        due=clock.today() + timedelta(days=DAYS),
    )
    rest_on_today(locked)
    message = gettext_noop("asked the partners until %(day)s whether they stand by “%(what)s”")
    record(locked.partnership, by, message, about=made, what=locked.title, day=made.due)
    facts = {"round": made, "url": reverse("agreements:confirm", args=[locked.partnership.slug, made.pk])}
    tell(locked, lambda: _("Do you stand by it? %(what)s") % {"what": locked.title}, "confirm", facts, roles=SPEAK)
    return made


def watch(agreement: Agreement) -> None:
    """Close a round whose day has passed; open one when it is time, or when what the agreement rests on changed."""
    agreement = Agreement.objects.get(pk=agreement.pk)
    asked = agreement.rounds.filter(outcome=Round.Outcome.OPEN).first()
    if asked:
        if asked.due < clock.today():
            settle(asked, closed=True)
        return
    if not agreement.holds:
        return
    news = changed(agreement.basis, basis_of(agreement), agreement.language) if agreement.basis else []
    if news:
        ask(agreement, cause=Round.Cause.CHANGE, because=" ".join(news))
    elif (next_on := due_again(agreement)) and next_on <= clock.today():
        ask(agreement, cause=Round.Cause.TIME)


def due_again(agreement: Agreement) -> date | None:
    """When the calendar has the partners asked: so many months after they were last, or after it began."""
    if not agreement.reconfirm_every:
        return None
    last = agreement.rounds.first()
    since = last.opened_at.date() if last else agreement.in_force_since
    return months_after(since, agreement.reconfirm_every) if since else None


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


# Answering


def partner_in(asked: Round, by: Participant) -> Partner:
    """The party this person speaks for in a round."""
    if by.left_on or not by.roles.filter(role__in=SPEAK).exists():
        raise NotAsked(_("Only a person who speaks or signs for an organization can answer."))
    found = next((one for one in bound_by(asked.agreement) if one.organization_id == by.organization_id), None)
    if found is None:
        raise NotAsked(_("Your organization is not a party to this agreement."))
    return found


@transaction.atomic
def confirm(asked: Round, *, by: Participant, stands: bool, reason: str = "") -> Confirmation:
    """Say for one's organization whether it stands by the agreement; when all have answered, the round is closed."""
    Agreement.objects.select_for_update().get(pk=asked.agreement_id)
    asked = Round.objects.select_related("agreement").get(pk=asked.pk)
    if asked.outcome != Round.Outcome.OPEN:
        raise NotAsked(_("This round is closed."))
    if not stands and not reason.strip():
        raise NotAsked(_("Say what would have to change, so that the others can answer."))
    partner = partner_in(asked, by)
    said, _created = Confirmation.objects.update_or_create(
        round=asked,
        partner=partner,
        defaults={
            "partnership": asked.partnership,
            "by": by,
            "stands": stands,
            "reason": "" if stands else reason.strip(),
            "at": clock.now(),
        },
    )
    message = (
        gettext_noop("confirmed “%(what)s” for %(who)s")
        if stands
        else gettext_noop("said that %(who)s does not stand by “%(what)s” as it is")
    )
    facts = {"what": asked.agreement.title, "who": partner.organization.name}
    record(asked.partnership, by.person, message, about=said, **facts)
    settle(asked, closed=asked.confirmations.count() >= len(bound_by(asked.agreement)))
    return said


@transaction.atomic
def settle(asked: Round, *, closed: bool) -> None:
    """Count the answers, and close the round when no further answer is to come."""
    if not closed:
        return
    upheld = counted(asked, closed=True) == ADOPTED
    outcome = Round.Outcome.UPHELD if upheld else Round.Outcome.DOUBTED
    if Round.objects.filter(pk=asked.pk, outcome=Round.Outcome.OPEN).update(outcome=outcome, closed_at=clock.now()):
        message = (
            gettext_noop("noted that the partners stand by “%(what)s”")
            if upheld
            else gettext_noop("noted that not all partners stand by “%(what)s”")
        )
        record(asked.partnership, None, message, about=asked, what=asked.agreement.title)


def counted(asked: Round, *, closed: bool) -> str:
    """The outcome under the rule: adopted, rejected, blocked, void or open."""
    parties = bound_by(asked.agreement)
    rule = rule_for(asked.partnership, Rule.Matter.STRATEGIC)
    known = {one.pk for one in parties}
    said = [one for one in asked.confirmations.all() if one.partner_id in known]
    if rule is None or rule.method in (Rule.Method.DELEGATED, Rule.Method.UNANIMITY):
        if len(said) == len(parties) and all(one.stands for one in said):
            return ADOPTED
        return REJECTED if closed else OPEN
    terms = as_json(rule, []) | {"tie": "fails"}
    terms.pop("fallback", None)
    terms["quorum"]["count"] = min(rule.quorum_count or 0, len(parties))
    proposal = parse_proposal(
        {
            "rule": terms,
            "electorate": [{"id": str(one.pk), "weight": 1} for one in parties],
            "ballots": [
                {"by": str(one.partner_id), "position": "for"}
                if one.stands
                else {"by": str(one.partner_id), "position": against(rule), "reason": one.reason}
                for one in said
            ],
            "closed": closed,
        }
    )
    return decide(proposal.rule, proposal.electorate, proposal.ballots, closed=closed).outcome


def against(rule: Rule) -> str:
    return {Rule.Method.CONSENT: "object", Rule.Method.CONSENSUS: "block"}.get(Rule.Method(rule.method), "against")
