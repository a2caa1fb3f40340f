"""Asking people to be a bridge, their consent, and their own answers about whom they go to."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Participant
from concorda.foundation.partnerships.timeline import record
from concorda.implement.boundary_crossers.models import AskedTie, Crosser
from concorda.implement.working_groups.models import Group


@transaction.atomic
def ask(
    participant: Participant,
    first: Group,
    second: Group,
    *,
    by: Person,
    hours: int = 4,
    backup: Participant | None = None,
    support: str = "",
) -> Crosser:
    """Ask somebody to be a bridge between two groups, and to be named as one. Nobody is named before they agree."""
    if first.pk == second.pk:
        raise ValidationError(_("A bridge needs two different groups."))
    if backup and backup.pk == participant.pk:
        raise ValidationError(_("Somebody cannot stand in for themselves. Choose another person, or nobody."))
    first, second = sorted((first, second), key=lambda group: group.pk)
    if Crosser.objects.filter(participant=participant, first=first, second=second).exists():
        raise ValidationError(_("This person was already asked about these two groups."))
    crosser = Crosser.objects.create(
        partnership=participant.partnership,
        participant=participant,
        first=first,
        second=second,
        hours_a_month=hours,
        backup=backup,
        support=support,
    )
    message = gettext_noop("asked somebody to be a bridge between %(first)s and %(second)s")
    record(participant.partnership, by, message, about=crosser, first=first, second=second)
    return crosser


def refuse_others(crosser: Crosser, by: Person) -> None:
    if crosser.participant.person_id != by.pk:
        raise ValidationError(_("Everybody answers this only for themselves."))


@transaction.atomic
def consent(crosser: Crosser, *, by: Person) -> None:
    """Agree to be a bridge and to be named; only the person asked can."""
    refuse_others(crosser, by)
    crosser.consented_at, crosser.declined_at = clock.now(), None
    crosser.save(update_fields=["consented_at", "declined_at"])
    message = gettext_noop("agreed to be a bridge between %(first)s and %(second)s")
    record(crosser.partnership, by, message, about=crosser, first=crosser.first, second=crosser.second)


@transaction.atomic
def decline(crosser: Crosser, *, by: Person) -> None:
    """Decline, or take an earlier consent back; the timeline names no person."""
    refuse_others(crosser, by)
    crosser.consented_at, crosser.declined_at = None, clock.now()
    crosser.save(update_fields=["consented_at", "declined_at"])
    message = gettext_noop("noted that no bridge between %(first)s and %(second)s is named")
    record(crosser.partnership, None, message, about=crosser, first=crosser.first, second=crosser.second)


@transaction.atomic
def arrange(crosser: Crosser, *, hours: int, backup: Participant | None, by: Person, support: str = "") -> None:
    """Set how much time the bridge gets, what helps, and who stands in."""
    if backup and backup.pk == crosser.participant_id:
        raise ValidationError(_("Somebody cannot stand in for themselves. Choose another person, or nobody."))
    crosser.hours_a_month, crosser.backup, crosser.support = hours, backup, support
    crosser.save(update_fields=["hours_a_month", "backup", "support"])
    message = gettext_noop("arranged time and stand-in of the bridge between %(first)s and %(second)s")
    record(crosser.partnership, by, message, about=crosser, first=crosser.first, second=crosser.second)


@transaction.atomic
def answer(source: Participant, target: Participant, kind: str, *, by: Person) -> AskedTie:
    """Say whom one goes to; only for oneself."""
    if source.person_id != by.pk:
        raise ValidationError(_("Everybody answers this only for themselves."))
    if source.pk == target.pk:
        raise ValidationError(_("Choose somebody else than yourself."))
    tie, new = AskedTie.objects.get_or_create(partnership=source.partnership, source=source, target=target, kind=kind)
    if new:
        record(source.partnership, None, gettext_noop("Somebody answered whom they go to."), tool="boundary_crossers")
    return tie


@transaction.atomic
def take_back(tie: AskedTie, *, by: Person) -> None:
    if tie.source.person_id != by.pk:
        raise ValidationError(_("Everybody answers this only for themselves."))
    partnership = tie.partnership
    tie.delete()
    record(partnership, None, gettext_noop("Somebody took an answer back."), tool="boundary_crossers")
