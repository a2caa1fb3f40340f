from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from concorda.analysis.survey.disclosure import Why
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.partnerships.door import access_of
from concorda.foundation.partnerships.models import Final
from concorda.foundation.process.progress import progress_of, waiting_for
from concorda.monitor.evaluation import queries, services
from concorda.monitor.evaluation.models import CheckIn, CheckInAnswer, CheckInTicket
from concorda.monitor.evaluation.questions import KEYS

SAID = {"relationships": "4", "tasks": "1", "accomplishments": "cannot"}


@pytest.fixture
def opened(world, inside, django_capture_on_commit_callbacks):
    """A check-in of the test, with the links of its letters by e-mail address."""
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        check_in = services.open_check_in(
            inside,
            title="A check-in of the test",
            stage="begin",
            closes_on=clock.today() + timedelta(days=7),
            by=world.people["priya"],
        )
    links = {one.to[0]: next(line for line in one.body.splitlines() if "/check-in/" in line) for one in mail.outbox}
    return check_in, {address: "/" + link.split("/", 3)[3] for address, link in links.items()}


def reply(check_in, keys, world, value=4):
    for key in keys:
        ticket = check_in.tickets.get(participant__person=world.people[key])
        services.answer(ticket, values=dict.fromkeys(KEYS, value))


def later(days=8):
    return clock.at(clock.now() + timedelta(days=days))


def test_everybody_but_observers_gets_a_letter_with_a_link_that_works_once(world, opened):
    check_in, links = opened
    assert len(links) == 31
    assert "jo@concorda.example" not in links
    assert len(set(links.values())) == 31
    stranger = Client()
    url = links["tom@concorda.example"]
    assert stranger.get(url).status_code == 200
    assert stranger.post(url, {"relationships": "4"}).status_code == 200
    assert not CheckInAnswer.objects.filter(check_in=check_in).exists()
    page = stranger.post(url, {**SAID, "comment": "Good."})
    assert page.status_code == 200
    assert "without your name" in page.content.decode()
    again = stranger.post(url, SAID)
    assert again.status_code == 410
    assert "This link has been used" in again.content.decode()
    answer = CheckInAnswer.objects.get(check_in=check_in)
    assert (answer.relationships, answer.tasks, answer.accomplishments, answer.comment) == (4, 1, None, "Good.")


def test_a_link_after_closing_and_an_unknown_link_say_so(world, opened):
    check_in, links = opened
    url = links["tom@concorda.example"]
    assert Client().get("/check-in/never-given-out/").status_code == 404
    assert "do not know this link" in Client().get("/check-in/never-given-out/").content.decode()
    with later():
        page = Client().post(url, SAID)
    assert page.status_code == 410
    assert "This check-in is closed" in page.content.decode()
    services.close_check_in(check_in, by=world.people["priya"])
    assert Client().get(url).status_code == 410
    with pytest.raises(Final):
        services.close_check_in(check_in, by=world.people["priya"])
    assert not check_in.answers.exists()


def test_a_french_speaker_is_asked_in_french(opened):
    page = Client().get(opened[1]["luc@concorda.example"]).content.decode()
    assert 'lang="fr' in page
    assert "Je ne peux pas le dire" in page


def test_an_answer_is_tied_to_nobody(world, inside, opened):
    check_in, links = opened
    before = inside.length
    Client().post(links["tom@concorda.example"], SAID)
    inside.refresh_from_db()
    assert inside.length == before, "a line of the timeline would tell when"
    answer = CheckInAnswer.objects.get(check_in=check_in)
    targets = {field.related_model for field in CheckInAnswer._meta.concrete_fields if field.related_model}
    assert targets == {type(inside), CheckIn}
    assert str(world.organizations["housing"].pk) != answer.organization_key
    assert not [field for field in CheckInTicket._meta.concrete_fields if "Date" in field.get_internal_type()]


