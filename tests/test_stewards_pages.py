"""The stewards’ pages lie outside any partnership: everybody else is refused, on GET and POST, and writes nothing."""

import pytest

from concorda.foundation.organizations.models import Load, Merge, Organization, Suggestion, Term
from concorda.foundation.partnerships.checks import routes
from tests.test_walk import client_of, undone, writes

PAGES = [(route, name) for route, view, name in routes() if getattr(view, "for_stewards", False)]
ANSWERS = {"keep": "one", "delete": "1", "label_en": "Mine", "label_fr": "Le mien", "answer": "grant"}


@pytest.fixture
def rows(world):
    one, other = Organization.objects.all()[:2]
    return {
        "organizations:load": Load.objects.create(source="csv", file="SECRET-FILE.csv").pk,
        "organizations:term": Term.objects.filter(scheme=Term.CONCORDA).latest("pk").pk,
        "portal:duplicate": Suggestion.objects.create(one=one, other=other, score=60, reasons=["name"]).pk,
        "portal:unmerge": Merge.objects.create(kept=one, gone=other).pk,
    }


def address(route, name, rows):
    return "/" + route.replace("<int:pk>", str(rows.get(name, 1))).replace("<slug:scheme>", "ntee")


def test_there_are_such_pages():
    assert {"organizations:registers", "organizations:import", "portal:duplicates"} <= {name for _route, name in PAGES}


@pytest.mark.parametrize("key", [None, "stranger", "walter", "lena", "denise", "tom", "priya"])
def test_others_are_refused(world, rows, key):
    client, wrong = client_of(world, key), []
    for route, name in PAGES:
        url = address(route, name, rows)
        with undone(), writes() as seen:
            answers = [client.get(url), client.post(url, ANSWERS)]
        fine = {302} if key is None else {403, 405}
        if seen or {answer.status_code for answer in answers} - fine or 200 in {one.status_code for one in answers}:
            wrong.append(f"{url}: {[answer.status_code for answer in answers]} {seen[:1]}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", ["en-ca", "fr-ca"])
def test_a_steward_sees_them_in_both_languages(world, rows, language):
    world.people["jo"].is_steward, world.people["jo"].language = True, language
    world.people["jo"].save()
    client = client_of(world, "jo")
    for route, name in PAGES:
        url = address(route, name, rows)
        with undone():
            assert client.get(url).status_code in (200, 404, 405), url
