"""Write everything this installation holds into one file, also while it runs."""

import argparse
from pathlib import Path
from typing import Any

from concorda.cli.import_ import progress_bar

NEEDS_DJANGO = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="file to write; keep it as safe as the installation")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    from concorda.portal.exchange.installation import backup

    return backup(arguments.file, progress_bar())


def show(result: dict[str, Any]) -> list[str]:
    held = f"{result['rows']:,} rows of {result['tables']} tables, {result['files']:,} files, the keys"
    return [f"{result['file']}: {held}; {result['bytes']:,} bytes. Try “concorda restore” with it before it is needed."]