def test_signed_in_people_answer_on_the_page_and_use_up_the_same_ticket(world, sign_in, opened):
    check_in, links = opened
    here = f"/p/{world.partnership.slug}/monitor/evaluation/check-ins/{check_in.pk}/answer/"
    client = sign_in("amina")
    access = access_of(world.people["amina"], world.partnership.slug)
    assert any(here == one.url for _tool, one in waiting_for(access))
    assert client.get(here).status_code == 200
    assert client.post(here, SAID).status_code == 302
    assert not any(here == one.url for _tool, one in waiting_for(access))
    assert Client().get(links["amina@concorda.example"]).status_code == 410
    assert client.post(here, SAID).status_code == 302
    assert check_in.answers.count() == 1
    assert sign_in("jo").get(here).status_code == 403


def test_nothing_of_an_open_check_in_is_shown(world, sign_in, inside, opened):
    check_in, _links = opened
    reply(check_in, ["tom", "denise", "grace", "luc", "ben", "priya"], world)
    assert check_in.pk not in [one.check_in.pk for one in queries.rounds()]
    page = sign_in("priya").get(check_in.get_absolute_url()).content.decode()
    assert "6 of 31 people answered" in page
    assert "hist-high" not in page


@pytest.mark.parametrize(
    ("people", "why"),
    [
        (["tom", "denise", "grace", "luc"], Why.FEW_PEOPLE),
        (["tom", "oleh", "diego", "denise", "bev", "karim"], Why.FEW_ORGANIZATIONS),
        ([], Why.FEW_PEOPLE),
        (["tom", "denise", "grace", "luc", "ben"], None),
    ],
)
def test_few_people_and_few_organizations_are_not_shown(world, inside, opened, people, why):
    check_in, _links = opened
    reply(check_in, people, world)
    with later():
        found = queries.rounds("begin")[-1]
    assert [side.hidden for side in found.sides] == [why] * 3
    assert found.answered == len(people)
    if why:
        assert all(side.total == 0 for side in found.sides)
        assert found.comments == []


def test_one_more_answer_than_last_time_does_not_give_that_answer_away(world, inside, opened):
    """Subtraction: six answered, then the same six and one more; the difference would be that one's answer."""
    first, _links = opened
    six = ["tom", "denise", "grace", "luc", "ben", "harpreet"]
    reply(first, six, world)
    services.close_check_in(first, by=world.people["priya"])
    second = services.open_check_in(
        inside, title="2", stage="begin", closes_on=clock.today() + timedelta(days=7), by=world.people["priya"]
    )
    reply(second, six, world)
    reply(second, ["marc"], world, value=0)
    services.close_check_in(second, by=world.people["priya"])
    with clock.at(clock.now() + timedelta(minutes=1)):
        found = queries.rounds("begin")
    assert [side.hidden for side in found[-2].sides] == [None] * 3
    assert [side.hidden for side in found[-1].sides] == [Why.SUCCESSIVE] * 3


def test_each_organization_counts_once_and_cannot_say_is_no_number(world, inside, opened):
    check_in, _links = opened
    reply(check_in, ["priya", "farida", "amina", "rahim"], world, value=4)
    reply(check_in, ["denise", "grace"], world, value=1)
    ticket = check_in.tickets.get(participant__person=world.people["luc"])
    services.answer(ticket, values={})
    with later():
        side = queries.rounds("begin")[-1].sides[0]
    assert side.counts == (0, 2, 0, 0, 4)
    assert (side.yes, side.no, side.total, side.cannot_say) == (4, 2, 6, 1)
    assert side.organizations == 3.0  # (5 + 2 + 2) / 3, not (4·5 + 2·2) / 6
    assert side.middle == 5.0


