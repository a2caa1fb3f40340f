"""Each kind of register: what its records become, that a second load changes nothing, and what is refused."""

import json
import zipfile
from typing import Any

import pytest
import xlsxwriter
from django.db import connection
from django.test.utils import CaptureQueriesContext

from concorda.analysis.problems import Refused
from concorda.foundation.organizations import services
from concorda.foundation.organizations.models import Identifier, Organization, Tie
from concorda.foundation.organizations.registers.loading import load, open_source
from concorda.foundation.organizations.registers.reading import open_given
from concorda.foundation.organizations.registers.sources import guess

CRA = (
    "BN,Category,Sub Category,Designation,Legal Name,Account Name,City,Province,Postal Code,Country\n"
    "100000001RR0001,0160,0008,C,WEXCOMBE WELCOME CENTRE,Welcome Wexcombe,SASKATOON,SK,S7K0A1,CA\n"
    "10000 0002 RR 0001,210,1,A,Wexcombe Foundation,,Winnipeg,MB,R3C0A1,CA\n"
    "12,1,4,C,Too short,,Regina,SK,,CA\n"
    "100000004RR0001,999,1,C,No such category,,Regina,SK,,CA\n"
    "100000005RR0001,1,4,Z,No such designation,,Regina,SK,,CA\n"
    "100000006RR0001,1,4,C,No such province,,Regina,XX,,CA\n"
)
IRS = (
    "EIN,NAME,ICO,STREET,CITY,STATE,ZIP,SUBSECTION,RULING,FOUNDATION,STATUS,REVENUE_AMT,NTEE_CD,SORT_NAME\n"
    "10130427,WEXCOMBE FOOD BANK,% JANE ROE,1 MAIN ST,BANGOR,ME,04401-0000,03,199204,15,01,75186,K31,\n"
    "020000001,ROE FAMILY FOUNDATION,,2 MAIN ST,AUSTIN,TX,73301,03,000000,04,01,,T20,THE ROES\n"
    "abc,NOBODY,,,,,,,,,,,,\n"
)
HXL = (
    "Who does what where,,,,\nOrganisation,Acronym,Type,Sector,State\n"
    "#org +name,#org+acronym,#org +type,#sector,#adm1 +name\n"
    "Wexcombe Relief,WR,INGO,WASH,Borno\nWexcombe Relief,WR,INGO,Shelter and NFI,Yobe\nSquare Aid,,UN,Health,Borno\n"
    ",,,Health,Borno\n"
)
GRANTS = {
    "grants": [
        {
            "id": f"360G-wex-{number}",
            "title": "Core costs",
            "currency": "GBP",
            "awardDate": "2024-03-17",
            "amountAwarded": 1000,
            "fundingOrganization": [{"id": "GB-CHC-900001", "name": "Wexcombe Trust"}],
            "recipientOrganization": [{"id": whom, "name": name, **more}],
            "classifications": [{"vocabulary": "UNSDG", "code": "2.1"}],
        }
        for number, whom, name, more in (
            (1, "GB-CHC-900002", "Square Kitchen", {"postalCode": "WC2B 5LX"}),
            (2, "360G-wex-77", "Square Kitchens", {"charityNumber": "900002"}),
            (3, "GB-COH-01234567", "Lamp Works", {}),
        )
    ]
}
HSDS: list[dict[str, Any]] = [
    {
        "id": "6a84f8e7-f0a8-445d-9abc-d24a7b462f82",
        "name": "Wexcombe Welcome",
        "alternate_name": "The Welcome",
        "description": "Helps people who are new.",
        "website": "welcome.example.org",
        "tax_id": "10-1234567",
        "organization_identifiers": [{"identifier_scheme": "GB-COH", "identifier": "7654321"}],
        "services": [
            {
                "id": "s1",
                "name": "English classes",
                "status": "active",
                "languages": [{"code": "ti"}, {"name": "Urdu"}],
                "attributes": [{"taxonomy_term": {"name": "Food Pantry"}}],
            },
            {"id": "s2", "name": "Closed one", "status": "defunct"},
        ],
        "locations": [
            {
                "id": "l1",
                "latitude": "50.4",
                "longitude": -104.6,
                "addresses": [{"city": "Regina", "state_province": "SK", "postal_code": "S4P 3Y2", "country": "CA"}],
            }
        ],
    }
]


