"""The contract: problems, pages, states, and the same request sent twice."""

from decimal import Decimal

import jsonschema  # type: ignore[import-untyped]
import pytest
from django.urls import reverse

from concorda.connect.motivation.models import Need
from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.partnerships.models import Entry
from concorda.portal.api.tests.test_tokens import NEED, bearer, needs, token_for

JSON = "application/json"


@pytest.fixture
def tom(world):
    return bearer(token_for(world, "tom"))


@pytest.fixture
def need(world, tom):
    return tom.post(needs(world), NEED, JSON)


def problem(answer, status):
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status
    return answer.json()


def test_what_is_made_has_an_address_and_a_state(world, tom, need):
    assert need.status_code == 201
    again = tom.get(need.headers["Location"])
    assert (again.json(), again.headers["ETag"]) == (need.json(), need.headers["ETag"])
    assert again.json()["raised_by"] == {"id": world.organizations["housing"].pk, "name": "Harbour Street Housing"}
    assert tom.get(need.headers["Location"], headers={"If-None-Match": again.headers["ETag"]}).status_code == 304
    assert tom.head(need.headers["Location"]).content == b""


def test_nobody_overwrites_what_somebody_else_wrote_meanwhile(world, tom, need):
    url, state = need.headers["Location"], need.headers["ETag"]
    problem(tom.patch(url, {"area": "Port Alder"}, JSON), 428)
    changed = tom.patch(url, {"area": "Port Alder"}, JSON, headers={"If-Match": state})
    assert changed.status_code == 200
    assert changed.json() == need.json() | {"area": "Port Alder"}
    told = problem(tom.patch(url, {"area": "Elsewhere"}, JSON, headers={"If-Match": state}), 412)
    assert told["instance"] == url
    assert tom.get(url).json()["area"] == "Port Alder"


def test_put_empties_what_it_does_not_name(world, tom, need):
    url = need.headers["Location"]
    state = tom.patch(url, {"area": "Port Alder"}, JSON, headers={"If-Match": "*"}).headers["ETag"]
    put = tom.put(url, {"statement": "Laundry", "urgency": 1, "importance": 1}, JSON, headers={"If-Match": state})
    assert (put.status_code, put.json()["area"], put.json()["statement"]) == (200, "", "Laundry")


def test_what_is_removed_is_gone(world, tom):
    home = needs(world).replace("needs", "expectations")
    made = tom.post(home, {"side": "cost", "what": "Two days a month", "shared": False}, JSON)
    assert made.status_code == 201
    assert made.json()["shared"] is False
    url = made.headers["Location"]
    problem(tom.delete(url), 428)
    assert tom.delete(url, headers={"If-Match": made.headers["ETag"]}).status_code == 204
    problem(tom.get(url), 404)


def test_the_same_request_sent_again_is_done_once(world, tom):
    key = {"Idempotency-Key": "7f3a"}
    first, second = (tom.post(needs(world), NEED, JSON, headers=key) for _time in range(2))
    assert first.json() == second.json()
    assert second.headers["Location"] == first.headers["Location"]
    assert second.headers["Idempotent-Replayed"] == "true"
    problem(tom.post(needs(world), NEED | {"area": "x"}, JSON, headers=key), 422)
    with within(world.partnership, EVERY):
        assert Need.objects.filter(statement=NEED["statement"]).count() == 1


def test_a_key_belongs_to_its_token(world, tom):
    key = {"Idempotency-Key": "7f3a"}
    tom.post(needs(world), NEED, JSON, headers=key)
    other = bearer(token_for(world, "tom"))
    assert "Idempotent-Replayed" not in other.post(needs(world), NEED, JSON, headers=key).headers


def test_what_failed_can_be_sent_again_with_the_same_key(world, tom):
    key = {"Idempotency-Key": "7f3a"}
    problem(tom.post(needs(world), {}, JSON, headers=key), 422)
    assert tom.post(needs(world), NEED, JSON, headers=key).status_code == 201


