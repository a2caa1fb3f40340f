"""Load a register of organizations, or a partnership that left another installation with all its data."""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from concorda.analysis.problems import Problem, Refused

NEEDS_DJANGO = True
SHOWN = 20
SOURCES = {
    "ccew": "charities of England and Wales",
    "cra": "charities of Canada, T3010 identification file",
    "irs": "exempt organizations of the United States, EO BMF",
    "hsds": "directory of human services, JSON or folder or zip of CSV",
    "360giving": "grants, JSON or CSV or XLSX",
    "3w": "who does what where, with HXL hashtags",
    "csv": "any other table, with --map",
}
"""What `--source` takes; said here so that help and wrong usage need no Django."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    register = kinds.add_parser("organizations", help="load or update a register; the same file twice changes nothing")
    register.add_argument("file", metavar="FILE", help="CSV, XLSX or JSON, plain or .gz; hsds also a folder or zip")
    register.add_argument(
        "--source",
        required=True,
        choices=SOURCES,
        metavar="NAME",
        help="what kind of file it is: " + ", ".join(f"{name} ({title})" for name, title in SOURCES.items()),
    )
    register.add_argument(
        "--map",
        action="extend",
        nargs="+",
        default=[],
        metavar="FIELD=COLUMN",
        help="the column of the file that holds a field",
    )
    register.add_argument(
        "--publisher",
        default="",
        metavar="NAME",
        help="who publishes a list or directory that numbers its entries itself; keeps its numbers apart from others",
    )
    register.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")
    partnership = kinds.add_parser("partnership", help="bring in what concorda export partnership wrote")
    partnership.add_argument("file", metavar="FILE.zip", type=Path)
    for kind in (register, partnership):
        kind.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help="print one JSON object and nothing else"
        )


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    return load_partnership(arguments) if arguments.kind == "partnership" else load_register(arguments)


def load_partnership(arguments: argparse.Namespace) -> dict[str, Any]:
    from concorda.portal.exchange.arriving import import_partnership

    return import_partnership(arguments.file)


def load_register(arguments: argparse.Namespace) -> dict[str, Any]:
    from concorda.foundation.organizations.registers.loading import load, open_source, record

    mapping = mapping_of(arguments.map)
    source = open_source(arguments.file, arguments.source, mapping, publisher=arguments.publisher)
    outcome = load(source, arguments.source, dry_run=arguments.dry_run, progress=progress_bar())
    if not arguments.dry_run:
        record(source, outcome)
    return outcome.as_dict() | ({"dry_run": True} if arguments.dry_run else {})


def mapping_of(words: list[str]) -> dict[str, str]:
    """FIELD=COLUMN words as a dictionary; Refused for one without an equals sign."""
    wrong = [word for word in words if "=" not in word]
    if wrong:
        raise Refused([Problem("write it as FIELD=COLUMN, like --map name=Title", value=word) for word in wrong])
    return dict(word.split("=", 1) for word in words)


def progress_bar() -> Callable[[int, int], None]:
    """A bar on a terminal; silent elsewhere."""
    if not sys.stderr.isatty():
        return lambda done, of: None

    def show_bar(done: int, of: int) -> None:
        share = min(done / max(of, 1), 1)
        print(
            f"\r[{'#' * round(40 * share):<40}] {share:4.0%}",
            end="\n" if share == 1 else "",
            file=sys.stderr,
            flush=True,
        )

    return show_bar


def show(result: dict[str, Any]) -> Iterator[str]:
    return shown_partnership(result) if "partnership" in result else shown_register(result)


def shown_partnership(result: dict[str, Any]) -> Iterator[str]:
    held = f"{result['rows']:,} records, {result['files']} files"
    yield f"“{result['name']}” is here as /p/{result['partnership']}/: {held}."
    yield f"New here: {result['organizations_made']} organizations, {result['people_made']} people."
    if result["people_made"]:
        yield "They choose a password with “forgot password” on the sign-in page."


def shown_register(result: dict[str, Any]) -> Iterator[str]:
    would = "would be " if result.get("dry_run") else ""
    yield (
        f"{result['read']:,} rows read in {result['seconds']} s: {result['created']:,} {would}created, "
        f"{result['updated']:,} {would}updated, {result['unchanged']:,} unchanged, {result['rejected']:,} refused"
    )
    if "ties" in result:
        yield f"  {result['ties']:,} ties between organizations {would or 'are '}new"
    for problem in result["problems"][:SHOWN]:
        column = f", column {problem['column']}" if problem["column"] else ""
        value = f" ({problem['value']})" if problem["value"] else ""
        yield f"  row {problem['row']}{column}: {problem['reason']}{value}"
    if result["rejected"] > SHOWN:
        yield f"  … and {result['rejected'] - SHOWN:,} more; --json lists them all"
