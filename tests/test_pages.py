"""Promises about all pages: conflicts, escaping, query counts, languages, the frame."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve, reverse

import pages
from concorda.begin.strategic_plan.models import Goal
from concorda.connect.motivation.models import Need
from concorda.foundation.accounts.models import Person
from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.partnerships.checks import routes
from concorda.foundation.partnerships.models import Final
from concorda.foundation.process.forms import OwnedForm
from concorda.foundation.process.progress import overview, progress_of
from concorda.foundation.process.stages import State, stages, tools
from concorda.monitor.evaluation.models import Measurement

MAP_BUDGET = 12


def queries(client, url):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_the_map_shows_four_stages_of_four(world, sign_in):
    page = sign_in("priya").get(world.partnership.get_absolute_url()).content.decode()
    for stage in stages():
        assert f'data-stage="{stage.key}"' in page
        assert len(stage.tools) == 4
    assert page.count('class="tile"') == 16


def test_the_map_costs_few_queries_once_computed(world, sign_in):
    client, url = sign_in("priya"), world.partnership.get_absolute_url()
    cache.clear()
    queries(client, url)
    assert queries(client, url) <= MAP_BUDGET


@pytest.mark.parametrize(("name", "most"), [("partnership:thread", 11), ("evaluation:home", 12)])
def test_what_many_pages_look_up_is_looked_up_once(world, sign_in, name, most):
    """However many indicators and results there are: rows know their partnership, results their indicator."""
    client, url = sign_in("priya"), reverse(name, args=[world.partnership.slug])
    queries(client, url)
    before = queries(client, url)
    with within(world.partnership, EVERY):
        for measured in Measurement.objects.filter(status=Measurement.Status.APPROVED):
            indicator, goal = measured.indicator, measured.indicator.goal
            indicator.pk = goal.pk = None
            goal.save()
            indicator.goal = goal
            indicator.save()
            measured.pk, measured.indicator, measured.corrects = None, indicator, None
            Measurement.objects.bulk_create([measured])  # approved already: not saved as a new one is
    assert queries(client, url) == before <= most


def test_computing_the_map_stays_within_reason(world):
    cache.clear()
    with CaptureQueriesContext(connection) as seen:
        overview(world.partnership)
    assert len(seen) <= 80


def test_every_progress_is_a_plain_sentence(world):
    for key, progress in progress_of(world.partnership).items():
        assert isinstance(progress.sentence, str), key
        assert progress.sentence.strip().endswith((".", "?", "!")), f"{key}: {progress.sentence}"
        assert "%(" not in progress.sentence, key
        if progress.state == State.CARE:
            assert progress.care, f"{key} needs care: say what, for the map's summary"
        if progress.total is not None:
            assert 0 <= progress.done <= progress.total, key


def test_progress_names_nothing_private(world):
    """The sentences are the same for everyone, so nothing private to an organization may be in them."""
    assert {tool.key for tool in tools()} == set(progress_of(world.partnership))


@pytest.mark.parametrize(
    "path", ["", "connect/", "begin/", "implement/", "monitor/", "activity/", "people/", "search/?q=home", "settings/"]
)
def test_pages_speak_french(world, sign_in, path):
    world.people["priya"].language = "fr-ca"
    world.people["priya"].save(update_fields=["language"])
    page = sign_in("priya").get(world.partnership.get_absolute_url() + path)
    assert page.status_code == 200
    assert '<html lang="fr-ca"' in page.content.decode()


def test_pages_carry_the_policy_and_no_inline_code(world, sign_in):
    answer = sign_in("priya").get(world.partnership.get_absolute_url())
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy


def test_an_unknown_partnership_is_404_in_our_design(sign_in):
    answer = sign_in("priya").get("/p/no-such-partnership/")
    assert answer.status_code == 404
    assert "topbar" in answer.content.decode()


def test_leaving_an_element_out_needs_a_reason_and_shows(world, sign_in):
    client, url = sign_in("priya"), f"/p/{world.partnership.slug}/element/growth/"
    assert (
        "errorlist" in client.post(url, {"reason": ""}).content.decode()
        or client.post(url, {"reason": ""}).status_code == 200
    )
    assert client.post(url, {"reason": "We end next year."}).status_code == 302
    assert (
        progress_of(world.partnership.__class__.objects.get(pk=world.partnership.pk))["growth"].state == State.SKIPPED
    )
    client.post(url, {"again": "1"})
    assert (
        progress_of(world.partnership.__class__.objects.get(pk=world.partnership.pk))["growth"].state != State.SKIPPED
    )


def test_health_pages_answer_without_signing_in(client, db):
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json()["database"] == "ok"


def test_url_names_are_unique():
    names = [name for _route, _view, name in routes() if not name.endswith(":")]
    assert len(names) == len(set(names))


def need_saved_twice_at_once(world, monkeypatch):
    """The address of a need, of which somebody else saves a change just after our form was found right."""
    need = world.things["need.rides"]
    check = OwnedForm.clean

    def slow(form):
        cleaned = check(form)
        Need.objects.filter(pk=need.pk).update(statement="Theirs", revision=F("revision") + 1)
        return cleaned

    monkeypatch.setattr(OwnedForm, "clean", slow)
    return need, reverse("motivation:need_edit", args=[world.partnership.slug, need.pk])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en-ca", "Go back, and save again: what you typed is still there."),
        ("fr-ca", "Revenez en arrière et enregistrez de nouveau"),
    ],
)
def test_two_saves_at_the_same_moment_are_told_apart(world, inside, sign_in, monkeypatch, language, words):
    Person.objects.filter(pk=world.people["priya"].pk).update(language=language)
    need, url = need_saved_twice_at_once(world, monkeypatch)
    need.refresh_from_db()
    typed = {"statement": "Ours", "importance": need.importance, "urgency": need.urgency, "base": need.revision}
    answer = sign_in("priya").post(url, typed)
    assert answer.status_code == 409
    assert words in answer.content.decode()
    need.refresh_from_db()
    assert need.statement == "Theirs"


def test_what_is_final_has_a_page_that_says_what_to_do_instead(world, sign_in, monkeypatch):
    def refuse(*_args, **_named):
        raise Final("This goal is already agreed.")

    monkeypatch.setattr("concorda.begin.strategic_plan.services.agree", refuse)
    with within(world.partnership, EVERY):
        goal = Goal.objects.first()
        Goal.objects.filter(pk=goal.pk).update(agreed_on=None)
    address = reverse("strategic_plan:agree", args=[world.partnership.slug, goal.pk])
    answer = sign_in("priya").post(address, {"on": "2026-03-01"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This goal is already agreed." in page and "is never changed" in page
    assert reverse("strategic_plan:home", args=[world.partnership.slug]) in page


def test_an_observer_meets_no_link_that_is_closed_to_them(world, sign_in):
    """The sentence of every element is there to read; only the open ones lead somewhere."""
    jo = sign_in("jo")
    for address in (world.partnership.get_absolute_url(), reverse("reports:home", args=[world.partnership.slug])):
        page = jo.get(address).content.decode()
        main = page[page.index("<main") : page.index("</main>")]
        led = set(re.findall(r'href="(/p/[^"?#]+)', main))
        assert led, address
        assert [link for link in sorted(led) if jo.get(link).status_code != 200] == []
    assert "Evaluation" in jo.get(world.partnership.get_absolute_url()).content.decode()


def test_the_pages_to_look_at_are_pages_and_every_element_is_among_them(world):
    also = [pages.read(line) for line in pages.ALSO.read_text().splitlines() if not line.startswith("#")]
    assert len(also) == len({one.name for one in also})
    assert {one.person for one in also} <= {"", *world.people}
    addresses = {one.address.split("?")[0] for one in also}
    missing = [url for url in addresses if not url.startswith("/nothing/") and not resolves(url)]
    assert missing == []
    named = {name: view for _route, view, name in routes()}
    for tool in tools():
        home = tool.home or f"{tool.key}:home"
        assert tool.url(world.partnership) in pages.addresses(home, named[home], world)
    assert set(pages.PEOPLE) <= set(world.people)


def resolves(url):
    try:
        return resolve(url)
    except Resolver404:
        return None
