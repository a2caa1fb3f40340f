"""`concorda report` writes the same report as the pages, or says what is missing."""

import pytest

from concorda.cli import main


def test_a_report_is_written(world, inside, tmp_path):
    to = tmp_path / "out.html"
    assert main(["report", inside.slug, "--audience", "funder", "--format", "html", "--to", str(to)]) == 0
    assert "94" in to.read_text()


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("--audience", "funder", "--format", "docx"), "Word"),
        (("--audience", "board", "--format", "html"), "no report"),
        (("--audience", "king", "--format", "html"), "no audience"),
    ],
)
def test_what_cannot_be_written_is_said(world, inside, tmp_path, capsys, words, text):
    assert main(["report", inside.slug, "--to", str(tmp_path / "out"), *words]) == 1
    assert text in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
