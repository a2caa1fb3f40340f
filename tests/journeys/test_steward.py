"""A network steward brings three registers in, mends what is double, takes it back, and loads again: EN and FR."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.by_hand import reads

pytestmark = pytest.mark.browser
TABLE = """Nr;Organisme;Ville;Prov;Code postal;Site;Travail
101;Cuisine collective du Port;Goderich;ON;N7A 1W1;https://cuisine.example;Cooks for two hundred people
102;Wheels of Huron;Québec;QC;G1R 2B5;;Drives people to the clinic
103;Too wide;Goderich;ON;N7A 1W1;;x;{more}
""".format(more=";".join(str(number) for number in range(21)))
DIRECTORY = [
    {
        "id": "1",
        "name": "La cuisine collective du port",
        "description": "Soupe et pain.",
        "website": "https://cuisine.example",
        "services": [{"id": "s1", "name": "Community meals"}],
        "locations": [
            {"addresses": [{"city": "Goderich", "state_province": "ON", "postal_code": "N7A 1W1", "country": "CA"}]}
        ],
    }
]
GRANTS = {
    "grants": [
        {
            "id": "360G-lake-1",
            "title": "A van",
            "currency": "CAD",
            "awardDate": "2025-03-17",
            "amountAwarded": 18000,
            "fundingOrganization": [{"id": "360G-lake", "name": "Big Lake Fund"}],
            "recipientOrganization": [{"id": "360G-wheels", "name": "Wheels of Huron Society"}],
        }
    ]
}
COLUMNS = {
    "id": "Nr", "name": "Organisme", "town": "Ville", "region": "Prov", "postcode": "Code postal", "website": "Site",
    "activities": "Travail",
}  # fmt: skip
WORDS = {
    "en": {
        "first": "2 new, 0 changed, 0 unchanged, 1 refused",
        "wide": "the row has 28 cells but the header names 7",
        "kept": "The columns are kept as",
        "again": "0 new, 1 changed, 1 unchanged, 1 refused",
        "pair": "the same name",
        "merged": "You can take it back.",
        "apart": "stands in the directory again",
        "tie": "1 tie between organizations is new.",
        "saved": "The public profile is saved.",
    },
    "fr": {
        "first": "2 nouvelles, 0 changées, 0 inchangées, 1 refusées",
        "wide": "la ligne a 28 cellules, mais l’en-tête en nomme 7",
        "kept": "Les colonnes sont gardées",
        "again": "0 nouvelles, 1 changées, 1 inchangées, 1 refusées",
        "pair": "le même nom",
        "merged": "Vous pouvez l’annuler",
        "apart": "figure de nouveau dans le répertoire",
        "tie": "1 lien entre organismes est nouveau",
        "saved": "Le profil public est enregistré",
    },
}  # fmt: skip


KITCHENS = {"en": "Cuisine collective du Port", "fr": "Cantine ouverte du Port"}
OTHERS = (
    ("101;", "201;"), ("102;", "202;"), ('"id": "1"', '"id": "2"'), ("360G-", "360G-fr-"), ("cuisine.", "cantine."),
    ("Cuisine collective du Port", "Cantine ouverte du Port"),
    ("cuisine collective du port", "cantine ouverte du port"),
    ("Wheels of Huron", "Roues du Huron"),
)  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "table.csv").write_text(TABLE, encoding="cp1252")
    (tmp_path / "directory.json").write_text(json.dumps(DIRECTORY), encoding="utf-8")
    (tmp_path / "grants.json").write_text(json.dumps(GRANTS), encoding="utf-8")
    return tmp_path


def look_into(page: Page, path: Path) -> None:
    page.goto("/organizations/import/")
    page.locator("[name=file]").set_input_files(path)
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("[name=kept]")).to_be_attached()


def press(page: Page, name: str, value: str) -> None:
    page.locator(f"main button[name={name}][value={value}]").first.click()


def choose_columns(page: Page) -> None:
    for field, column in COLUMNS.items():
        page.locator(f"main [name={field}]").select_option(column)
    page.locator("[name=keep_as]").fill("Huron list")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_steward_looks_after_the_directory(site, new_page, assert_accessible, files, language):
    said, page = WORDS[language], new_page("maya")
    page.goto("/")
    if page.locator("html").get_attribute("lang")[:2] != language:
        page.get_by_role("button", name=re.compile("^(Français|English)$")).first.click()
    if language == "fr":
        rename(files)

    look_into(page, files / "table.csv")
    choose_columns(page)
    press(page, "do", "try")
    reads(page, said["first"])
    reads(page, said["wide"])
    reads(page, said["kept"])
    assert_accessible(page)
    press(page, "do", "load")
    expect(page.get_by_role("heading", level=1)).to_contain_text("table.csv")

    for name in ("directory.json", "grants.json"):
        look_into(page, files / name)
        press(page, "do", "load")
        expect(page.get_by_role("heading", level=1)).to_contain_text(name)

    kitchen = KITCHENS[language]
    double(page, said, kitchen, assert_accessible)
    by_hand(page, said, kitchen)

    again = (files / "table.csv").read_text(encoding="cp1252").replace("Cooks for", "Feeds more than")
    (files / "table.csv").write_text(again, encoding="cp1252")
    look_into(page, files / "table.csv")
    page.locator("[name=use]").select_option("Huron list")
    press(page, "do", "try")
    reads(page, said["again"])
    press(page, "do", "load")
    find(page, kitchen)
    reads(page, "Our own words, in our own kitchen")
    expect(page.get_by_role("main")).not_to_contain_text("Feeds more than")
    reads(page, "Goderich, Ontario")


def find(page: Page, kitchen: str) -> None:
    page.goto("/organizations/?q=" + kitchen.replace(" ", "+"))
    page.locator("main").get_by_role("link", name=kitchen, exact=True).first.click()


def rename(files: Path) -> None:
    """The French journey meets what the English one left: other organizations, in the same installation."""
    for path in files.iterdir():
        encoding = "cp1252" if path.suffix == ".csv" else "utf-8"
        text = path.read_text(encoding=encoding)
        for one, other in OTHERS:
            text = text.replace(one, other)
        path.write_text(text, encoding=encoding)


def double(page: Page, said: dict[str, str], kitchen: str, assert_accessible: Any) -> None:
    """Two entries are one: side by side, merged, taken apart again."""
    page.goto("/duplicates/")
    page.locator("main form button[type=submit]").first.click()
    reads(page, said["pair"])
    assert_accessible(page)
    page.locator("main tbody tr").filter(has_text=kitchen).first.get_by_role("link").first.click()
    assert_accessible(page)
    page.locator("main button[name=keep]:not([value=''])").first.click()
    reads(page, said["merged"])
    page.locator("main form[action*='/merges/']").first.get_by_role("button").click()
    reads(page, said["apart"])


def by_hand(page: Page, said: dict[str, str], kitchen: str) -> None:
    """The kitchen's people take their entry over and write what they do in their own words."""
    find(page, kitchen)
    address = page.url
    page.goto(f"{address}claim/")
    page.locator("main [name=reason]").fill("I keep their books.")
    page.locator("main form button[type=submit]").first.click()
    page.goto("/organizations/claims/")
    page.locator("main form button[type=submit]").first.click()
    page.goto(f"{address}edit/")
    page.locator("main [name=activities]").fill("Our own words, in our own kitchen")
    page.locator("main form button[type=submit]").first.click()
    reads(page, said["saved"])
