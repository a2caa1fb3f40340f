"""`concorda report` writes the same report as the pages, or says what is missing."""

import json

import pytest

from concorda.cli import main
from concorda.monitor.reports.models import Report


def test_a_report_is_written(world, inside, tmp_path):
    to = tmp_path / "out.html"
    assert main(["report", inside.slug, "--audience", "funder", "--format", "html", "--to", str(to)]) == 0
    assert "94" in to.read_text()


BEGINS = {"pdf": b"%PDF", "docx": b"PK", "xlsx": b"PK", "html": b"<!doctype"}


@pytest.mark.parametrize("form", BEGINS)
@pytest.mark.parametrize("audience", ["partners", "board", "funder", "public", "evaluator"])
def test_every_audience_has_its_report(world, inside, tmp_path, capsys, form, audience):
    to = tmp_path / "out"
    words = ["report", inside.slug, "--audience", audience, "--format", form, "--language", "fr", "--to", str(to)]
    assert main([*words, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["audience"], said["file"]) == (audience, str(to))
    assert to.read_bytes().startswith(BEGINS[form])


def test_a_period_without_data_says_so_and_nothing_is_stored(world, inside, tmp_path, capsys):
    before = Report.objects.count()
    words = ["--audience", "board", "--from", "2001-01-01", "--until", "2001-12-31", "--format", "html"]
    assert main(["report", inside.slug, *words, "--to", str(tmp_path / "out.html")]) == 0
    assert "no result, decision or check-in of this period" in capsys.readouterr().out
    assert Report.objects.count() == before


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("--audience", "king", "--format", "html"), "no audience"),
        (("--audience", "board", "--from", "2026-02-01", "--until", "2026-01-01"), "before it begins"),
    ],
)
def test_what_cannot_be_written_is_said(world, inside, tmp_path, capsys, words, text):
    assert main(["report", inside.slug, "--to", str(tmp_path / "out"), *words]) == 1
    assert text in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_an_unknown_partnership_and_a_place_that_takes_no_file(world, inside, tmp_path, capsys):
    assert main(["report", "nowhere", "--audience", "board", "--to", str(tmp_path / "out")]) == 1
    assert "no partnership 'nowhere'" in capsys.readouterr().err
    missing = tmp_path / "missing" / "out.html"
    words = ["report", inside.slug, "--audience", "board", "--format", "html", "--to", str(missing)]
    assert main([*words, "--json"]) == 1
    said = capsys.readouterr()
    assert "cannot be written" in json.loads(said.out)["problems"][0]["reason"]
    assert str(missing) in said.err


@pytest.mark.parametrize("words", [("--format", "odt"), ("--language", "de"), ("--from", "soon")])
def test_wrong_usage(world, inside, tmp_path, words):
    with pytest.raises(SystemExit) as stopped:
        main(["report", inside.slug, "--audience", "board", "--to", str(tmp_path / "out"), *words])
    assert stopped.value.code == 2
