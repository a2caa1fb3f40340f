"""Writing a report, freezing its numbers, approving it."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.foundation.accounts import mail
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.partnerships.access import Role
from concorda.foundation.partnerships.models import Participant, Partnership
from concorda.foundation.partnerships.queries import with_role
from concorda.foundation.partnerships.timeline import record
from concorda.monitor.reports.document import AUDIENCES, digest_of, words_of
from concorda.monitor.reports.models import Report, Schedule, Section, refuse_if_approved
from concorda.monitor.reports.snapshot import build


def sketch(partnership: Partnership, audience: str, start: date, end: date) -> Report:
    """A report on a period, with a title of its own, not stored."""
    facts = {
        "partnership": partnership.short,
        "audience": Report.Audience(audience).label,
        "start": date_format(start, "j F Y"),
        "end": date_format(end, "j F Y"),
    }
    title = _("%(partnership)s, %(start)s to %(end)s: %(audience)s") % facts
    period = {"period_from": start, "period_to": end, "cut_off": end}
    return Report(partnership=partnership, title=title, audience=audience, **period)


@transaction.atomic
def begin(report: Report, *, by: Person) -> Report:
    """Store a new draft with the sections its audience needs; they fill themselves."""
    report.author = Participant.objects.get(person=by)
    store(report)
    record(report.partnership, by, gettext_noop("began the report “%(title)s”"), about=report, title=report.title)
    return report


def store(report: Report) -> None:
    report.save()
    for key in AUDIENCES[report.audience]:
        Section.objects.create(partnership=report.partnership, report=report, key=key)


def draft_scheduled(partnership: Partnership) -> None:
    """Draft every report whose time has come, and tell whoever finishes it."""
    for pk in Schedule.objects.filter(next_on__lte=clock.today()).values_list("pk", flat=True):
        draft_one(pk)


@transaction.atomic
def draft_one(pk: int) -> None:
    """Draft the report of a schedule once, on the last turn that is over, however many were missed."""
    waiting = Schedule.objects.select_for_update(of=("self",)).filter(pk=pk, next_on__lte=clock.today())
    schedule = waiting.select_related("partnership", "owner__person").first()
    if schedule is None:  # another worker was first
        return
    first, turns = schedule.next_on, 1
    while schedule.moved(first, turns) <= clock.today():
        turns += 1
    time_is_up = schedule.moved(first, turns - 1)
    start, end = schedule.moved(first, turns - 2), time_is_up - timedelta(days=1)
    report = Report(
        partnership=schedule.partnership,
        title=f"{schedule.title}, {end:%Y-%m-%d}",
        audience=schedule.audience,
        period_from=start,
        period_to=end,
        cut_off=end,
        due=time_is_up + timedelta(days=schedule.days),
        author=schedule.owner,
    )
    store(report)
    schedule.next_on = schedule.moved(first, turns)
    schedule.save()
    message = gettext_noop("drafted the report “%(title)s” at its time")
    record(schedule.partnership, None, message, about=report, title=report.title)
    tell(report)


def tell(report: Report) -> None:
    """Write to whoever finishes a report; to the coordinators if that person has left."""
    left = report.author.left_on is not None
    people = with_role(report.partnership, Role.COORDINATOR) if left else [report.author]
    for one in people:
        facts = {
            "report": report,
            "partnership": report.partnership,
            "address": mail.absolute(report.get_absolute_url()),
        }
        mail.send(
            one.person.email,
            lambda: _("Drafted: %(title)s") % {"title": report.title},
            "reports/mail/drafted.txt",
            facts,
            language=one.person.language,
            kind="reports",
            of=report.partnership,
        )


@transaction.atomic
def supersede(report: Report, *, by: Person) -> Report:
    """Begin a draft in the place of an approved report, with its words; the old one stays as it is."""
    if not report.approved:
        raise ValidationError(_("This report is a draft still: change it instead."))
    facts = ("partnership", "title", "audience", "period_from", "period_to", "cut_off")
    draft = begin(Report(supersedes=report, **{name: getattr(report, name) for name in facts}), by=by)
    for key, text in words_of(report).items():
        draft.sections.filter(key=key).update(text=text)
    return draft


@transaction.atomic
def write(report: Report, texts: dict[str, str], *, by: Person) -> None:
    """Keep the words people add to sections."""
    refuse_if_approved(report.pk)
    for key, text in texts.items():
        Section.objects.update_or_create(
            partnership=report.partnership, report=report, key=key, defaults={"text": text.strip()}
        )
    record(report.partnership, by, gettext_noop("wrote in the report “%(title)s”"), about=report, title=report.title)


@transaction.atomic
def freeze(report: Report, *, by: Person) -> None:
    """Take the numbers from the records as they stand; a draft may be frozen again."""
    refuse_if_approved(report.pk)
    report.snapshot, report.frozen_at = build(report), clock.now()
    report.save()
    message = gettext_noop("froze the numbers of the report “%(title)s”")
    record(report.partnership, by, message, about=report, title=report.title)


@transaction.atomic
def approve(report: Report, *, by: Person) -> None:
    """Make it final: from now on neither numbers nor words change, and its fingerprint proves it."""
    refuse_if_approved(report.pk)
    if not report.frozen_at:
        raise ValidationError(_("Freeze the numbers first: what is approved must not change afterwards."))
    report.approved_by, report.approved_at = Participant.objects.get(person=by), clock.now()
    report.digest, report.status = digest_of(report), Report.Status.APPROVED
    report.save()
    message = gettext_noop("approved the report “%(title)s”")
    record(report.partnership, by, message, about=report, title=report.title)
