"""Do the work that waits in the queue: mail, imports, long computations."""

import argparse

NEEDS_DJANGO = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--interval", type=float, default=1.0, help="seconds between looks into an empty queue")


def run(arguments: argparse.Namespace) -> None:
    from django.core.management import call_command

    # The worker's own log says what it does; starting in the same second as others needs no random delay.
    call_command("db_worker", interval=arguments.interval, startup_delay=False)
