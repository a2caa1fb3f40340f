"""Writing a report, freezing its numbers, approving it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Participant
from concorda.foundation.partnerships.timeline import record
from concorda.monitor.reports.document import AUDIENCES, digest_of
from concorda.monitor.reports.models import Report, Section, refuse_if_approved
from concorda.monitor.reports.snapshot import build


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
