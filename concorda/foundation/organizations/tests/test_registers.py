"""Registers: tolerant reading, refusal row by row, idempotent loading that keeps what people wrote."""

import gzip
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from concorda.analysis.problems import Refused
from concorda.foundation.accounts.models import Person
from concorda.foundation.organizations import queries, search, services
from concorda.foundation.organizations.models import Identifier, KeptColumns, Load, Organization
from concorda.foundation.organizations.registers import jobs
from concorda.foundation.organizations.registers.entries import day_in, readable
from concorda.foundation.organizations.registers.loading import load, open_source
from concorda.foundation.organizations.vocabulary import meanings, rows_of, terms_for

HEAD = "org_id,name,activities,income,date_registered,website,ukcat,who\n"
GOOD = (
    'GB-CHC-1,"THE TENANTS\' ADVICE OF WEXCOMBE",Advice on leases,75186.0,2019-10-31,www.t.org,HO103,'
    "Children/young People\n"
)


@pytest.fixture
def file(tmp_path):
    def write(content, name="register.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def loaded(path, source="ccew", mapping=None, **options):
    return load(open_source(path, source, mapping), source, **options)


def reasons(outcome):
    return [(problem.row, problem.column, problem.reason) for problem in outcome.problems]


def test_a_row_becomes_an_organization(db, file):
    outcome = loaded(file(HEAD + GOOD))
    assert (outcome.read, outcome.created, outcome.rejected) == (1, 1, 0)
    made = Identifier.objects.get(scheme="GB-CHC", value="1").organization
    assert made.name == "The Tenants' Advice of Wexcombe"
    assert str(made.income) == "75186.00" and made.registered_on.isoformat() == "2019-10-31"
    assert made.website == "http://www.t.org" and made.place.code == "gb"
    assert list(made.terms.values_list("code", flat=True)) == ["housing.homelessness"]
    assert set(made.populations.values_list("code", flat=True)) == {
        "people.children",
        "people.youth",
        "people.unhoused",
    }
    assert search.narrow(Organization.objects.all(), "wexcombe itinérance").organizations[0] == made


def test_the_same_file_twice_changes_nothing(db, file):
    path = file(HEAD + GOOD)
    loaded(path)
    before = Organization.objects.values().get(identifiers__value="1")
    outcome = loaded(path)
    assert (outcome.created, outcome.updated, outcome.unchanged) == (0, 0, 1)
    assert Organization.objects.values().get(identifiers__value="1") == before


def test_a_changed_row_updates_but_keeps_what_people_wrote(db, file, world):
    loaded(file(HEAD + GOOD))
    made = Organization.objects.get(identifiers__value="1")
    services.edit(made, {"activities": "Our own words"}, by=world.people["priya"])
    outcome = loaded(file(HEAD + GOOD.replace("75186.0", "9").replace("leases", "zebras").replace("HO103", "SW301")))
    made.refresh_from_db()
    assert (outcome.updated, outcome.unchanged) == (1, 0)
    assert made.income == 9 and made.activities == "Our own words"
    assert list(made.terms.values_list("code", flat=True)) == ["daily.food"]
    assert made.populations.filter(code="people.low_income").exists()
    assert not search.narrow(Organization.objects.all(), "zebras").organizations.exists()


def test_a_dry_run_says_and_does_nothing(db, file):
    outcome = loaded(file(HEAD + GOOD), dry_run=True)
    assert outcome.created == 1 and not Identifier.objects.filter(value="1").exists()


def test_bad_rows_are_refused_one_by_one(db, file):
    rows = [
        GOOD,
        ",No number,,,,,,\n",
        "GB-CHC-3,,,,,,,\n",
        "GB-CHC-1,Twice,,,,,,\n",
        "GB-CHC-5,Money,,a lot,,,,\n",
        "GB-CHC-6,Date,,,31/31/2019,,,\n",
        "GB-CHC-7,Too few\n",
        "GB-CHC-8,Too many,,,,,,,,,\n",
        "GB-CHC-9,Fine,,,31/10/2019,not a site,,\n",
    ]
    outcome = loaded(file(HEAD + "".join(rows)))
    assert (outcome.read, outcome.created, outcome.rejected) == (9, 2, 7)
    found = reasons(outcome)
    assert found[0][:2] == (3, "org_id") and "missing" in found[0][2]
    assert found[1] == (4, "name", "there is no name")
    assert found[2][:2] == (5, "org_id") and "row 2" in found[2][2]
    assert found[3][:2] == (6, "income") and found[4][:2] == (7, "date_registered")
    assert found[5] == (8, None, "the row has 2 cells but the header names 8")
    assert found[6][2] == "the row has 11 cells but the header names 8"
    assert Organization.objects.get(identifiers__value="9").website == ""


@pytest.mark.parametrize(
    "content",
    [
        (HEAD + GOOD).encode("utf-8-sig"),
        (HEAD + GOOD).replace("\n", "\r\n").encode(),
        (HEAD + GOOD).replace("\n", "\r").encode(),
        (HEAD + GOOD).encode("utf-16"),
        (HEAD + GOOD).replace(",", ";").replace("Advice on leases", '"Advice\non leases"').encode(),
        gzip.compress((HEAD + GOOD).encode()),
    ],
    ids=["bom", "crlf", "cr", "utf-16", "semicolons and a line break in a cell", "gzip"],
)
def test_files_of_many_programs(db, file, content):
    assert loaded(file(content)).created == 1


def test_a_lone_carriage_return_inside_a_cell_ends_no_row(db, file):
    assert loaded(file(HEAD + GOOD.replace("Advice on", "Advice\ron"))).created == 1


def test_windows_letters_are_read_and_a_broken_letter_refuses_its_row(db, file):
    loaded(file((HEAD + "GB-CHC-1,Café d’Été,,,,,,\n").encode("cp1252")))
    assert Organization.objects.get(identifiers__value="1").name == "Café d’Été"
    broken = (HEAD + "GB-CHC-2,Café,,,,,,\nGB-CHC-3,Caf#,,,,,,\n").encode().replace(b"#", b"\xe9")
    outcome = loaded(file(broken))
    assert outcome.created == 1 and reasons(outcome)[0][:2] == (3, "name")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><table></table></html>", "not a table"),
        (b"PK\x03\x04rest", "not a table"),
        (b"just one column\nx\n", "only one column"),
        (b"a,b,a\n1,2,3\n", "two columns have this name"),
        (b"a,b\0\n", "zero bytes"),
        (b"\x1f\x8bnot gzip", "damaged"),
        (b"title,other\nx,y\n", "--map id=COLUMN"),
    ],
)
def test_files_that_are_no_register(db, file, content, reason):
    with pytest.raises(Refused, match=reason):
        loaded(file(content))


