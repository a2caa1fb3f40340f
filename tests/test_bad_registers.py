"""Files that are not what they claim, through the command and the page; every reason in the reader's language."""

import argparse
import ast
import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from concorda.analysis.problems import Refused
from concorda.cli import import_
from concorda.foundation.accounts.models import Person
from concorda.foundation.organizations import registers
from concorda.foundation.organizations.models import Identifier, Load, Organization, Tie
from concorda.foundation.organizations.registers.loading import load, open_source
from concorda.foundation.organizations.registers.reasons import REASONS, in_words, patterns

TWELVE = ",".join(["id", "name", *(f"c{number}" for number in range(10))])
WIDE = f"{TWELVE}\n1,Fine{',' * 10}\n{','.join(str(number) for number in range(28))}\n"
BAD = [
    (WIDE, [], "the row has 28 cells but the header names 12", "la ligne a 28 cellules, mais l’en-tête en nomme 12"),
    ("Nr,Titel\n7,Haus\n", ["--map", "name=Titel"], "--map id=COLUMN", "--map id=COLUMN"),
    ("Nr,Titel\n7,Haus\n", ["--map", "id=Number"], "it has: Nr, Titel", "il a : Nr, Titel"),
    (json.dumps({"type": "FeatureCollection"}), [], "and this is JSON", "et ceci est du JSON"),
    ("<html><table></table></html>", [], "this is not a table", "ce n’est pas un tableau"),
    ("\x00\x01\x02", [], "zero bytes", "octets nuls"),
    ("", [], "the file is empty", "le fichier est vide"),
]


def command(*words):
    parser = argparse.ArgumentParser()
    import_.add_arguments(parser)
    return import_.run(parser.parse_args(["organizations", *words]))


@pytest.fixture
def steward(world, sign_in):
    Person.objects.filter(email="jo@concorda.example").update(is_steward=True)
    return sign_in("jo")


@pytest.mark.parametrize(("content", "options", "english", "french"), BAD)
def test_the_command_says_what_is_wrong(db, tmp_path, content, options, english, french):
    path = tmp_path / "list.csv"
    path.write_text(content, newline="")
    try:
        said = " ".join(one["reason"] for one in command(str(path), "--source", "csv", *options)["problems"])
    except Refused as refused:
        said = str(refused)
        assert not Load.objects.exists() and not Organization.objects.filter(source="csv").exists()
    assert english in said


@pytest.mark.parametrize(("content", "options", "english", "french"), BAD)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_says_what_is_wrong(steward, world, content, options, english, french, language):
    Person.objects.filter(email="jo@concorda.example").update(language=language)
    before = Organization.objects.count()
    address = reverse("organizations:import")
    upload = SimpleUploadedFile("list.csv", content.encode() or b"\n")
    page = steward.post(address, {"file": upload, "source": "csv"})
    if options and page.context.get("form") is not None:
        mapping = dict([options[1].split("=")])
        page = steward.post(address, {"kept": page.context["kept"], "source": "csv", "id": "", **mapping})
    text = page.content.decode().replace("&#x27;", "'").replace("&lt;", "<")
    expected = english if language == "en" else french
    if options == ["--map", "id=Number"]:
        expected = "Number"  # the page offers only columns there are, and says that this is none
    assert expected in text
    assert Organization.objects.count() == before


def test_every_reason_has_words_in_both_languages():
    """Each reason a reader can give, its gaps filled, is known, and is said otherwise in French."""
    folder = Path(registers.__file__).parent
    said = {one for path in folder.rglob("*.py") if path.name != "reasons.py" for one in reasons_in(path)}
    assert len(said) > 50
    for one in said:
        assert any(pattern.fullmatch(one) for _said, pattern in patterns()), one
    with translation.override("fr"):
        assert in_words("there is no name") == "il n’y a pas de nom"
        for one in REASONS:
            assert translation.gettext(one) != one, one


def reasons_in(path):
    """The words given to Problem, Unusable and `reason =`; what is put into them becomes 7."""
    for node in ast.walk(ast.parse(path.read_text())):
        given = None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            at = {"Problem": 0, "Unusable": 2}.get(node.func.id)
            given = node.args[at] if at is not None and len(node.args) > at else None
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "reason":
            given = node.value
        if isinstance(given, ast.Constant) and isinstance(given.value, str):
            yield given.value
        elif isinstance(given, ast.JoinedStr) and not isinstance(given.values[0], ast.FormattedValue):
            whole = "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in given.values)
            if not whole.endswith("so that their"):
                yield whole


