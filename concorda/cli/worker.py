"""Do the work that waits in the queue, what is due by the clock (closing votes, daily letters), and carry the mail."""

import argparse
import threading

NEEDS_DJANGO = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--interval", type=float, default=1.0, help="seconds between looks into an empty queue")
    parser.add_argument("--minute", type=float, default=60.0, help="seconds between looks at the clock")


def run(arguments: argparse.Namespace) -> None:
    from django.core.management import call_command

    from concorda.portal.health import rest

    stop = threading.Event()
    clockwork = threading.Thread(target=keep_time, args=(stop, arguments.minute), daemon=True)
    clockwork.start()
    postman = threading.Thread(target=carry_mail, args=(stop, arguments.interval, arguments.minute), daemon=True)
    postman.start()
    # The worker's own log says what it does; starting in the same second as others needs no random delay.
    call_command("db_worker", interval=arguments.interval, startup_delay=False)
    stop.set()
    clockwork.join()
    postman.join()
    rest()


def keep_time(stop: threading.Event, seconds: float) -> None:
    """Do what is due by the clock until asked to stop."""
    from django.db import close_old_connections

    from concorda.portal.clockwork import run_due
    from concorda.portal.health import beat

    beat()
    while not stop.wait(seconds):
        close_old_connections()
        beat()
        run_due()


def carry_mail(stop: threading.Event, seconds: float, minute: float) -> None:
    """Post letters as they come, and look into the mailbox every minute, until asked to stop.

    Apart from the clock, so that a mail server that takes its time keeps no vote open.
    """
    from django.db import close_old_connections

    from concorda.portal.clockwork import collect_mail, post_mail

    rounds, every = 0, max(1, round(minute / max(seconds, 0.01)))
    while not stop.wait(seconds):
        close_old_connections()
        post_mail()
        if rounds % every == 0:
            collect_mail()
        rounds += 1