def test_a_small_packed_file_that_unpacks_to_much_is_refused(file):
    path = file(gzip.compress(b"a,b\n" + b"0" * 3_000_000))
    with pytest.raises(Refused, match="larger than 1 MB"):
        open_source(path, "csv", {}, largest=1_000_000)


def test_any_table_with_named_columns(db, file):
    rows = ["7;Haus;Wohnen;en fr;housing.search people.families;charity", "8;Werk;;;no.code;", "9;X;;;;castle", ""]
    path = file("\n".join(["No;Titel;Was;Sprachen;Codes;Art", *rows]))
    mapping = {
        "id": "No",
        "name": "Titel",
        "activities": "Was",
        "languages": "Sprachen",
        "terms": "Codes",
        "kind": "Art",
    }
    outcome = loaded(path, "csv", mapping)
    made = Organization.objects.get(identifiers__scheme="LIST", identifiers__value="7")
    assert made.languages == ["en", "fr"] and made.kind == "charity" and made.populations.count() == 1
    assert [(row, column) for row, column, _ in reasons(outcome)] == [(3, "Codes"), (4, "Art")]
    with pytest.raises(Refused, match="no such column"):
        loaded(path, "csv", {"id": "Nummer"})
    with pytest.raises(Refused, match="there is no field 'colour'"):
        loaded(path, "csv", mapping | {"colour": "No"})


def test_dates_and_names():
    assert day_in("03/04/2019", "%d/%m/%Y").isoformat() == "2019-04-03"
    assert day_in("03/04/2019", "") is None and day_in("13/04/2019", "").month == 4
    assert day_in("1990-08-02T00:00:00", "").day == 2 and day_in("soon", "") is None
    assert readable("FRIENDS OF ST. MARY'S YMCA (UK)") == "Friends of ST. Mary's YMCA (UK)"
    assert readable("CAMFED International") == "CAMFED International"


def test_every_register_code_leads_to_our_vocabulary(db):
    ours = {row["code"] for row in rows_of("terms")}
    assert {code for row in rows_of("register_codes") for code in row["terms"].split()} <= ours
    known = meanings()
    assert terms_for("ukcat", "HO104", known) == ("housing.affordable",) and terms_for("ukcat", "ZZ9", known) == ()


@pytest.fixture
def steward(sign_in):
    Person.objects.filter(email="jo@concorda.example").update(is_steward=True)
    return sign_in("jo")


def upload(client, content, source="ccew", name="r.csv"):
    return client.post(reverse("organizations:import"), {"source": source, "file": SimpleUploadedFile(name, content)})


def test_the_page_previews_then_loads(steward, sign_in):
    assert sign_in("tom").get(reverse("organizations:import")).status_code == 403
    page = upload(steward, (HEAD + GOOD + ",x,,,,,,\n").encode())
    assert "2 rows: 1 new, 0 changed, 0 unchanged, 1 refused." in page.content.decode()
    assert "the number is missing" in page.content.decode() and not Identifier.objects.filter(value="1").exists()
    steward.post(reverse("organizations:import"), {"kept": page.context["kept"], "source": "ccew", "do": "load"})
    assert Identifier.objects.filter(value="1").exists()
    again = steward.post(
        reverse("organizations:import"), {"kept": page.context["kept"], "source": "ccew", "do": "load"}, follow=True
    )
    assert "not here any more" in again.content.decode()


