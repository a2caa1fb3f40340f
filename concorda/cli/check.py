"""Is this installation well? Each line says what is wrong and how to put it right."""

import argparse
from collections.abc import Iterator
from typing import Any


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose: everything is looked at."""


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    from django.core.exceptions import ImproperlyConfigured

    from concorda.cli import set_up_django

    try:
        set_up_django()
    except (ImproperlyConfigured, OSError, ValueError) as error:
        reason = f"The settings cannot be read: {' '.join(str(error).split())}. See docs/operating.md."
        return {"ok": False, "checks": [{"name": "settings", "ok": False, "detail": reason}]}
    from concorda.portal.health import as_dicts, checks

    return as_dicts(checks())


def is_fine(result: dict[str, Any]) -> bool:
    return bool(result["ok"])


def show(result: dict[str, Any]) -> Iterator[str]:
    for check in result["checks"]:
        yield f"{'ok   ' if check['ok'] else 'WRONG'}  {check['name']:<14} {check['detail']}"