@pytest.fixture
def file(tmp_path):
    def write(content, name="register.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def loaded(path, source, mapping=None, **options):
    return load(open_source(path, source, mapping), source, **options)


def twice(path, source):
    """Load, and load again: the second time nothing changes."""
    first, again = loaded(path, source), loaded(path, source)
    assert (again.created, again.updated, again.ties or 0) == (0, 0, 0)
    assert again.unchanged == first.created and again.rejected == first.rejected
    return first


def entry(scheme, value):
    return Identifier.objects.get(scheme=scheme, value=value).organization


def codes(organization):
    return {term.code for term in (*organization.terms.all(), *organization.populations.all())}


def test_cra(db, file):
    outcome = twice(file(CRA), "cra")
    assert (outcome.read, outcome.created, outcome.rejected) == (6, 2, 4)
    assert [(problem.row, problem.column) for problem in outcome.problems] == [
        (4, "BN"),
        (5, "Category"),
        (6, "Designation"),
        (7, "Province"),
    ]
    made = entry("CA-CRA_ACR", "100000001RR0001")
    assert (made.name, made.other_names, made.area) == ("Wexcombe Welcome Centre", "Welcome Wexcombe", "Saskatoon")
    assert made.place.code == "ca/sk/saskatoon" and made.kind == "charity"
    assert codes(made) == {"settlement.first_weeks", "people.newcomers"}
    assert entry("CA-CRA_ACR", "100000002RR0001").kind == "funder"


def test_cra_with_its_code_lists_beside_it(db, tmp_path):
    with zipfile.ZipFile(tmp_path / "t3010.zip", "w") as packed:
        packed.writestr("Ident.csv", CRA)
        packed.writestr("Designation.csv", "Designation Code,Description_E\nA,Public Foundation\n")
    assert guess(open_given(tmp_path / "t3010.zip")) == "cra"
    assert loaded(tmp_path / "t3010.zip", "cra").created == 2


def test_irs(db, file):
    outcome = twice(file(IRS), "irs")
    assert (outcome.read, outcome.created, outcome.rejected) == (3, 2, 1)
    made = entry("US-EIN", "010130427")
    assert (made.name, made.area, made.kind) == ("Wexcombe Food Bank", "Bangor, ME", "charity")
    assert made.registered_on.isoformat() == "1992-04-01" and made.income == 75186 and codes(made) == {"daily.food"}
    assert "ROE" not in f"{made.activities} {made.other_names}".upper(), "nobody’s name is taken over"
    assert entry("US-EIN", "020000001").kind == "funder"


def test_hxl_rows_of_one_organization_are_one(db, file):
    outcome = twice(file(HXL), "3w")
    assert (outcome.read, outcome.created, outcome.rejected) == (4, 2, 1)
    made = Organization.objects.get(name="Wexcombe Relief")
    assert (made.short_name, made.area) == ("WR", "Borno, Yobe")
    assert {"health.public", "housing.shelter"} <= codes(made)
    assert Organization.objects.get(name="Square Aid").kind == "other"


def test_grants_are_ties(db, file):
    outcome = twice(file(json.dumps(GRANTS), "grants.json"), "360giving")
    assert (outcome.read, outcome.created, outcome.ties) == (3, 3, 3)
    funder, kitchen = entry("GB-CHC", "900001"), entry("GB-CHC", "900002")
    assert funder.kind == "funder" and kitchen.area == "WC" and "daily.food" in codes(kitchen)
    assert kitchen.other_names == "Square Kitchens" and entry("360G", "360G-wex-77") == kitchen
    tie = Tie.objects.get(reference="360G-wex-1")
    assert (tie.giver, tie.to, tie.on.isoformat(), tie.amount) == (funder, kitchen, "2024-03-17", 1000)
    assert Tie.objects.filter(to=kitchen).count() == 2


def test_grants_in_a_table(db, file, tmp_path):
    head = ["Identifier", "Title", "Amount Awarded", "Award Date", "Funding Org:Identifier", "Funding Org:Name",
            "Recipient Org:Identifier", "Recipient Org:Name"]  # fmt: skip
    rows = [["g1", "Core", "10", "2024-01-02", "GB-CHC-900001", "Wexcombe Trust", "GB-CHC-900009", "Lamp Works"],
            ["g2", "Core", "much", "2024-01-02", "GB-CHC-900001", "Wexcombe Trust", "GB-CHC-900009", "Lamp Works"],
            ["g3", "Core", "10", "2024-01-02", "GB-CHC-900001", "Wexcombe Trust", "", "Nobody"]]  # fmt: skip
    text = "\n".join(",".join(row) for row in [head, *rows])
    outcome = twice(file(text), "360giving")
    assert (outcome.read, outcome.created, outcome.ties) == (3, 2, 1)
    assert [(problem.row, problem.column) for problem in outcome.problems] == [
        (3, "amountAwarded"),
        (4, "recipientOrganization.id"),
    ]
    with xlsxwriter.Workbook(tmp_path / "grants.xlsx") as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([head, *rows[:1]]):
            sheet.write_row(at, 0, row)
    assert loaded(tmp_path / "grants.xlsx", "360giving").unchanged == 2


def test_who_is_only_mentioned_is_not_changed(db, file):
    loaded(file("id,name\nGB-CHC-900002,The Square Kitchen of Wexcombe\n"), "csv")
    outcome = loaded(file(json.dumps(GRANTS), "grants.json"), "360giving")
    assert (outcome.created, outcome.updated, outcome.ties) == (2, 0, 3)
    kitchen = entry("GB-CHC", "900002")
    assert kitchen.name == "The Square Kitchen of Wexcombe" and kitchen.ties_received.count() == 2


def test_hsds_json(db, file):
    outcome = twice(file(json.dumps(HSDS), "hsds.json"), "hsds")
    assert (outcome.read, outcome.created) == (1, 1)
    made = entry("HSDS", HSDS[0]["id"])
    assert (made.name, made.other_names, made.area, made.place.code) == (
        "Wexcombe Welcome",
        "The Welcome",
        "Regina",
        "ca/sk/regina",
    )
    assert made.languages == ["ti", "ur"] and {"language.english", "daily.food"} & codes(made) == {"daily.food"}
    assert [service.name for service in made.services.all()] == ["English classes"]
    assert made.sites.get().latitude == 50.4
    assert {str(one) for one in made.identifiers.all()} >= {"US-EIN-101234567", "GB-COH-7654321"}


@pytest.mark.parametrize("shape", ["services", "page", "lines", "one", "tables", "zip"])
def test_hsds_in_every_shape(db, file, tmp_path, shape):
    own, service = HSDS[0], HSDS[0]["services"][0]
    plain = {key: value for key, value in own.items() if not isinstance(value, list)}
    if shape == "zip":
        path = tmp_path / "hsds.zip"
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr(
                "data/organizations.csv", f"id,name,alternate_name\n{own['id']},Wexcombe Welcome,The Welcome\n"
            )
            packed.writestr("data/services.csv", f"id,organization_id,name\ns1,{own['id']},English classes\n")
            packed.writestr(
                "data/locations.csv", f"id,organization_id,latitude,longitude\nl1,{own['id']},50.4,-104.6\n"
            )
            packed.writestr(
                "data/physical_addresses.csv", "id,location_id,city,state_province,country\na,l1,Regina,SK,CA\n"
            )
    else:
        told = {
            "services": [{**service, "organization": plain}],
            "page": {"total_items": 1, "contents": HSDS},
            "one": own,
            "tables": {
                "organizations.csv": [plain],
                "services.csv": [{"id": "s1", "organization_id": own["id"], "name": "English classes"}],
            },
        }
        text = (
            f"{json.dumps(own)}\n{json.dumps(plain | {'id': '2'})}\n" if shape == "lines" else json.dumps(told[shape])
        )
        path = file(text, "hsds.json")
    outcome = twice(path, "hsds")
    assert outcome.created == (2 if shape == "lines" else 1) and not outcome.problems
    made = entry("HSDS", own["id"])
    assert made.name == "Wexcombe Welcome" and made.services.filter(name="English classes").exists()
    if shape == "zip":
        assert made.sites.get().address == "Regina, SK" and made.area == "Regina"


def test_a_workbook_with_named_columns(db, tmp_path):
    with xlsxwriter.Workbook(tmp_path / "list.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["No", "Titel", "Income"])
        sheet.write_row(1, 0, [7, "Haus", 12.5])
    outcome = loaded(tmp_path / "list.xlsx", "csv", {"id": "No", "name": "Titel", "income": "Income"})
    made = entry("LIST", "7")
    assert outcome.created == 1 and made.name == "Haus" and str(made.income) == "12.50"


def test_a_new_load_keeps_what_people_wrote(db, file, world):
    loaded(file(json.dumps(HSDS), "hsds.json"), "hsds")
    made = entry("HSDS", HSDS[0]["id"])
    services.edit(made, {"activities": "Our own words"}, by=world.people["priya"])
    changed = [{**HSDS[0], "description": "Other words", "services": []}]
    assert loaded(file(json.dumps(changed), "hsds.json"), "hsds").updated == 1
    made.refresh_from_db()
    assert made.activities == "Our own words" and not made.services.exists()


@pytest.mark.parametrize("source", ["cra", "hsds", "360giving"])
def test_a_dry_run_writes_nothing(db, file, source):
    content = {"cra": CRA, "hsds": json.dumps(HSDS), "360giving": json.dumps(GRANTS)}[source]
    before = Organization.objects.count()
    outcome = loaded(file(content), source, dry_run=True)
    assert outcome.created and Organization.objects.count() == before and not Tie.objects.exists()


@pytest.mark.parametrize(
    ("content", "source", "reason"),
    [
        ("<html><table></table></html>", "cra", "not a table"),
        ("id,name\n1,x\n", "hsds", "hsds comes as JSON"),
        (json.dumps(GRANTS), "hsds", "use --source 360giving"),
        (json.dumps(HSDS), "360giving", "none of these records is a grant"),
        (json.dumps(HSDS), "csv", "looks like --source hsds"),
        ('{"type": "FeatureCollection", "features": []}', "hsds", "lists no organizations"),
        ('{"grants": [', "360giving", "this is not JSON"),
        ('{"id": 1, "name": "x", "url": ""}\n{"id": 2,\n', "hsds", "this line is not JSON"),
        ("id,name\n1,x\n", "3w", "no row of HXL hashtags"),
        ("#sector,#adm1\nHealth,Borno\n", "3w", "nobody is named"),
        ("EIN;NAME\n", "cra", "no column is known"),
        ("id,name\n1,x\n", "irs", "no column is known"),
        ("Title,Amount\nx,1\n", "360giving", "who funds whom"),
        ("", "hsds", "empty"),
        (b"PK\x03\x04broken", "hsds", "not a table"),
        ('id,name\n1,x\n2,"never closed\n' + "more\n" * 600, "csv", "never closed"),
    ],
)
def test_what_is_not_what_it_claims(db, file, content, source, reason):
    before = Organization.objects.count()
    with pytest.raises(Refused, match=reason):
        loaded(file(content), source)
    assert Organization.objects.count() == before


def test_too_many_fields_are_refused_row_by_row(db, file):
    head = ",".join(["id", "name", *(f"c{number}" for number in range(10))])
    outcome = loaded(file(f"{head}\n1,Fine{',' * 10}\n{','.join(str(number) for number in range(28))}\n"), "csv")
    assert (outcome.created, outcome.rejected) == (1, 1)
    assert outcome.problems[0].row == 3 and "28 cells but the header names 12" in outcome.problems[0].reason


def test_a_mapping_where_none_belongs(db, file):
    with pytest.raises(Refused, match="leave --map out"):
        loaded(file(json.dumps(HSDS)), "hsds", {"id": "id"})


@pytest.mark.parametrize(
    ("content", "kind"),
    [(CRA, "cra"), (IRS, "irs"), (HXL, "3w"), (json.dumps(GRANTS), "360giving"), (json.dumps(HSDS), "hsds"),
     ("org_id,name,ukcat,who\n1,x,,\n", "ccew"), ("a,b\n1,2\n", "csv")],
)  # fmt: skip
def test_a_file_says_what_it_is(file, content, kind):
    assert guess(open_given(file(content))) == kind


def test_queries_do_not_grow_with_rows(db, file):
    def people(count):
        return json.dumps([{**HSDS[0], "id": f"n{number}", "tax_id": ""} | {"organization_identifiers": []}
                           for number in range(count)])  # fmt: skip

    asked = []
    for count in (3, 60):
        path = file(people(count), "people.json")
        with CaptureQueriesContext(connection) as queries:
            loaded(path, "hsds")
        asked.append(len(queries))
        Identifier.objects.filter(scheme="HSDS").delete()
    assert asked[1] <= asked[0] + 2


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("path", "source", "counts"),
    [
        ("hsds/florida", "hsds", (20, 20)),
        ("hsds/ohana_sample", "hsds", (8, 8)),
        ("hsds/spec3_examples/csv", "hsds", (1, 1)),
        ("hsds/spec3_examples/organization_full.json", "hsds", (1, 1)),
        ("hsds/base_transformer/output/data", "hsds", (5, 5)),
        ("services_kingston_ca/kingston_services.json", "hsds", (196, 196)),
        ("grants_360giving/grants_half.json", "360giving", (989, 986)),
        ("humanitarian_3w/nigeria_3w_apr-jun_2024_hxl_EXCERPT.csv", "3w", (45, 12)),
    ],
)
def test_real_files(db, real_data, path, source, counts):
    outcome = twice(real_data / path, source)
    assert (outcome.read, outcome.created) == counts and not outcome.problems


@pytest.mark.real_data
def test_every_category_of_the_agency_leads_somewhere(db, real_data):
    from concorda.foundation.organizations.registers.reading import open_sheet
    from concorda.foundation.organizations.vocabulary import meanings, terms_for

    known = meanings()
    for row in open_sheet(real_data / "cra_t3010/Category_Sub-Category.csv").rows():
        code = f"{row.cells['Category Code']}/{row.cells['Sub-Category Code']}"
        assert terms_for("cra", code, known), code
