"""A throw-away PostgreSQL in a temporary folder, reached by a socket in it: nothing listens on the network."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import system

# Durability is of no use to a database that is deleted after the tests.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60")


def unprivileged() -> dict[str, Any]:
    """How to start a process as somebody else when this is root, whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    person = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}


@contextmanager
def cluster() -> Iterator[str]:
    """Start a server, give its address as `DATABASE_URL` takes it, stop and remove it."""
    programs = system.postgres()
    if programs is None:
        sys.exit("PostgreSQL is missing")
    folder = Path(tempfile.mkdtemp(prefix="concorda-pg-"))
    person = unprivileged()
    try:
        if person:
            os.chown(folder, person["user"], person["group"])
        data = folder / "data"
        calm: dict[str, Any] = {"cwd": folder, "stdin": subprocess.DEVNULL, "env": environment(), **person}
        create: list[str | Path] = [
            programs / "initdb",
            "-D",
            data,
            "-U",
            "concorda",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale",
            "C.UTF-8",
        ]
        subprocess.run([*create, "-N"], check=True, stdout=subprocess.DEVNULL, **calm)
        settings = " ".join(f"-c {setting}" for setting in FAST)
        options = f"-k {folder} -c listen_addresses='' {settings}"
        control: list[str | Path] = [programs / "pg_ctl", "-D", data, "-w", "-s"]
        subprocess.run([*control, "-l", folder / "log", "-o", options, "start"], check=True, **calm)
        try:
            yield f"postgres://concorda@/{folder}/concorda"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, **calm)
    finally:
        shutil.rmtree(folder)


def environment() -> dict[str, str]:
    """The environment without the settings of another PostgreSQL."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}
