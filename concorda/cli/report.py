"""Write a report of a partnership as PDF, spreadsheet or web page."""

import argparse
from pathlib import Path
from typing import Any

from concorda.analysis.problems import Refused

NEEDS_DJANGO = True
LANGUAGES = {"en": "en-ca", "fr": "fr-ca"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("partnership", metavar="PARTNERSHIP", help="the partnership's name in its address")
    parser.add_argument(
        "--audience", required=True, metavar="NAME", help="partners, board, funder, public or evaluator"
    )
    parser.add_argument("--format", choices=("pdf", "docx", "xlsx", "html"), default="pdf")
    parser.add_argument("--language", choices=sorted(LANGUAGES), default="en")
    parser.add_argument("--to", required=True, metavar="FILE", help="file to write")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    from django.utils import translation

    from concorda.foundation.core.scoping import within
    from concorda.foundation.partnerships.models import Partnership
    from concorda.monitor.reports import files

    if arguments.format == "docx":
        raise Refused("Word files are not made yet. Choose --format pdf, xlsx or html.")
    partnership = Partnership.objects.filter(slug=arguments.partnership).first()
    if partnership is None:
        raise Refused(f"There is no partnership '{arguments.partnership}'. Use the name that stands in its address.")
    with within(partnership), translation.override(LANGUAGES[arguments.language]):
        report = chosen(arguments.audience)
        made = getattr(files, arguments.format)(report)
    content = made.encode() if isinstance(made, str) else made
    try:
        Path(arguments.to).write_bytes(content)
    except OSError as error:
        raise Refused(f"{arguments.to} cannot be written: {error.strerror}") from error
    return {"report": report.title, "status": report.status, "digest": report.digest, "file": arguments.to}


def chosen(audience: str) -> Any:
    """The latest approved report for an audience, or else its latest draft."""
    from concorda.monitor.reports.models import Report

    if audience not in Report.Audience.values:
        raise Refused(f"There is no audience '{audience}'. Choose {', '.join(Report.Audience.values)}.")
    found = Report.objects.filter(audience=audience).select_related("partnership", "approved_by__person")
    report = found.filter(status=Report.Status.APPROVED).first() or found.first()
    if report is None:
        raise Refused(f"There is no report for the audience '{audience}' in this partnership yet.")
    return report


def show(result: dict[str, Any]) -> list[str]:
    return [f"{result['file']}: {result['report']} ({result['status']})"]
