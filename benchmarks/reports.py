"""A report of 20 pages in every format, beside a bare typst compile of as many pages in the same run.

Times are of the processor. The contents are made up; everything else is what `concorda report` does with what it read.

python benchmarks/reports.py
"""

import io
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

BUDGET = 1.5
AT = datetime(2026, 3, 31, tzinfo=UTC)
INDICATORS, PARTS, PAGES = 9, 22, 20


def spent(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def main() -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concorda.config.settings")
    import django
    from pypdf import PdfReader

    django.setup()
    from concorda.foundation.core.documents import compile_pdf
    from concorda.monitor.reports import files

    files.document = lambda _report: made_up()  # type: ignore[assignment]
    report: Any = SimpleNamespace(approved_at=AT, frozen_at=AT)
    times = {name: spent(lambda form=form: form.make(report)) for name, form in files.FORMATS.items()}  # type: ignore[misc]
    again = {name: spent(lambda form=form: form.make(report)) for name, form in files.FORMATS.items()}  # type: ignore[misc]
    bare = Path(__file__).with_name("reports_bare.typ")
    data = {"parts": PAGES, "rows": INDICATORS}
    floor = spent(lambda: compile_pdf(bare, data, at=AT))
    pages = len(PdfReader(io.BytesIO(files.pdf(report))).pages)
    for title, found in (("first", times), ("again", again)):
        total = sum(found.values())
        each = ", ".join(f"{name} {value * 1000:.0f} ms" for name, value in found.items())
        print(f"report, {title}: {each}; together {total:.2f} s = {total / BUDGET:.2f} × budget ({BUDGET} s)")
    print(f"{pages} pages; PDF again = {again['pdf'] / floor:.1f} × bare typst, {PAGES} pages ({floor * 1000:.0f} ms)")


def made_up() -> Any:
    """Twenty sections, each with a paragraph, bars and a table of nine columns."""
    from concorda.monitor.reports.document import Document
    from concorda.monitor.reports.parts import Bar, Column, Part, Row, Table

    columns = [Column(f"Column {at}", "What it means") for at in range(9)]
    parts = []
    for number in range(PARTS):
        rows = [
            Row(
                [f"Goal {number}", f"Indicator {row} of what changed", *["94 days"] * 7],
                [None, None, *[Decimal(94)] * 3, *[None] * 4],
            )
            for row in range(INDICATORS)
        ]
        bars = [Bar(f"Indicator {row}", 60, 70, f"Indicator {row}: 60% of the way, 70% expected.") for row in range(6)]
        text = "What the numbers mean, told at some length. " * 12
        parts.append(
            Part(
                f"part{number}", f"Section {number}", "In one sentence.", text, Table("Results", columns, rows, 1), bars
            )
        )
    return Document(
        "A long report",
        ["Somewhere", "For: funder"],
        parts,
        ["Nothing is missing."],
        "ab" * 32,
        "Somewhere",
        "somewhere",
        linked=False,
    )


if __name__ == "__main__":
    main()
