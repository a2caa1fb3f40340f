from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.models import Final, Participant, Partner, Partnership
from concorda.foundation.partnerships.timeline import record
from concorda.monitor.growth.models import LastingAnswer, Passage, Trajectory
from concorda.monitor.growth.passages import steps


@transaction.atomic
def choose(partnership: Partnership, *, path: str, reasons: str, by: Person) -> Trajectory:
    """Choose where the partnership is heading."""
    chosen = Trajectory.objects.create(
        partnership=partnership, path=path, reasons=reasons, by=Participant.objects.get(person=by)
    )
    message = gettext_noop("chose a direction: %(path)s")
    record(partnership, by, message, about=chosen, path=chosen.get_path_display())
    return chosen


@transaction.atomic
def rate(partnership: Partnership, organization: Organization, values: Mapping[str, int | None], *, by: Person) -> None:
    """Store one organization's ratings; what is left open stays open."""
    for question, value in values.items():
        LastingAnswer.objects.update_or_create(
            partnership=partnership,
            organization=organization,
            question=question,
            defaults={"value": value, "answered_at": clock.now(), "shared": False},
        )
    message = gettext_noop("answered for %(organization)s what makes the partnership last")
    record(partnership, by, message, tool="growth", organization=organization.short)


@transaction.atomic
def begin_passage(passage: Passage, *, by: Person) -> Passage:
    passage.save()
    joining, leaving = gettext_noop("began to welcome %(partner)s"), gettext_noop("noted that %(partner)s is leaving")
    message = joining if passage.kind == Passage.Kind.JOINING else leaving
    record(passage.partnership, by, message, about=passage, partner=passage.partner.organization.name)
    return passage


@transaction.atomic
def settle(passage: Passage, keys: list[str], *, by: Person) -> None:
    """Tick what is settled by hand; steps the records tell are left to the records."""
    if passage.closed_on:
        raise Final(_("This was closed; it can no longer be changed."))
    by_hand = {step.key for step in steps(passage) if not step.by_records}
    passage.settled = sorted(by_hand & set(keys))
    passage.save(update_fields=["settled"])
    message = gettext_noop("settled %(done)s of %(all)s steps for %(partner)s")
    found = steps(passage)
    done = sum(step.done for step in found)
    record(
        passage.partnership,
        by,
        message,
        about=passage,
        done=done,
        all=len(found),
        partner=passage.partner.organization.name,
    )


class NotSettled(Exception):
    """Something is still open; `steps` says what."""

    def __init__(self, steps: list) -> None:
        self.steps = steps
        super().__init__(", ".join(str(step.label) for step in steps))


@transaction.atomic
def close_passage(passage: Passage, *, by: Person) -> None:
    """Finish a passage once everything is settled; a partner that leaves is a partner no more, nor are its people."""
    passage = Passage.objects.select_for_update().select_related("partner__organization").get(pk=passage.pk)
    still_open = [step for step in steps(passage) if not step.done]
    if still_open:
        raise NotSettled(still_open)
    passage.closed_on = clock.today()
    passage.save(update_fields=["closed_on"])
    partner = passage.partner
    if passage.kind == Passage.Kind.LEAVING:
        partner.status, partner.left_on = Partner.Status.LEFT, clock.today()
        partner.save(update_fields=["status", "left_on"])
        Participant.objects.filter(organization=partner.organization, left_on=None).update(left_on=clock.today())
    done = gettext_noop("finished welcoming %(partner)s")
    left = gettext_noop("noted that %(partner)s left, with everything settled")
    message = left if passage.kind == Passage.Kind.LEAVING else done
    record(passage.partnership, by, message, about=passage, partner=partner.organization.name)
