"""The ladder, and disagreements on it: who reads them, how they move, how they end."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from concorda.begin.governance import disputing, tool
from concorda.begin.governance.models import Dispute, LadderStep
from concorda.begin.governance.tests.test_decisions import mine
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Final
from concorda.foundation.partnerships.timeline import visible


def page(world, name, *pk):
    return reverse(f"governance:{name}", args=[world.partnership.slug, *pk])


@pytest.fixture
def rooms(world, inside):
    """Housing disagrees with the County."""
    found = Dispute(partnership=inside, title="Who pays for the rooms?", text="Nobody did.")
    return disputing.bring_up(found, [world.partner("county")], by=world.people["tom"])


def test_it_walks_the_ladder_and_each_step_stays_on_record(world, rooms):
    ladder = disputing.ladder(world.partnership)
    assert rooms.due == clock.today() + timedelta(days=ladder[0].days)
    with pytest.raises(ValidationError, match="what came of this step"):
        disputing.go_on(rooms, " ", by=world.people["denise"])
    for count, _step in enumerate(ladder[1:], start=1):
        disputing.go_on(rooms, f"No luck {count}.", by=world.people["denise"])
    with pytest.raises(ValidationError, match="last step"):
        disputing.go_on(rooms, "Again.", by=world.people["denise"])
    done = disputing.settle(rooms, "We share it.", by=world.people["tom"])
    moves = list(done.moves.all())
    assert [move.step for move in moves] == [*(step.text for step in ladder), ""]
    assert moves[-1].note == "We share it." and not done.is_open
    with pytest.raises(Final):
        moves[0].save()


def test_what_is_closed_moves_no_more(world, rooms):
    disputing.settle(rooms, "Done.", by=world.people["tom"])
    for act in (disputing.go_on, disputing.settle, disputing.take_back):
        with pytest.raises(ValidationError, match="closed"):
            act(rooms, "x", by=world.people["tom"])


def test_a_step_that_is_changed_later_stays_as_it_was_walked(world, rooms):
    before = rooms.moves.get().step
    LadderStep.objects.filter(place=1).update(text="Something else.")
    assert rooms.moves.get().step == before


def test_only_who_brought_it_up_takes_it_back(world, rooms):
    with pytest.raises(PermissionDenied):
        disputing.take_back(rooms, "x", by=world.people["denise"])
    assert disputing.take_back(rooms, "Solved over coffee.", by=world.people["oleh"]).status == "withdrawn"


def test_bringing_up_needs_others_and_a_ladder(world, inside):
    for others in ([], [world.partner("housing")]):
        with pytest.raises(ValidationError, match="with whom"):
            disputing.bring_up(Dispute(partnership=inside, title="x"), others, by=world.people["tom"])
    with pytest.raises(PermissionDenied):
        disputing.bring_up(Dispute(partnership=inside, title="x"), [world.partner("county")], by=world.people["jo"])
    LadderStep.objects.all().delete()
    with pytest.raises(ValidationError, match="no ladder"):
        disputing.bring_up(Dispute(partnership=inside, title="x"), [world.partner("county")], by=world.people["tom"])


def test_whom_it_does_not_concern_does_not_learn_of_it(world, rooms, sign_in, inside):
    url = page(world, "dispute_detail", rooms.pk)
    for who in ("luc", "amina", "lena"):
        client = sign_in(who)
        assert client.get(url).status_code == 404
        assert client.post(page(world, "dispute_settle", rooms.pk), {"note": "x"}).status_code in (403, 404)
        assert "pays for the rooms" not in client.get(page(world, "disputes")).content.decode()
        assert not any("pays for the rooms" in one.label for one in tool.waiting(mine(world, who)))
        assert not any(
            "pays for the rooms" in one.sentence for one in visible(inside, mine(world, who).own_organizations)
        )
    for who in ("denise", "oleh", "priya"):
        assert "Nobody did." in sign_in(who).get(url).content.decode()
    assert any("rooms" in one.label for one in tool.waiting(mine(world, "denise")))


def test_those_concerned_are_written_to(world, inside, mailoutbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        found = Dispute(partnership=inside, title="x")
        disputing.bring_up(found, [world.partner("county")], by=world.people["oleh"])
    assert sorted(one.to[0].split("@")[0] for one in mailoutbox) == ["denise", "tom"]


def test_pages_of_a_disagreement(world, sign_in):
    client = sign_in("tom")
    sent = {"title": "Keys", "text": "Lost twice.", "others": [world.partner("county").pk]}
    assert client.post(page(world, "dispute_new"), {"title": "Keys"}).status_code == 200
    answer = client.post(page(world, "dispute_new"), sent)
    assert answer.status_code == 302
    said = client.get(answer.url).content.decode()
    assert "It is on step 1." in said and "Lost twice." in said
    assert client.post(answer.url + "next/", {"note": ""}).status_code == 200
    assert client.post(answer.url + "next/", {"note": "We met."}).status_code == 302
    assert client.post(answer.url + "settle/", {"note": "Two sets of keys."}).status_code == 302
    assert "Two sets of keys." in client.get(answer.url).content.decode()


def test_the_ladder_is_the_coordinators_to_write(world, sign_in):
    assert sign_in("denise").get(page(world, "ladderstep_new")).status_code == 403
    client = sign_in("priya")
    twice = client.post(page(world, "ladderstep_new"), {"place": 1, "text": "x", "days": 3})
    assert "with this number" in twice.content.decode()
    assert client.post(page(world, "ladderstep_new"), {"place": 9, "text": "A court.", "days": 90}).status_code == 302
    assert "A court." in client.get(page(world, "terms")).content.decode()
