"""When partners disagree: the ladder they agreed on, and each disagreement on its way up, with what came of each step.

A disagreement is read by the organizations concerned and by the coordinators; its lines on the timeline are private to
the organization that raised it.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.begin.governance.models import Dispute, DisputeMove, DisputeParty, LadderStep
from concorda.foundation.accounts import mail
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.partnerships.access import Access, Role
from concorda.foundation.partnerships.models import Participant, Partner, Partnership
from concorda.foundation.partnerships.timeline import record


def visible(access: Access) -> models.QuerySet[Dispute]:
    """The disagreements this person may read."""
    found = Dispute.objects.select_related("by__person", "by__organization", "partnership")
    if access.steers:
        return found
    mine = DisputeParty.objects.filter(partner__organization__in=access.own_organizations)
    return found.filter(pk__in=mine.values("dispute"))


def ladder(partnership: Partnership) -> list[LadderStep]:
    return list(LadderStep.objects.filter(partnership=partnership))


@transaction.atomic
def bring_up(dispute: Dispute, others: Iterable[Partner], *, by: Person) -> Dispute:
    """Put a disagreement with other partners on the first step of the ladder."""
    here, chosen = dispute.partnership, list(others)
    who = taking_part(here, by)
    own = Partner.objects.filter(partnership=here, organization=who.organization).first()
    if own is None:
        raise PermissionDenied(_("You take part for no organization, so nobody disagrees through you."))
    if not chosen or own in chosen:
        raise ValidationError({"others": _("Choose with whom you disagree, among the other partners.")})
    steps = ladder(here)
    if not steps:
        raise ValidationError(_("There is no ladder yet. A coordinator first writes down its steps."))
    dispute.by = who
    dispute.save()
    for partner in (own, *chosen):
        DisputeParty.objects.create(partnership=here, dispute=dispute, partner=partner)
    begin(dispute, steps[0], note="", by=who)
    tell(dispute, gettext_noop("brought up a disagreement: %(title)s"), by=by)
    write_to_parties(dispute, but=who)
    return dispute


def begin(dispute: Dispute, step: LadderStep, *, note: str, by: Participant) -> None:
    due = clock.today() + timedelta(days=step.days)
    add_move(dispute, DisputeMove.Kind.STEP, note, by, place=step.place, step=step.text, due=due)
    dispute.due = due
    dispute.save(update_fields=["due"])


def add_move(dispute: Dispute, kind: str, note: str, by: Participant, **step: Any) -> DisputeMove:
    return DisputeMove.objects.create(
        partnership=dispute.partnership, dispute=dispute, kind=kind, note=note.strip(), by=by, **step
    )


@transaction.atomic
def go_on(dispute: Dispute, note: str, *, by: Person) -> Dispute:
    """The step did not settle it: go to the next, with what came of this one."""
    dispute, who = locked(dispute), taking_part(dispute.partnership, by)
    require_note(note, _("Say what came of this step; the next one starts from there."))
    last = dispute.moves.filter(kind=DisputeMove.Kind.STEP).last()
    reached = last.place if last and last.place is not None else 0
    following = next((step for step in ladder(dispute.partnership) if step.place > reached), None)
    if following is None:
        raise ValidationError(_("This is the last step of the ladder. Settle it, or agree on a further step first."))
    begin(dispute, following, note=note, by=who)
    tell(dispute, gettext_noop("took a disagreement to the next step: %(title)s"), by=by)
    write_to_parties(dispute, but=who)
    return dispute


@transaction.atomic
def settle(dispute: Dispute, note: str, *, by: Person) -> Dispute:
    """It is settled, and how stays on record."""
    dispute, who = locked(dispute), taking_part(dispute.partnership, by)
    require_note(note, _("Say what you agreed, so that it holds."))
    finish(dispute, Dispute.Status.SETTLED, note, who)
    tell(dispute, gettext_noop("settled a disagreement: %(title)s"), by=by)
    return dispute


@transaction.atomic
def take_back(dispute: Dispute, note: str, *, by: Person) -> Dispute:
    """Who raised it takes it back, with the reason."""
    dispute, who = locked(dispute), taking_part(dispute.partnership, by)
    if who.organization_id != dispute.by.organization_id:
        raise PermissionDenied(_("Only the organization that brought it up takes it back."))
    require_note(note, _("Say why; the others will want to know."))
    finish(dispute, Dispute.Status.WITHDRAWN, note, who)
    tell(dispute, gettext_noop("took a disagreement back: %(title)s"), by=by)
    return dispute


def finish(dispute: Dispute, status: str, note: str, who: Participant) -> None:
    add_move(dispute, status, note, who)
    dispute.status, dispute.due = status, None
    dispute.save(update_fields=["status", "due"])


def locked(dispute: Dispute) -> Dispute:
    found = Dispute.objects.select_for_update(of=("self",)).select_related("by__organization", "partnership")
    found = found.get(pk=dispute.pk)
    if not found.is_open:
        raise ValidationError(_("This is closed. Nothing can be changed any more."))
    return found


def require_note(note: str, message: str) -> None:
    if not note.strip():
        raise ValidationError({"note": message})


def taking_part(partnership: Partnership, person: Person) -> Participant:
    return Participant.objects.select_related("organization").get(partnership=partnership, person=person, left_on=None)


def tell(dispute: Dispute, message: str, *, by: Person) -> None:
    private_to = dispute.by.organization
    record(dispute.partnership, by, message, about=dispute, private_to=private_to, title=dispute.title)


def write_to_parties(dispute: Dispute, *, but: Participant) -> None:
    """Tell who speaks for the organizations concerned at which step it stands."""
    parties = dispute.parties.values("partner__organization")
    found = Participant.objects.filter(organization__in=parties, left_on=None, roles__role=Role.REPRESENTATIVE)
    last = dispute.moves.last()
    for one in found.exclude(pk=but.pk).select_related("person").distinct():
        mail.send(
            one.person.email,
            lambda: _("A disagreement needs you: %(title)s") % {"title": dispute.title},
            "governance/mail/dispute.txt",
            {"dispute": dispute, "move": last, "person": one.person, "url": mail.absolute(dispute.get_absolute_url())},
            language=one.person.language,
            kind="decisions",
            of=dispute.partnership,
        )
