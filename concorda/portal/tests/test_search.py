"""Search finds what a person may read, and nothing else."""

import pytest
from django.db.models import CharField, TextField
from django.urls import reverse

from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.partnerships.door import access_of
from concorda.foundation.process.stages import tools
from concorda.implement.communication.models import Announcement, Topic
from concorda.portal.search import found_by

PAIRS = [(tool.key, index) for tool in tools() for index in range(len(tool.searchable))]


@pytest.fixture
def find(world, inside):
    def as_person(key, words):
        return [hit.label for hit in found_by(access_of(world.people[key], inside.slug), words)]

    return as_person


@pytest.mark.parametrize(("key", "index"), PAIRS)
def test_what_a_tool_lets_one_find_has_words_and_a_page(world, inside, sign_in, key, index):
    tool = next(one for one in tools() if one.key == key)
    rows = tool.searchable[index](access_of(world.people["priya"], inside.slug))
    assert any(type(field) in (CharField, TextField) for field in rows.model._meta.fields)
    row = rows.select_related("partnership").first()
    assert row is not None
    assert sign_in("priya").get(row.get_absolute_url()).status_code == 200


def test_every_word_must_occur_in_any_order(find):
    assert find("tom", "NURSES shelves") == ["Nurses and engineers are stacking shelves."]
    assert find("tom", "nurses xylophone") == []
    assert find("tom", " ") == []


def test_a_discussion_of_a_group_is_found_by_those_who_may_read_it(world, inside, find):
    Topic.objects.create(
        partnership=inside,
        title="Xylophone lessons",
        text="Who has one?",
        group=world.things["group.housing"],
        started_by=world.participant("tom"),
    )
    assert find("tom", "xylophone") == find("priya", "xylophone") == ["Xylophone lessons"]
    assert find("helen", "xylophone") == []


def test_an_announcement_is_found_by_those_it_is_for(world, inside, find):
    facts = {"partnership": inside, "author": world.participant("denise"), "text": "Bring it on Monday."}
    Announcement.objects.create(title="Xylophone draft", **facts)
    assert find("denise", "xylophone") == ["Xylophone draft"]
    assert find("bev", "xylophone") == []


def test_another_partnership_is_not_searched(world):
    access = access_of(world.people["walter"], world.stalled.slug)
    with within(world.stalled, EVERY):
        assert [hit.label for hit in found_by(access, "80 lake")] == [
            "People over 80 along the lake have nobody to drive them."
        ]
        assert found_by(access, "nurses shelves") == []


def test_the_page_is_for_those_who_take_part(world, sign_in):
    url = reverse("partnership:search", args=[world.partnership.slug])
    assert sign_in("jo").get(url, {"q": "nurses"}).status_code == 403
    page = sign_in("tom").get(url, {"q": "nurses"}).content.decode()
    assert "Nurses and engineers are stacking shelves." in page
