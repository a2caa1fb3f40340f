"""Opening and closing check-ins, answering them without a name, and measuring."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.begin.strategic_plan.models import Indicator
from concorda.foundation.accounts import mail
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.partnerships.access import Role
from concorda.foundation.partnerships.models import Final, Participant, Partnership
from concorda.foundation.partnerships.queries import present
from concorda.foundation.partnerships.timeline import record
from concorda.foundation.process.progress import forget
from concorda.monitor.evaluation.models import CheckIn, CheckInAnswer, CheckInTicket, Measurement
from concorda.monitor.evaluation.questions import KEYS

Status = Measurement.Status


class TicketUsed(Exception):
    """This link has been used; nobody can say for which answer."""


class CheckInClosed(Exception):
    """The check-in no longer takes answers."""


# Check-ins


@transaction.atomic
def open_check_in(partnership: Partnership, *, title: str, stage: str, closes_on: date, by: Person) -> CheckIn:
    """Ask everybody who takes part, except observers; each gets a letter with a link of their own."""
    people = [one for one in present(partnership) if not is_only_observer(one)]
    if not people:
        raise ValidationError(_("There is nobody to ask yet. Bring people in first."))
    check_in = CheckIn.objects.create(partnership=partnership, title=title, stage=stage, closes_on=closes_on)
    tickets = []
    for participant in people:
        token = secrets.token_urlsafe(24)
        tickets.append(
            CheckInTicket(
                partnership=partnership, check_in=check_in, participant=participant, token_digest=digest(token)
            )
        )
        invite(participant, check_in, token)
    CheckInTicket.objects.bulk_create(tickets)
    message = gettext_noop("opened the check-in “%(title)s”, asking %(people)s people")
    record(partnership, by, message, about=check_in, title=title, people=len(people))
    return check_in


def is_only_observer(participant: Participant) -> bool:
    return {held.role for held in participant.roles.all()} <= {Role.OBSERVER}


def digest(token: str) -> str:
    """What is stored of a link: enough to recognize it, not enough to make it."""
    return hashlib.sha256(token.encode()).hexdigest()


def invite(participant: Participant, check_in: CheckIn, token: str) -> None:
    address = mail.absolute(reverse("evaluation_public:answer", args=[token]))
    mail.send(
        participant.person.email,
        lambda: _("Two minutes: how is it going in %(partnership)s?") % {"partnership": check_in.partnership.short},
        "evaluation/mail/check_in.txt",
        {"person": participant.person, "check_in": check_in, "address": address},
        language=participant.person.language,
        kind="check-ins",
        of=check_in.partnership,
    )


@transaction.atomic
def answer(ticket: CheckInTicket, *, values: Mapping[str, int | None], comment: str = "") -> None:
    """Use a ticket up and keep the answer, with nothing that ties the two together.

    No line of the timeline tells of it: its moment would. Raises CheckInClosed or TicketUsed.
    """
    if not ticket.check_in.is_open:
        raise CheckInClosed
    if not CheckInTicket.objects.filter(pk=ticket.pk, used=False).update(used=True):
        raise TicketUsed
    organization = ticket.participant.organization_id
    CheckInAnswer.objects.create(
        partnership=ticket.partnership,
        check_in=ticket.check_in,
        organization_key=organization_key(ticket.partnership, organization) if organization else "",
        comment=comment.strip(),
        **{key: values.get(key) for key in KEYS},
    )
    forget(ticket.partnership, ticket.participant.person)


def organization_key(partnership: Partnership, organization: int) -> str:
    return salted_hmac("concorda.check-in", f"{partnership.pk}:{organization}", algorithm="sha256").hexdigest()


@transaction.atomic
def close_check_in(check_in: CheckIn, *, by: Person) -> None:
    """Take no more answers; only now results can be read."""
    if not check_in.is_open:
        raise Final(_("This check-in is closed already."))
    check_in.closed_at = clock.now()
    check_in.save()
    record(
        check_in.partnership, by, gettext_noop("closed the check-in “%(title)s”"), about=check_in, title=check_in.title
    )


@transaction.atomic
def review_comments(check_in: CheckIn, *, shown: Iterable[int], by: Person) -> int:
    """Decide on the comments nobody has read yet: show those in `shown` (keys), withhold the others."""
    if check_in.is_open:
        raise ValidationError(_("Comments are read once the check-in is closed."))
    waiting = check_in.answers.filter(review=CheckInAnswer.Review.WAITING).exclude(comment="")
    chosen = waiting.filter(pk__in=list(shown)).update(review=CheckInAnswer.Review.SHOWN)
    read = chosen + waiting.update(review=CheckInAnswer.Review.WITHHELD)
    if read:
        message = gettext_noop("read the comments of “%(title)s”: %(shown)s of %(read)s are shown")
        record(check_in.partnership, by, message, about=check_in, title=check_in.title, shown=chosen, read=read)
    return chosen


# Measurements


@transaction.atomic
def submit(
    indicator: Indicator, *, value: Decimal | int, by: Person, corrects: Measurement | None = None, **facts: Any
) -> Measurement:
    """Enter a value of an indicator; it waits for approval."""
    measurement = Measurement(
        partnership=indicator.partnership, indicator=indicator, value=Decimal(value), corrects=corrects, **facts
    )
    return enter(measurement, by=by)


@transaction.atomic
def enter(measurement: Measurement, *, by: Person) -> Measurement:
    """Store a new measurement and say so."""
    original = measurement.corrects
    if original and original.status != Status.APPROVED:
        raise ValidationError(_("Only an approved measurement is corrected; a returned one is entered anew."))
    if original and original.indicator_id != measurement.indicator_id:
        raise ValidationError(_("A correction is of the same indicator."))
    measurement.by = Participant.objects.get(person=by)
    measurement.save()
    message = (
        gettext_noop("corrected “%(indicator)s” to %(value)s, for approval")
        if original
        else gettext_noop("measured “%(indicator)s”: %(value)s, for approval")
    )
    tell(measurement, by, message)
    return measurement


@transaction.atomic
def approve(measurement: Measurement, *, by: Person) -> None:
    """From now on the value counts in reports and is never changed."""
    settle(measurement, Status.APPROVED, by)
    tell(measurement, by, gettext_noop("approved “%(indicator)s”: %(value)s"))


@transaction.atomic
def give_back(measurement: Measurement, *, because: str, by: Person) -> None:
    """Return it to whoever measured, saying what to put right; it does not count."""
    if not because.strip():
        raise ValidationError(_("Say what to put right, so that the next number is better."))
    measurement.returned_because = because.strip()[:250]
    settle(measurement, Status.RETURNED, by)
    tell(measurement, by, gettext_noop("returned “%(indicator)s”: %(value)s"))


def settle(measurement: Measurement, status: str, by: Person) -> None:
    measurement.status, measurement.settled_at = status, clock.now()
    measurement.settled_by = Participant.objects.get(person=by)
    measurement.save()


def tell(measurement: Measurement, by: Person, message: str) -> None:
    indicator = measurement.indicator
    record(
        measurement.partnership,
        by,
        message,
        about=measurement,
        indicator=indicator.name[:150],
        value=measurement.value_says,
    )
