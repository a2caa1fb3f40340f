"""Make this installation what a backup says it was; stop Concorda first."""

import argparse
from pathlib import Path
from typing import Any

from concorda.cli.import_ import progress_bar

NEEDS_DJANGO = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="a file that concorda backup wrote")
    parser.add_argument("--replace", action="store_true", help="lose what this installation holds now")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    from concorda.portal.exchange.installation import restore

    return restore(arguments.file, replace=arguments.replace, progress=progress_bar())


def show(result: dict[str, Any]) -> list[str]:
    when = f"as it was at {result['made_at']} (Concorda {result['version']})"
    return [
        f"{result['rows']:,} rows of {result['tables']} tables, {result['files']:,} files: {when}",
        *result["notes"],
    ]