def directory_of(name, path, number="1"):
    path.write_text(json.dumps([{"id": number, "name": name, "description": "Helps."}]))
    return str(path)


def test_two_directories_that_count_from_one_stay_apart(db, tmp_path):
    first = directory_of("Food Bank of Regina", tmp_path / "a.json")
    other = directory_of("Winnipeg Legal Clinic", tmp_path / "b.json")
    assert command(first, "--source", "hsds")["created"] == 1
    refused = command(other, "--source", "hsds")
    assert refused["created"] == refused["updated"] == 0 and refused["rejected"] == 1
    problem = refused["problems"][0]
    assert (problem["row"], problem["column"], problem["value"]) == (1, "id", "1")
    assert "another directory has “Food Bank of Regina” under this number" in problem["reason"]
    assert command(other, "--source", "hsds", "--publisher", "211 Manitoba")["created"] == 1
    assert Identifier.objects.get(scheme="HSDS:211-manitoba").organization.name == "Winnipeg Legal Clinic"
    assert Organization.objects.get(name="Food Bank of Regina").identifiers.get().scheme == "HSDS"


def test_naming_the_publisher_later_finds_its_entries_again(db, tmp_path):
    path = directory_of("Food Bank of Regina", tmp_path / "a.json")
    command(path, "--source", "hsds")
    directory_of("Regina Food Bank", tmp_path / "a.json")
    named = command(path, "--source", "hsds", "--publisher", "211 Saskatchewan")
    assert (named["created"], named["updated"]) == (0, 1)
    again = command(path, "--source", "hsds", "--publisher", "211 Saskatchewan")
    assert (again["created"], again["unchanged"]) == (0, 1)
    assert Organization.objects.get(source="hsds").name == "Regina Food Bank"


def test_the_page_asks_who_publishes_a_directory(steward):
    address = reverse("organizations:import")
    content = json.dumps([{"id": "1", "name": "Winnipeg Legal Clinic", "description": "Helps."}]).encode()
    page = steward.post(address, {"file": SimpleUploadedFile("b.json", content)})
    assert "Who publishes it?" in page.content.decode()
    told = {"kept": page.context["kept"], "source": "hsds", "publisher": "211 Manitoba", "do": "load"}
    steward.post(address, told)
    assert Identifier.objects.filter(scheme="HSDS:211-manitoba", value="1").exists()
    assert Load.objects.get().publisher == "211 Manitoba"


HXL = (
    "Donor,Lead,Lead type,Partner,State,Sector\n"
    "#org+funder,#org+prog+name,#org+prog+type,#org+impl,#adm1,#sector\n"
    "Big Fund,Water For All,INGO,Village Committee,Borno,WASH\n"
    ",Water For All,INGO,Water For All,Yobe,Health\n"
    "Big Fund,,,,Borno,WASH\n"
    ",,,,Borno,WASH\n"
)


def test_a_table_with_several_columns_of_organizations(db, tmp_path):
    path = tmp_path / "3w.csv"
    path.write_text(HXL)
    outcome = load(open_source(path, "3w"), "3w")
    assert (outcome.read, outcome.created, outcome.ties) == (4, 3, 2)
    assert [(one.row, one.reason) for one in outcome.problems] == [(6, "the row names no organization")]
    found = {one.name: one for one in Organization.objects.filter(source="3w")}
    assert set(found) == {"Big Fund", "Water For All", "Village Committee"}
    assert found["Big Fund"].kind == "funder" and found["Big Fund"].activities == ""
    assert found["Water For All"].kind == "nonprofit" and found["Water For All"].area == "Borno, Yobe"
    assert found["Village Committee"].activities == "WASH"
    assert set(Tie.objects.values_list("giver__name", "to__name")) == {
        ("Big Fund", "Village Committee"),
        ("Water For All", "Village Committee"),
    }
    again = load(open_source(path, "3w"), "3w")
    assert (again.created, again.updated, again.ties) == (0, 0, 0)
