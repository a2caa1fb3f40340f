"""Planning meetings that come back, changing those still to come, ending them."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.partnerships.timeline import record
from concorda.implement.working_groups import queries, recurrence, services
from concorda.implement.working_groups.models import AgendaItem, Meeting, Series


@transaction.atomic
def plan_series(
    series: Series, repeat: str, count: int, *, agenda: Sequence[AgendaItem] = (), by: Person, invite: bool = True
) -> Series:
    """Store a series and its meetings; `agenda` and what earlier meetings left open go to the first of them."""
    services.refuse_ended(series.group)
    first = series.starts_at.astimezone(series.zone)
    recurrence.refuse_endless(first.date(), count, None)
    series.rule = recurrence.rule_of(repeat, first.date(), count)
    found = recurrence.moments(series.rule, series.starts_at, series.zone)
    recurrence.refuse_endless(first.date(), count, found[-1].astimezone(series.zone).date())
    series.starts_at = found[0]
    series.save()
    made = Meeting.objects.bulk_create(
        Meeting(
            partnership=series.partnership,
            group=series.group,
            series=series,
            due_at=moment,
            starts_at=moment,
            minutes_long=series.minutes_long,
            time_zone=series.time_zone,
            place=series.place,
        )
        for moment in found
    )
    services.fill_agenda(made[0], agenda)
    message = gettext_noop("planned %(count)s meetings of “%(group)s”")
    record(series.partnership, by, message, about=series, count=len(made), group=series.group.name)
    if invite:
        services.invite_to_series(series, by=by)
    return series


@transaction.atomic
def change_following(series: Series, new: Series, *, by: Person, invite: bool = True) -> Series:
    """From the next meeting of a series on, meet at another time: they become a series of their own.

    `new` has the start of its first meeting, length, zone and place. Agendas and papers stay with their meetings, and
    earlier meetings keep their place in calendars; a series that has not begun is moved as a whole.
    """
    coming = list(queries.coming_of(series))
    if not coming:
        raise ValidationError(_("No meeting of this series is still to come."))
    kept = series.meetings.count() - len(coming)
    following = reset(new if kept else series, new, repeat_of(series), len(coming))
    for meeting, moment in zip(coming, recurrence.moments(following.rule, following.starts_at, new.zone), strict=True):
        meeting.series, meeting.due_at, meeting.starts_at = following, None, moment
        meeting.minutes_long, meeting.time_zone, meeting.place = new.minutes_long, new.time_zone, new.place
        meeting.sequence = 0 if kept else meeting.sequence + 1
        meeting.save()
        meeting.replies.all().delete()
    for meeting in coming:
        meeting.due_at = meeting.starts_at
        meeting.save(update_fields=["due_at"])
    message = gettext_noop("moved %(count)s meetings of “%(group)s”")
    record(series.partnership, by, message, about=following, count=len(coming), group=series.group.name)
    if kept:
        shorten(series, kept)
    if invite:
        for one in (series, following) if kept else (following,):
            services.invite_to_series(one, by=by)
    return following


def reset(following: Series, new: Series, repeat: str, count: int) -> Series:
    """Give a series the times of `new`, so many of them, by the same kind of rule."""
    first = new.starts_at.astimezone(new.zone)
    following.rule = recurrence.rule_of(repeat, first.date(), count)
    following.starts_at, following.time_zone = new.starts_at, new.time_zone
    following.minutes_long, following.place = new.minutes_long, new.place
    if following.pk:
        following.sequence += 1
    following.save()
    return following


@transaction.atomic
def end_series(series: Series, *, because: str, by: Person) -> int:
    """Cancel every meeting of the series that is still to come. Returns how many."""
    coming = [meeting for meeting in queries.coming_of(series) if not meeting.cancelled]
    if not coming:
        raise ValidationError(_("No meeting of this series is still to come."))
    for meeting in coming:
        meeting.cancelled, meeting.cancelled_because = True, because[:200]
        meeting.sequence += 1
        meeting.save()
    shorten(series, series.meetings.filter(starts_at__lte=clock.now()).count())
    message = gettext_noop("cancelled the rest of a series of “%(group)s”: %(because)s")
    record(series.partnership, by, message, about=series, group=series.group.name, because=because[:150])
    services.invite_to_series(series, by=by)
    return len(coming)


def shorten(series: Series, kept: int) -> None:
    """The rule covers only its first `kept` meetings from now on; with none left it keeps its first, as cancelled."""
    series.rule = recurrence.shortened(series.rule, max(1, kept))
    series.sequence += 1
    series.save(update_fields=["rule", "sequence"])


def repeat_of(series: Series) -> str:
    parts = dict(part.split("=") for part in series.rule.split(";"))
    every = int(parts["INTERVAL"])
    table = recurrence.WEEKS if parts["FREQ"] == "WEEKLY" else recurrence.MONTHS
    return next(kind for kind, interval in table.items() if interval == every)
