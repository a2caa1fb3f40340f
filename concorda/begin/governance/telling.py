"""Who must know of a decision: chosen with the proposal, told when it is decided, and whether they have read it."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.begin.governance.models import Body, Decision, LookedAgain, Notice, Reach, Seat
from concorda.foundation.accounts import mail
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Participant, Partner
from concorda.foundation.partnerships.timeline import record


def choose(decision: Decision, reach: Iterable[Partner | Body]) -> None:
    """Keep who must know, in place of what was chosen before."""
    decision.reaches.all().delete()
    for one in reach:
        chosen = {"body": one} if isinstance(one, Body) else {"partner": one}
        Reach.objects.create(partnership=decision.partnership, decision=decision, **chosen)


def reached(decision: Decision) -> list[Participant]:
    """The people who take part now and must know of a decision."""
    chosen = list(decision.reaches.select_related("partner"))
    organizations = [one.partner.organization_id for one in chosen if one.partner]
    seats = Seat.objects.filter(body__in=[one.body_id for one in chosen if one.body_id])
    sitting = Q(pk__in=seats.values("holder")) | Q(pk__in=seats.values("alternate"))
    found = Participant.objects.filter(partnership=decision.partnership, left_on=None).select_related("person")
    return list(found.filter(Q(organization__in=organizations) | sitting).order_by("pk"))


def tell(decision: Decision) -> None:
    """Write to everyone who must know; called in the transaction that decides."""
    for participant in reached(decision):
        Notice.objects.create(partnership=decision.partnership, decision=decision, participant=participant)
        person = participant.person
        mail.send(
            person.email,
            lambda: _("Decided: %(title)s") % {"title": decision.title},
            "governance/mail/decided.txt",
            {"decision": decision, "person": person, "url": mail.absolute(decision.get_absolute_url())},
            language=person.language,
            kind="decisions",
            of=decision.partnership,
        )


@transaction.atomic
def confirm(decision: Decision, *, by: Person) -> Notice:
    """Say that one has read what was decided; saying it twice changes nothing."""
    notice = Notice.objects.select_for_update().filter(decision=decision, participant__person=by).first()
    if notice is None:
        raise PermissionDenied(_("You are not among those who must know of this."))
    if notice.read_at is None:
        notice.read_at = clock.now()
        notice.save(update_fields=["read_at"])
        message = gettext_noop("read what was decided: “%(title)s”")
        record(decision.partnership, by, message, about=decision, title=decision.title)
    return notice


@transaction.atomic
def look_again(decision: Decision, look: LookedAgain, *, by: Person) -> LookedAgain:
    """Note that a decision was looked at again and stays; a change is a new decision that replaces it."""
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    if not decision.adopted:
        raise ValidationError(_("Only what was adopted is looked at again."))
    if not look.found.strip():
        raise ValidationError({"found": _("Write in a sentence what you found.")})
    if look.next_on and look.next_on <= clock.today():
        raise ValidationError({"next_on": _("Choose a day that is still to come.")})
    look.partnership, look.decision, look.found = decision.partnership, decision, look.found.strip()
    look.by = Participant.objects.get(partnership=decision.partnership, person=by, left_on=None)
    look.save()
    message = gettext_noop("looked at “%(title)s” again: it stays")
    record(decision.partnership, by, message, about=decision, title=decision.title)
    return look
