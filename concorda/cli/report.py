"""Write a report of a partnership as PDF, Word file, spreadsheet or web page."""

import argparse
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from concorda.analysis.problems import Refused

NEEDS_DJANGO = True
LANGUAGES = {"en": "en-ca", "fr": "fr-ca"}
YEAR = timedelta(days=365)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("partnership", metavar="PARTNERSHIP", help="the partnership's name in its address")
    parser.add_argument(
        "--audience", required=True, metavar="NAME", help="partners, board, funder, public or evaluator"
    )
    parser.add_argument("--format", choices=("pdf", "docx", "xlsx", "html"), default="pdf")
    parser.add_argument("--language", choices=sorted(LANGUAGES), default="en")
    parser.add_argument("--from", dest="start", type=day, metavar="DAY", help="a draft of its own, from YYYY-MM-DD")
    parser.add_argument("--until", type=day, metavar="DAY", help="the last day of that draft; without it, today")
    parser.add_argument("--to", required=True, metavar="FILE", help="file to write")


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no day. Write it as 2026-03-31.") from None


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    from django.utils import translation

    from concorda.foundation.core.scoping import within
    from concorda.foundation.partnerships.models import Partnership
    from concorda.monitor.reports.document import document
    from concorda.monitor.reports.files import FORMATS

    partnership = Partnership.objects.filter(slug=arguments.partnership).first()
    if partnership is None:
        raise Refused(f"There is no partnership '{arguments.partnership}'. Use the name that stands in its address.")
    with within(partnership), translation.override(LANGUAGES[arguments.language]):
        report = found(partnership, arguments)
        content = FORMATS[arguments.format].make(report)
        checks = document(report).checks
    try:
        Path(arguments.to).write_bytes(content)
    except OSError as error:
        raise Refused(f"{arguments.to} cannot be written: {error.strerror}. Choose another file.") from error
    facts = {name: str(getattr(report, name)) for name in ("period_from", "period_to", "cut_off", "status")}
    return {
        "report": report.title,
        "audience": report.audience,
        **facts,
        "digest": report.digest,
        "checks": checks,
        "file": arguments.to,
    }


def found(partnership: Any, arguments: argparse.Namespace) -> Any:
    """The report that holds for an audience; a draft from the records where there is none, or a period is named."""
    from concorda.monitor.reports.models import Report
    from concorda.monitor.reports.queries import standing_report

    if arguments.audience not in Report.Audience.values:
        raise Refused(f"There is no audience '{arguments.audience}'. Choose {', '.join(Report.Audience.values)}.")
    stored = None if arguments.start or arguments.until else standing_report(arguments.audience)
    return stored or draft(partnership, arguments)


def draft(partnership: Any, arguments: argparse.Namespace) -> Any:
    """A report that is only written, never stored."""
    from concorda.foundation.core import clock
    from concorda.monitor.reports.services import sketch

    until = arguments.until or clock.today()
    start = arguments.start or until - YEAR
    if start > until:
        raise Refused(f"The period ends on {until}, before it begins on {start}. Give --until a later day.")
    return sketch(partnership, arguments.audience, start, until)


def show(result: dict[str, Any]) -> list[str]:
    return [f"{result['file']}: {result['report']} ({result['status']})", *(f"  {line}" for line in result["checks"])]
