"""Graded disclosure: what each level shows, to whom, and that “view as” is the very same question."""

import re
from collections.abc import Iterable
from typing import Any

import pytest
from django.urls import reverse

from concorda.foundation.core.scoping import within_own
from concorda.foundation.organizations import disclosure, services
from concorda.foundation.organizations.models import Answer, Disclosure, Organization, Rating, Term

Level = Disclosure.Level


@pytest.fixture
def centre(world):
    with within_own(world.organizations["newcomer"]):
        Disclosure.objects.all().delete()
    return world.organizations["newcomer"]


def give(world, centre, to, **levels):
    with within_own(centre):
        services.disclose(centre, levels, to=to and world.organizations[to], by=world.people["farida"])


def seen(world, centre, *viewers):
    return {one.part: one for one in disclosure.shown_to(centre, [world.organizations[key] for key in viewers])}


def body(sign_in, key, address):
    page = sign_in(key).get(address).content.decode()
    return re.search(r"<main.*?</main>", page, re.DOTALL).group()


def drawn(page):
    """The part of a page that shows the organization, as it stands there."""
    return re.search(
        r'<section class="sheet part">.*?</section>\s*(<section[^>]*h-shown.*?</section>)?', page, re.DOTALL
    )[0]


def test_without_a_disclosure_nothing_is_shown(world, centre, sign_in):
    assert seen(world, centre, "housing") == {}
    assert "What it shows you of itself" not in body(sign_in, "tom", centre.get_absolute_url())


def test_each_level_shows_what_it_says(world, centre):
    give(world, centre, "housing", weakness=Level.COUNT, vision=Level.COUNT, readiness=Level.COUNT)
    found = seen(world, centre, "housing")
    assert found["weakness"].says == "6 entries, not shown."
    assert found["weakness"].items == []
    assert found["vision"].text == ""
    assert found["readiness"].says == "Ready in 3 of 5 respects."
    give(world, centre, "housing", weakness=Level.OVERLAP, vision=Level.ALL, readiness=Level.ALL)
    found = seen(world, centre, "housing")
    both = Term.objects.filter(code__in=["housing.large_families", "language.interpretation"])
    assert sorted(found["weakness"].items) == sorted(str(term) for term in both)
    assert found["weakness"].says == "2 of 6 entries meet yours."
    assert (
        found["vision"].text
        == "Every family that arrives in Maitland knows a neighbour by name before the first winter."
    )
    assert "Money: 2 of 5" in found["readiness"].items
    give(world, centre, "housing", weakness=Level.ALL)
    assert len(seen(world, centre, "housing")["weakness"].items) == 6


def test_what_people_still_differ_on_is_not_shown(world, centre):
    give(world, centre, "housing", mandate=Level.ALL)
    assert seen(world, centre, "housing") == {}, "two answered, and nothing is settled"


def test_it_is_for_whom_it_was_given_and_can_be_taken_back(world, centre, sign_in):
    give(world, centre, "housing", need=Level.ALL)
    assert seen(world, centre, "county") == seen(world, centre) == {}
    assert "Three evictions" not in body(sign_in, "tom", centre.get_absolute_url()), "evidence is never shown"
    give(world, centre, None, need=Level.COUNT)
    assert seen(world, centre, "county")["need"].level == Level.COUNT
    assert seen(world, centre, "housing")["need"].level == Level.ALL
    give(world, centre, "housing", need=Level.NOTHING)
    assert seen(world, centre, "housing")["need"].level == Level.COUNT, "what everybody sees, they see too"


@pytest.mark.parametrize(("key", "works_at"), [("tom", "housing"), ("denise", "county"), ("stranger", "stranger")])
def test_view_as_is_what_they_really_see(world, centre, sign_in, key, works_at):
    give(world, centre, None, strength=Level.COUNT, ideal=Level.OVERLAP)
    give(world, centre, "housing", vision=Level.ALL, need=Level.ALL, weakness=Level.OVERLAP, reach=Level.OVERLAP)
    previewed = reverse("organizations:view_as", args=[centre.slug]) + f"?as={world.organizations[works_at].slug}"
    really = drawn(body(sign_in, key, centre.get_absolute_url()))
    assert drawn(body(sign_in, "farida", previewed)) == really
    assert "What it shows you of itself" in really


def test_view_as_asks_the_same_question(world, centre, sign_in, monkeypatch):
    """Both pages ask `shown_to`, and nothing else, for what is private."""
    asked: list[list[Organization]] = []

    def shown_to(organization: Organization, viewers: Iterable[Organization]) -> list[Any]:
        asked.append(list(viewers))
        return []

    monkeypatch.setattr(disclosure, "shown_to", shown_to)
    sign_in("tom").get(centre.get_absolute_url())
    housing = world.organizations["housing"]
    sign_in("farida").get(reverse("organizations:view_as", args=[centre.slug]) + f"?as={housing.slug}")
    assert asked == [[housing], [housing]]


def test_administrators_decide_and_the_others_look(world, centre, sign_in):
    page = reverse("organizations:disclosure", args=[centre.slug])
    to_housing = f"{page}?to={world.organizations['housing'].slug}"
    said = dict.fromkeys(disclosure.PARTS, "0")
    assert sign_in("amina").get(page).status_code == 200
    assert sign_in("amina").post(to_housing, said | {"vision": "3"}).status_code == 403
    assert sign_in("tom").get(page).status_code == 404
    assert sign_in("farida").post(to_housing, said | {"vision": "3", "need": "2"}).status_code == 302
    assert set(seen(world, centre, "housing")) == {"vision", "need"}
    assert "Harbour Street" in sign_in("amina").get(page).content.decode()
    assert sign_in("farida").post(to_housing, said | {"nothing": "1"}).status_code == 302
    assert seen(world, centre, "housing") == {}


def test_bad_input_changes_nothing(world, centre, sign_in):
    page = reverse("organizations:disclosure", args=[centre.slug])
    said = dict.fromkeys(disclosure.PARTS, "0")
    assert 'aria-invalid="true"' in sign_in("farida").post(page, said | {"vision": "3"}).content.decode()
    assert (
        'aria-invalid="true"'
        in sign_in("farida").post(f"{page}?to=demo-county", said | {"vision": "2"}).content.decode()
    )
    assert sign_in("farida").get(f"{page}?to=nobody").status_code == 404
    assert sign_in("farida").get(f"{page}?to={centre.slug}").status_code == 404
    assert seen(world, centre, "county") == {}


def test_nothing_of_the_reflection_shows_at_the_lower_levels(world, centre, sign_in):
    """Words that betray themselves are put wherever people write; a count never shows them."""
    secret = "ONLY-FOR-THE-CENTRE"
    with within_own(centre):
        Answer.objects.update(text=secret)
        Rating.objects.update(evidence=secret)
    give(world, centre, None, **{part: disclosure.levels_for(part, everybody=True)[-1] for part in disclosure.PARTS})
    for key in ("tom", "denise", "stranger", "jo"):
        assert secret not in body(sign_in, key, centre.get_absolute_url())
    assert Organization.objects.get(pk=centre.pk).vision != secret
