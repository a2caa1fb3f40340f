"""The command that loads a register: what it takes, and what it leaves behind."""

import argparse

import pytest

from concorda.cli import import_
from concorda.foundation.organizations.models import Load
from concorda.foundation.organizations.registers.sources import SOURCES


def test_the_command_names_the_sources_there_are():
    assert set(import_.SOURCES) == set(SOURCES)


def test_the_command_keeps_a_history(db, tmp_path):
    path = tmp_path / "ident.csv"
    path.write_text("BN,Legal Name,Designation\n100000001RR0001,Wexcombe Welcome,C\n")
    parser = argparse.ArgumentParser()
    import_.add_arguments(parser)
    words = ["organizations", str(path), "--source", "cra"]
    result = import_.run(parser.parse_args(words))
    assert result["created"] == 1 and Load.objects.get().counts["created"] == 1
    import_.run(parser.parse_args([*words, "--dry-run"]))
    assert Load.objects.count() == 1
    with pytest.raises(SystemExit) as stopped:
        parser.parse_args(["organizations", "x", "--source", "nothing"])
    assert stopped.value.code == 2