def test_a_cursor_keeps_its_place_while_rows_are_added(world, tom):
    home, seen = needs(world), []
    page = tom.get(home, {"limit": 2}).json()
    with within(world.partnership, EVERY):
        before = list(Need.objects.order_by("pk").values_list("pk", flat=True))
    while True:
        seen += [one["id"] for one in page["items"]]
        tom.post(home, NEED, JSON) if len(seen) == 2 else None
        if page["next"] is None:
            break
        page = tom.get(home, {"limit": 2, "cursor": page["next"]}).json()
    assert seen[: len(before)] == before
    assert len(seen) == len(set(seen)) == len(before) + 1
    newest = tom.get(home, {"limit": 2, "order": "-id"})
    assert [one["id"] for one in newest.json()["items"]] == seen[:-3:-1]
    assert newest.headers["Link"].endswith('rel="next"')


@pytest.mark.parametrize("asked", [{"cursor": "x"}, {"limit": 0}, {"limit": "many"}, {"colour": "red"}, {"term": "x"}])
def test_what_cannot_be_asked_is_refused(world, tom, asked):
    assert problem(tom.get(needs(world), asked), 422)["detail"]


def test_a_list_can_be_narrowed_and_searched(world, tom):
    home = needs(world).replace("motivation/needs", "strategic-plan/risks")
    every = tom.get(home, {"limit": 100}).json()["items"]
    assert every
    kind = every[0]["kind"]
    assert tom.get(home, {"limit": 100, "kind": kind}).json()["items"] == [one for one in every if one["kind"] == kind]
    assert tom.get(home, {"q": "zzz"}).json()["items"] == []


def test_mistakes_stand_beside_their_field(world, tom):
    told = problem(tom.post(needs(world), {"urgency": 9, "statement": ["a", "b"], "colour": "red"}, JSON), 422)
    assert {one["field"] for one in told["errors"]} == {"statement", "colour"}
    told = problem(tom.post(needs(world), {"urgency": 9, "statement": ""}, JSON), 422)
    assert {one["field"] for one in told["errors"]} == {"statement", "urgency"}


def test_what_is_no_json_is_told_so(world, tom):
    problem(tom.post(needs(world), "{", JSON), 400)
    problem(tom.post(needs(world), "[]", JSON), 422)
    problem(tom.post(needs(world), '{"statement": "\\u0000"}', JSON), 422)
    problem(tom.post(needs(world), '{"statement": "\\ud800"}', JSON), 422)
    assert "application/json" in problem(tom.post(needs(world), "a=1", "text/plain"), 415)["detail"]


def test_what_is_not_there_is_a_problem_too(world, tom):
    problem(tom.get("/api/v1/nowhere"), 404)
    problem(tom.post("/api/v1/nowhere"), 404)
    problem(tom.get(needs(world) + "/999999"), 404)
    answer = tom.delete(needs(world))
    problem(answer, 405)
    assert answer.headers["Allow"] == "GET, HEAD, POST"


def test_a_fault_of_ours_is_a_problem_and_says_nothing_of_the_inside(world, tom, monkeypatch, caplog):
    monkeypatch.setattr("concorda.portal.api.whole.plain", lambda value: 1 / 0)
    assert "division" not in str(problem(tom.get("/api/v1/me"), 500))
    assert "ZeroDivisionError" in caplog.text


def test_who_may_see_and_not_do_is_told_why(world, need):
    jo = bearer(token_for(world, "amina"))
    told = problem(jo.post(f"{need.headers['Location']}/set-aside", {"reason": "No money"}, JSON), 403)
    assert told["detail"]


def test_a_verb_says_what_it_did(world, tom, need):
    done = tom.post(f"{need.headers['Location']}/set-aside", {"reason": "No money"}, JSON)
    assert done.status_code == 200, done.content
    assert done.json()["said"] == ["Set aside. It stays on record with your reason."]
    assert [line["sentence"] for line in done.json()["timeline"]] == [
        "set aside the need “A place to wash clothes”: No money"
    ]
    refused = tom.post(f"{need.headers['Location']}/set-aside", {"reason": "Again"}, JSON)
    assert "set aside" in str(problem(refused, 422)["errors"])
    assert tom.post(f"{need.headers['Location']}/set-aside", {"again": True}, JSON).status_code == 200