def test_comments_are_shown_after_somebody_read_them(world, sign_in, inside, opened):
    check_in, links = opened
    texts = {"tom": "First words.", "denise": "Second words.", "grace": "", "luc": "", "ben": ""}
    for key, text in texts.items():
        Client().post(links[f"{key}@concorda.example"], {**SAID, "accomplishments": "3", "comment": text})
    url = f"/p/{inside.slug}/monitor/evaluation/check-ins/{check_in.pk}/"
    assert sign_in("lena").get(url + "comments/").status_code == 302, "not while it is open"
    services.close_check_in(check_in, by=world.people["priya"])
    assert "First words." not in sign_in("priya").get(url).content.decode()
    assert sign_in("amina").get(url + "comments/").status_code == 403
    page = sign_in("lena").get(url + "comments/").content.decode()
    assert "First words." in page
    assert "Harbour Street" not in page.split("<main")[1].split("</main")[0]
    chosen = check_in.answers.get(comment="First words.").pk
    assert sign_in("lena").post(url + "comments/", {"pick": [chosen]}).status_code == 302
    page = sign_in("amina").get(url).content.decode()
    assert "First words." in page
    assert "Second words." not in page


def test_who_may_open_a_check_in(world, sign_in, inside):
    url = f"/p/{inside.slug}/monitor/evaluation/check-ins/new/"
    assert sign_in("amina").get(url).status_code == 403
    assert sign_in("jo").get(f"/p/{inside.slug}/monitor/evaluation/").status_code == 403
    client = sign_in("lena")
    page = client.post(url, {"title": "T", "stage": "begin", "closes_on": clock.today().isoformat()})
    assert "at least a day" in page.content.decode()
    ends = (clock.today() + timedelta(days=3)).isoformat()
    assert client.post(url, {"title": "T", "stage": "elsewhere", "closes_on": ends}).status_code == 200
    assert client.post(url, {"title": "T", "stage": "begin", "closes_on": ends}).status_code == 302
    assert CheckIn.objects.get(title="T").tickets.count() == 31


def test_the_story_has_a_pulse_in_every_stage(world, inside):
    rows = {row["stage"]: row["cells"] for row in queries.pulse(inside)}
    numbers = {stage: [(cell["yes"], cell["total"], cell["change"]) for cell in cells] for stage, cells in rows.items()}
    assert numbers == {
        "connect": [(26, 28, 7), (21, 28, 4), (20, 28, 5)],
        "begin": [(19, 22, 0), (14, 22, -2), (15, 22, 4)],
        "implement": [(20, 24, 1), (11, 24, -6), (16, 24, 6)],
        "monitor": [(15, 17, 2), (12, 17, 3), (10, 17, 4)],
    }
    assert not any(cell["hidden"] for cells in rows.values() for cell in cells)
    assert progress_of(inside)["evaluation"].sentence.startswith("24 of 31 people answered the February check-in.")


def test_a_partnership_where_nobody_was_asked_has_no_pulse(world):
    with within(world.stalled, EVERY):
        assert queries.pulse(world.stalled) == []
        assert "Nobody has been asked" in progress_of(world.stalled)["evaluation"].sentence


def test_the_map_shows_the_pulse_to_those_who_take_part(world, sign_in):
    url = f"/p/{world.partnership.slug}/"
    assert "26 of 28" in sign_in("amina").get(url).content.decode()
    assert "26 of 28" not in sign_in("jo").get(url).content.decode()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_in_both_languages(world, sign_in, language):
    client = sign_in("luc" if language == "fr" else "priya")
    page = client.get(f"/p/{world.partnership.slug}/monitor/evaluation/").content.decode()
    wanted = "Trois aspects de la collaboration" if language == "fr" else "Three sides of working together"
    assert wanted in page
    assert "I leave the steering table" in page
    assert "you know who writes this" not in page


def test_rounds_cost_the_same_for_few_and_many(world, inside, opened):
    with CaptureQueriesContext(connection) as few:
        queries.rounds("connect")
    with CaptureQueriesContext(connection) as many:
        queries.rounds()
    assert len(few) == len(many) == 2


def test_the_letter_is_in_the_language_of_its_reader(world, opened):
    letters = {message.to[0]: message for message in mail.outbox}
    assert letters["luc@concorda.example"].subject.startswith("Deux minutes")
    assert "Bonjour Luc" in letters["luc@concorda.example"].body
    assert "Hello Tom" in letters["tom@concorda.example"].body
