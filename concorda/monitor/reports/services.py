"""Writing a report, freezing its numbers, approving it."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Participant, Partnership
from concorda.foundation.partnerships.timeline import record
from concorda.monitor.reports.document import AUDIENCES, digest_of, words_of
from concorda.monitor.reports.models import Report, Section, refuse_if_approved
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
    report.save()
    for key in AUDIENCES[report.audience]:
        Section.objects.create(partnership=report.partnership, report=report, key=key)
    record(report.partnership, by, gettext_noop("began the report “%(title)s”"), about=report, title=report.title)
    return report


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
