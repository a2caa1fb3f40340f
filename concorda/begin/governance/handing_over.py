"""A seat passes from one person to another: the votes that wait, and what the leaving person had in hand, go along."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from concorda.begin.governance import queries
from concorda.begin.governance.models import Decision, HandOver, Seat
from concorda.foundation.accounts import mail
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Participant, Partnership
from concorda.foundation.partnerships.timeline import record
from concorda.foundation.process.stages import tools


def pass_on(seat: Seat, before: Participant, after: Participant, *, note: str = "", by: Participant | None) -> HandOver:
    """Keep what passes from one holder to the next, and write to the next. Called in the transaction that names them.

    What the person before had in hand in the tools goes along only when they no longer take part.
    """
    with override(after.person.language):
        passed = [_("Reply: %(title)s") % {"title": one.title} for one in unanswered(seat)]
        if before.left_on:
            passed += [str(step.label) for tool in tools() for step in tool.holds(before)]
    if before.left_on:
        for tool in tools():
            tool.pass_on(before, after, by.person if by else None)
    found = HandOver.objects.create(
        partnership=seat.partnership,
        organization=seat.partner.organization,
        seat=seat,
        before=before,
        after=after,
        note=note.strip(),
        passed=passed,
        by=by,
    )
    person = after.person
    mail.send(
        person.email,
        lambda: _("You now sit in %(body)s") % {"body": seat.body.name},
        "governance/mail/hand_over.txt",
        {"found": found, "person": person, "url": mail.absolute(found.get_absolute_url())},
        language=person.language,
        kind="decisions",
        of=found.partnership,
    )
    return found


def unanswered(seat: Seat) -> list[Decision]:
    """The open decisions this seat was asked about and has not replied to."""
    found = queries.open_decisions(seat.partnership).exclude(ballots__seat=seat).exclude(recusals__seat=seat)
    return [one for one in found if seat.pk in queries.electorate_ids(one)]


def history(seat: Seat) -> list[Decision]:
    """What this seat replied to, latest first."""
    found = Decision.objects.filter(ballots__seat=seat, status=Decision.Status.DECIDED)
    return list(found.order_by("-decided_at", "-pk"))


def replace_who_left(partnership: Partnership) -> None:
    """Where a holder has left, the alternate takes the seat over; called by the clock."""
    for seat in queries.seats().filter(partnership=partnership, holder__left_on__isnull=False, alternate__left_on=None):
        if seat.alternate is not None:
            succeed(seat)


@transaction.atomic
def succeed(seat: Seat) -> None:
    seat = queries.seats().select_for_update(of=("self",)).get(pk=seat.pk)
    before, after = seat.holder, seat.alternate
    if before is None or after is None or before.left_on is None:
        return
    seat.holder, seat.alternate, seat.away_from, seat.away_until = after, None, None, None
    seat.save(update_fields=["holder", "alternate", "away_from", "away_until"])
    pass_on(seat, before, after, by=None)
    message = gettext_noop("%(person)s took over the seat of %(organization)s in %(body)s")
    facts = {"organization": seat.partner.organization.short, "body": seat.body.name, "person": after.person.name}
    record(seat.partnership, None, message, about=seat, **facts)


@transaction.atomic
def take(found: HandOver, *, by: Person) -> HandOver:
    """The next holder says that they have taken over; saying it twice changes nothing."""
    found = HandOver.objects.select_for_update(of=("self",)).select_related("after", "seat__body").get(pk=found.pk)
    if found.after.person_id != by.pk:
        raise PermissionDenied(_("Only who takes over says so."))
    if found.taken_at is None:
        found.taken_at = clock.now()
        found.save(update_fields=["taken_at"])
        message = gettext_noop("took over a seat in %(body)s")
        record(found.partnership, by, message, about=found.seat, body=found.seat.body.name)
    return found