def test_a_vote_and_its_reason(world):
    here = f"/api/v1/partnerships/{world.partnership.slug}/governance"
    decision = world.things["decision.vision"]
    tom = bearer(token_for(world, "tom"))
    asked = {"decision": decision.pk, "limit": 100}
    problem(tom.post(f"{here}/decisions/{decision.pk}/reply", {"position": "perhaps"}, JSON), 422)
    answer = tom.post(f"{here}/decisions/{decision.pk}/reply", {"position": "object", "reason": "Too soon."}, JSON)
    assert answer.status_code == 200, answer.content
    replies = {one["cast_by"]["name"]: one for one in tom.get(f"{here}/ballots", asked).json()["items"]}
    assert replies[str(world.people["tom"])]["reason"] == "Too soon."


def test_words_come_in_the_language_asked_for(world, tom):
    french = {"Accept-Language": "fr-CA"}
    answer = tom.get("/api/v1/nowhere", headers=french)
    assert answer.headers["Content-Language"] == "fr-ca"
    assert answer.json()["title"] == "Il n’y a rien ici"
    entry = tom.get(f"/api/v1/partnerships/{world.partnership.slug}/timeline", {"limit": 1}, headers=french).json()
    assert entry["items"][0]["hash"]


def test_numbers_are_exact_and_days_are_iso(world, tom):
    items = tom.get(f"/api/v1/partnerships/{world.partnership.slug}/strategic-plan/indicators").json()["items"]
    targets = [one["target"] for one in items if one["target"] is not None]
    assert targets
    assert all(isinstance(one, str) and Decimal(one) >= 0 for one in targets)
    first = tom.get(f"/api/v1/partnerships/{world.partnership.slug}/timeline").json()["items"][0]
    assert first["at"].endswith("Z")


def test_the_timeline_shows_its_chain(world, tom):
    lines = tom.get(f"/api/v1/partnerships/{world.partnership.slug}/timeline", {"limit": 100}).json()["items"]
    with within(world.partnership, EVERY):
        stored = {one.number: one.hash for one in Entry.objects.filter(partnership=world.partnership)}
    assert lines
    assert all(stored[one["number"]] == one["hash"] for one in lines)
    assert all(stored.get(one["number"] - 1, "") == one["previous"] for one in lines)


def test_a_file_is_the_file_of_the_page(world, tom):
    answer = tom.get(f"/api/v1/partnerships/{world.partnership.slug}/action-plans/export.csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    page = tom.get(reverse("action_plans:export", args=[world.partnership.slug]))
    assert page.status_code == 302  # a token opens no page


def test_what_is_shown_once_is_in_the_answer(world, tom):
    answer = tom.post(f"/api/v1/partnerships/{world.partnership.slug}/working-groups/open-calendar", {}, JSON)
    token = answer.json()["once"]["calendar_token"]
    assert tom.get(f"/calendar/{token}.ics").status_code == 200


def test_organizations_are_found_read_and_changed_by_their_own(world, tom):
    assert tom.get("/api/v1/organizations", {"q": "housing"}).json()["items"][0]["name"] == "Harbour Street Housing"
    url = f"/api/v1/organizations/{world.organizations['county'].slug}"
    state = tom.get(url).headers["ETag"]
    problem(tom.patch(url, {"area": "x"}, JSON, headers={"If-Match": state}), 403)
    denise = bearer(token_for(world, "denise"))
    answer = denise.patch(url, {"area": "All of it"}, JSON, headers={"If-Match": state})
    assert answer.status_code in (200, 403)
    problem(tom.get("/api/v1/organizations/unknown"), 404)


def test_the_contract_is_an_openapi_document_that_holds(world, tom, client):
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    schemas = {"components": {"schemas": document["components"]["schemas"]}}
    for name in ("motivation/needs", "governance/decisions", "agreements/versions", "action-plans/actions"):
        path = f"/api/v1/partnerships/{{here}}/{name}"
        schema = document["paths"][path]["get"]["responses"]["200"]["content"][JSON]["schema"]
        found = tom.get(path.replace("{here}", world.partnership.slug), {"limit": 100}).json()
        jsonschema.validate(found, schema | schemas)


@pytest.mark.parametrize("language", ["en-ca", "fr-ca"])
def test_the_contract_can_be_read_as_a_page_without_script(world, client, language):
    page = client.get("/api/v1/docs", headers={"Accept-Language": language})
    text = page.content.decode()
    assert page.status_code == 200
    assert "<style" not in text.partition("<main")[2]
    assert "/api/v1/partnerships/{here}/motivation/needs" in text
