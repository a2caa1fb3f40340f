"""Leave with all data: a partnership as an archive that can be read without Concorda, and imported again."""

import argparse
from pathlib import Path
from typing import Any

from concorda.analysis.problems import Refused

NEEDS_DJANGO = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    one = kinds.add_parser("partnership", help="all of it, also what is private to each organization")
    one.add_argument("slug", metavar="SLUG", help="the partnership's name in its address")
    one.add_argument("--to", required=True, metavar="FILE.zip", type=Path, help="file to write; keep it safe")
    one.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print one JSON object")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    from concorda.foundation.partnerships.models import Partnership
    from concorda.portal.exchange.leaving import export

    partnership = Partnership.objects.filter(slug=arguments.slug).first()
    if partnership is None:
        raise Refused(f"There is no partnership '{arguments.slug}'. Use the name that stands in its address.")
    return export(partnership, arguments.to)


def show(result: dict[str, Any]) -> list[str]:
    held = f"{result['rows']:,} records of {result['tables']} kinds, {result['files']:,} files"
    return [f"{result['file']}: {held}; {result['bytes']:,} bytes. README.md in it says what is where."]
