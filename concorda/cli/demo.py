"""Tell the demo story into this installation's database."""

import argparse
from typing import Any

from concorda.analysis.problems import Refused

NEEDS_DJANGO = True
STAGES = ("connect", "begin", "implement", "monitor")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--until",
        choices=STAGES,
        default="monitor",
        metavar="STAGE",
        help="stop after connect, begin, implement or monitor",
    )
    parser.add_argument("--if-empty", action="store_true", help="do nothing when the story is told already")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    from concorda.foundation.core import clock
    from concorda.foundation.process.story import CAST, PASSWORD
    from concorda.portal import demo

    if demo.already_told():
        if not arguments.if_empty:
            raise Refused("The demo is here already. To tell it anew, start with an empty database.")
    else:
        demo.tell(until=arguments.until, today=clock.today())
    people = [
        {"name": cast[0], "email": f"{key}@concorda.example", "roles": [str(role) for role in cast[3]]}
        for key, cast in CAST.items()
    ]
    return {"password": PASSWORD, "people": people}


def show(result: dict[str, Any]) -> list[str]:
    lines = ["The people of the demo (every password: " + result["password"] + "):"]
    return lines + [f"  {one['email']:<32}{one['name']}, {', '.join(one['roles'])}" for one in result["people"]]
