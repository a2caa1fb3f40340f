"""Places by the names people write, and addresses of registers found among them."""

import pytest
from django.urls import reverse

from concorda.foundation.organizations import queries
from concorda.foundation.organizations.gazetteer import Gazetteer, key_of
from concorda.foundation.organizations.models import Organization, Place
from concorda.foundation.organizations.registers.loading import load, open_source


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("Montréal", "ca/qc/montreal"),
        ("MONTREAL", "ca/qc/montreal"),
        ("Quebec City", "ca/qc/quebec"),
        ("St. John’s", "ca/nl/saint-johns"),
        ("Saint Johns", "ca/nl/saint-johns"),
        ("Sault Sainte Marie", "ca/on/sault-sainte-marie"),
        ("Trois-Rivieres", "ca/qc/trois-rivieres"),
        ("Grand Sudbury", "ca/on/greater-sudbury"),
        ("Sudbury", "ca/on/greater-sudbury"),
        ("Grand-Sault", "ca/nb/grand-falls"),
        ("Stratford", "ca/on/stratford"),
        ("Stratford, PE", "ca/pe/stratford"),
        ("Stratford (Île-du-Prince-Édouard)", "ca/pe/stratford"),
        ("Bristol", "gb/bs"),
        ("Londres (EC)", "gb/ec"),
    ],
)
def test_a_town_is_known_by_what_people_write(db, said, code):
    assert Place.objects.named(said).exclude(kind="province").first().code == code


@pytest.mark.parametrize("said", ["", "—", "Atlantis", "Stratford, Nowhere", "(", "a|b", "%"])
def test_what_is_no_place_finds_none(db, said):
    assert not Place.objects.named(said).exists()


def test_every_town_lies_in_a_province_and_says_where(db):
    towns = Place.objects.filter(kind=Place.Kind.TOWN, population__isnull=False).select_related("parent")
    assert towns.count() > 2500
    for town in towns:
        assert town.parent.kind == "province" and town.code.startswith(f"{town.parent.code}/")
        assert 41 < town.latitude < 84 and -142 < town.longitude < -52 and town.population >= 1000
        assert f"|{key_of(town.label_fr)}|" in town.keys
    assert Place.objects.get(code="ca/on/stratford").full == "Stratford, Ontario"


def test_an_address_is_found_as_exactly_as_it_is_known(db):
    where = Gazetteer(Place.objects.order_by("code").values_list("pk", "code", "keys"))
    codes = dict(Place.objects.values_list("pk", "code"))

    def find(*said: str) -> str:
        return codes.get(where.find(*said), "")

    assert find("ca/on", "STRATFORD") == "ca/on/stratford"
    assert find("ca/on", "Nowhere") == "ca/on" == find("ca/on")
    assert find("ca", "Saskatoon") == "ca/sk/saskatoon" == find("", "Saskatoon")
    assert find("", "Stratford") == "", "there are two, and nobody says which"
    assert find("gb", "", "BS3 2BN") == "gb/bs" and find("gb", "", "D02 H425") == "gb"
    assert find("us", "Stratford") == "us"


def test_rows_of_any_table_are_located(db, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(
        "id,name,town,region,country\n1,One,Trois-Rivières,Québec,\n2,Two,Wexford,SK,Canada\n3,Three,Moose Jaw,,\n"
        "4,Four,Regina,Atlantis,\n5,Five,Lyon,Rhône,France\n",
        encoding="utf-8",
    )
    outcome = load(open_source(path, "csv"), "csv")
    assert outcome.created == 4
    assert [(one.row, one.column) for one in outcome.problems] == [(5, "region")]
    found = {one.name: one for one in Organization.objects.filter(source="csv").select_related("place__parent")}
    assert {name: one.place and one.place.code for name, one in found.items()} == {
        "One": "ca/qc/trois-rivieres",
        "Two": "ca/sk",
        "Three": "ca/sk/moose-jaw",
        "Five": None,
    }
    assert found["One"].where == "Trois-Rivières, Quebec" and found["Two"].where == "Wexford, Saskatchewan"
    assert load(open_source(path, "csv"), "csv").unchanged == 4
    assert {one.name for one in queries.directory({"area": "québec"}).organizations} == {"One"}


def test_a_town_in_the_public_profile(world, sign_in):
    address = reverse("organizations:edit", args=[world.organizations["newcomer"].slug])
    page = sign_in("farida").get(address)
    form = page.context["form"]
    assert (form["place"].value(), form["town"].value()) == (Place.objects.get(code="ca/on").pk, "Port Alder")
    facts = {name: form[name].value() or "" for name in form.fields}

    def save(**more: object) -> str:
        return sign_in("farida").post(address, facts | more, follow=True).content.decode()

    assert "We know no town called “Atlantis” there" in save(town="Atlantis")
    assert "Choose the province" in save(town="Stratford", place="")
    save(town="stratford")
    one = world.organizations["newcomer"]
    one.refresh_from_db()
    assert one.place.code == "ca/on/stratford" and "place" in one.kept and "town" not in one.kept