def test_the_page_asks_for_columns(steward):
    page = upload(steward, b"No;Titel\n7;Haus\n", source="csv")
    assert "Which column holds what?" in page.content.decode() and "To put right first" in page.content.decode()
    facts = {"kept": page.context["kept"], "source": "csv", "id": "No", "name": "Titel"}
    assert "1 rows: 1 new" in steward.post(reverse("organizations:import"), facts | {"do": "try"}).content.decode()
    steward.post(reverse("organizations:import"), facts | {"do": "load"})
    assert Organization.objects.filter(name="Haus").exists()


@pytest.mark.parametrize("content", [b"<html><script>alert(1)</script>", b"%PDF-1.7", b"", b"GIF89a\0\0"])
def test_the_page_refuses_what_is_no_table(steward, content):
    page = upload(steward, content, name="r.html")
    assert page.status_code == 200 and b"error-summary" in page.content and b"<script>alert" not in page.content


def test_a_file_that_is_too_large_is_refused(steward):
    page = upload(steward, b"a,b\n" + b"x" * 20_000_001)
    assert "larger than 20 MB" in page.content.decode()


def test_a_made_up_upload_is_refused(steward):
    page = steward.post(reverse("organizations:import"), {"kept": "../../etc/passwd", "do": "load"}, follow=True)
    assert "not here any more" in page.content.decode()


@pytest.mark.real_data
def test_the_real_register(db, real_data):
    path = real_data / "orgs_uk_charities" / "uk_orgs_combined_DERIVED.csv.gz"
    first = loaded(path)
    assert (first.read, first.created, first.rejected) == (13_681, 13_673, 8)
    assert {problem.reason for problem in first.problems} == {"there is no name"}
    again = loaded(path)
    assert (again.unchanged, again.created, again.updated) == (13_673, 0, 0)
    assert queries.directory({"q": "refugees english classes"}).organizations.count() > 10


def test_the_page_says_what_kind_of_file_it_is_and_keeps_columns(steward):
    page = upload(steward, b"No;Titel\n7;Haus\n8;\n", source="")
    assert page.context["kind"].data["source"] == "csv" and "<td>Haus</td>" in page.content.decode()
    facts = {"kept": page.context["kept"], "source": "csv", "id": "No", "name": "Titel", "keep_as": "Häuser"}
    tried = steward.post(reverse("organizations:import"), facts | {"do": "try"})
    assert "2 rows: 1 new" in tried.content.decode() and "there is no name" in tried.content.decode()
    kept = KeptColumns.objects.get(name="Häuser")
    assert kept.columns == {"id": "No", "name": "Titel"}
    again = upload(steward, b"No;Titel\n9;Hof\n", source="csv")
    used = {"kept": again.context["kept"], "source": "csv", "use": str(kept.pk), "do": "try"}
    page = steward.post(reverse("organizations:import"), used)
    assert "1 rows: 1 new" in page.content.decode()
    bad = steward.post(reverse("organizations:import"), used | {"source": "hsds", "use": ""})
    assert "hsds comes as JSON" in bad.content.decode()


def test_the_history_of_loads(steward, sign_in):
    page = upload(steward, (HEAD + GOOD + ",x,,,,,,\n").encode())
    facts = {"kept": page.context["kept"], "source": "ccew", "do": "load"}
    done = steward.post(reverse("organizations:import"), facts, follow=True)
    assert "1 created, 0 updated, 0 unchanged, 1 refused." in done.content.decode()
    assert "the number is missing" in done.content.decode() and "Refresh" not in done.headers
    one = Load.objects.get()
    assert one.state == "done" and one.by.email == "jo@concorda.example"
    listed = steward.get(reverse("organizations:registers")).content.decode()
    assert "r.csv" in listed and one.get_state_display() in listed
    for name, args in (("registers", []), ("load", [one.pk])):
        assert sign_in("tom").get(reverse(f"organizations:{name}", args=args)).status_code == 403


def test_a_large_register_goes_into_the_queue(steward, monkeypatch):
    asked = []
    monkeypatch.setattr(jobs, "run_later", SimpleNamespace(enqueue=asked.append))
    rows = "".join(f"GB-CHC-{number},Name {number},,,,,,\n" for number in range(1001))
    page = upload(steward, (HEAD + rows).encode())
    facts = {"kept": page.context["kept"], "source": "ccew", "do": "load"}
    waiting = steward.post(reverse("organizations:import"), facts, follow=True)
    one = Load.objects.get()
    assert asked == [one.pk] and waiting.headers["Refresh"] and one.state == "waiting"
    jobs.run(one.pk)
    one.refresh_from_db()
    assert (one.state, one.counts["created"], one.percent) == ("done", 1001, 100)
