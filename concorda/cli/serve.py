"""Start the web server and the worker; brings the database up to date first.

Without CONCORDA_URL this is a start on one's own machine: addresses are those of this machine, and mail goes to the
outbox page instead of a mail server.
"""

import argparse
import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from importlib import import_module
from types import FrameType

from concorda.analysis.problems import Refused

LOOPBACK = ("127.0.0.1", "localhost", "::1")
START_SECONDS = 60
STOP_SECONDS = 10

Process = subprocess.Popen[bytes]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (only this machine by default)")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--demo", action="store_true", help="load the demo, and show its people on the sign-in page")
    parser.add_argument("--processes", type=int, default=2, help="web processes, of four threads each")
    parser.add_argument("--no-worker", action="store_true", help="the worker runs elsewhere (concorda worker)")


def run(arguments: argparse.Namespace) -> None:
    """Serve until asked to stop."""
    refuse_taken(arguments.host, arguments.port)
    set_environment(arguments)
    prepare()
    people = list(load_demo()) if arguments.demo else []
    web = [sys.executable, "-m", "gunicorn", "concorda.config.wsgi", *web_options(arguments)]
    worker = [sys.executable, "-m", "concorda", "worker"]
    commands = [web] if arguments.no_worker else [web, worker]
    processes = [subprocess.Popen(command, stdin=subprocess.DEVNULL) for command in commands]
    announce(arguments, people, processes)
    supervise(processes)


def refuse_taken(host: str, port: int) -> None:
    """Raises Refused when something else listens there already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            other = "choose another: PORT=8123 make run, or --port 8123"
            raise Refused(f"port {port} on {host} cannot be used ({error.strerror}); {other}") from error


def set_environment(arguments: argparse.Namespace) -> None:
    """What a start on one's own machine needs and an installation says itself. Raises Refused for an open one."""
    local = "CONCORDA_URL" not in os.environ
    if local and arguments.host not in LOOPBACK:
        example = "CONCORDA_URL=https://concorda.example.org"
        raise Refused(f"--host {arguments.host} opens this to others: say under which address they reach it, {example}")
    if local:
        os.environ["CONCORDA_URL"] = f"http://localhost:{arguments.port}"
        os.environ.setdefault("CONCORDA_OUTBOX", "1")
    if arguments.demo:
        os.environ.setdefault("CONCORDA_DEMO", "1")
    # Several processes that each calculate on every core only get in each other's way.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def prepare() -> None:
    """Bring the database up to date and gather the static files."""
    from concorda.cli import set_up_django

    set_up_django()
    from concorda.cli.tables import bring_up_to_date

    bring_up_to_date()
    collect_static()


def collect_static() -> None:
    """Gather, hash and compress the static files, if one has changed since the last start."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    seen = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            seen.update(f"{name} {storage.size(name)} {storage.get_modified_time(name)}\n".encode())
    stamp = settings.VAR / "static.collected"
    if not stamp.exists() or stamp.read_text() != seen.hexdigest():
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(seen.hexdigest())


def load_demo() -> Iterator[str]:
    """Load the demo where it is not yet; what it says about its people."""
    from concorda.cli import build_parser

    demo = import_module("concorda.cli.demo")
    yield from demo.show(demo.run(build_parser(demo, "demo").parse_args(["--if-empty"])))


def web_options(arguments: argparse.Namespace) -> list[str]:
    host = f"[{arguments.host}]" if ":" in arguments.host else arguments.host
    return [
        f"--bind={host}:{arguments.port}",
        f"--workers={arguments.processes}",
        "--worker-class=gthread",
        "--threads=4",
        "--preload",  # read once, not by each process: starts sooner and shares memory
        "--timeout=120",
        "--log-level=warning",
        "--no-control-socket",
    ]


def announce(arguments: argparse.Namespace, people: Sequence[str], processes: Sequence[Process]) -> None:
    """Print the address and who can sign in, once the server answers."""
    if wait_for_answer(arguments, processes):
        lines = [f"Concorda is at {os.environ['CONCORDA_URL']}", *people, "Ctrl-C stops it."]
        print("\n".join(lines), flush=True)


def wait_for_answer(arguments: argparse.Namespace, processes: Sequence[Process]) -> bool:
    """True once the server answers anything; False when a process ends first or nothing comes."""
    host = "127.0.0.1" if arguments.host in {"0.0.0.0", "localhost"} else arguments.host  # noqa: S104
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and all(process.poll() is None for process in processes):
        connection = http.client.HTTPConnection(host, arguments.port, timeout=10)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        else:
            return True
        finally:
            connection.close()
    return False


def supervise(processes: Sequence[Process]) -> None:
    """Wait until asked to stop, or until one process ends (raises SystemExit); either way end them all."""
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
    try:
        while all(process.poll() is None for process in processes):
            time.sleep(0.2)
    except KeyboardInterrupt:
        # The terminal has told the others too; a second signal would cut off what they are finishing.
        wait(processes)
        return
    finally:
        for process in processes:
            if process.poll() is None:
                process.terminate()
        wait(processes)
        for process in processes:
            if process.poll() is None:
                process.kill()
    raise SystemExit("concorda serve: a process ended by itself (see above), so the others were ended too")


def stop(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def wait(processes: Sequence[Process]) -> None:
    until = time.monotonic() + STOP_SECONDS
    while time.monotonic() < until and any(process.poll() is None for process in processes):
        time.sleep(0.05)
