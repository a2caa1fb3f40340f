"""What the API says of signing: whose turn it is, what is refused, and the sealed file."""

import pytest

from concorda.analysis.sealed import read
from concorda.begin.agreements import queries, sealing, services
from concorda.begin.agreements.models import Agreement
from concorda.foundation.process.story import PASSWORD
from concorda.portal.api.tests.test_tokens import bearer, token_for

JSON = "application/json"


@pytest.fixture
def memorandum(world, inside):
    return Agreement.objects.get(pk=world.things["agreement.memorandum"].pk)


@pytest.fixture
def base(world):
    return f"/api/v1/partnerships/{world.partnership.slug}/agreements"


def signing(version, **facts):
    return {"typed_name": "Harpreet Gill", "entitled": True, "password": PASSWORD, "digest": version.digest, **facts}


def test_steps_are_known_and_signing_is_done(world, memorandum, base):
    county = world.partner("county").pk
    version = services.send(memorandum, by=world.people["priya"], knowing=True, steps={county: 2})
    harpreet = bearer(token_for(world, "harpreet"))
    url = f"{base}/versions/{version.pk}"
    shown = harpreet.get(url).json()
    assert {one["partner"]: one["step"] for one in shown["steps"]}[county] == 2
    assert county not in shown["next_to_sign"]
    denise = bearer(token_for(world, "denise"))
    early = denise.post(f"{url}/sign", signing(version, typed_name="Denise Kowalchuk"), JSON)
    assert early.status_code == 422
    assert "not your turn" in str(early.json())
    assert harpreet.post(f"{url}/sign", signing(version, password="guess"), JSON).status_code == 422
    assert harpreet.post(f"{url}/sign", signing(version), JSON).status_code < 300
    assert world.partner("work").pk not in harpreet.get(url).json()["next_to_sign"]


def test_an_old_version_a_wrong_hash_and_a_long_clause_are_refused(world, memorandum, base):
    harpreet, old, out = bearer(token_for(world, "harpreet")), memorandum.versions.last(), queries.newest(memorandum)
    for version, words in ((old, "not out for signature any more"), (out, "changed since you opened it")):
        typed = signing(version) | ({"digest": "0" * 64} if version == out else {})
        answer = harpreet.post(f"{base}/versions/{version.pk}/sign", typed, JSON)
        assert (answer.status_code, words in str(answer.json())) == (422, True)
    assert out.signatures.count() == 4
    clause = f"{base}/clauses/{memorandum.clauses.last().pk}"
    state = harpreet.get(clause).headers["ETag"]
    typed = {"text": "y" * 100_000, "knowing": True}
    answer = harpreet.patch(clause, typed, JSON, headers={"If-Match": state})
    assert (answer.status_code, "20000 is the most" in str(answer.json())) == (422, True)


def test_the_sealed_file_is_the_one_that_was_kept(world, memorandum, base):
    version = queries.newest(memorandum)
    for key in ("denise", "harpreet", "marisol"):
        person = world.participant(key)
        services.sign(version, by=person, typed_name=person.person.name, digest=version.digest)
    services.seal_complete(memorandum.partnership)
    tom = bearer(token_for(world, "tom"))
    (kept,) = tom.get(f"{base}/sealed-copies").json()["items"]
    answer = tom.get(f"{base}/sealed-copies/{kept['id']}/pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert read(answer.content, known=sealing.known()).evidence["hash"] == version.digest
    assert tom.get(f"{base}/versions/{version.pk}").json()["next_to_sign"] == []
