"""What the pages of Motivation & needs show, to whom, and what can be done on them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from concorda.connect.motivation.models import Expectation, Motive, Need, Standpoint, Support
from concorda.foundation.core.scoping import EVERY, within

SECRET = "Only-inside-the-School-Board"
WHY = {f"weight_{kind}": "0" for kind in Motive.Kind.values}
NEED = {"statement": "Nobody knows who does what.", "importance": "3", "urgency": "2", "evidence": "We asked."}


def url(world, name, *args):
    return reverse(f"motivation:{name}", args=[world.partnership.slug, *args])


@pytest.fixture
def secret(world, inside):
    """Reasons and an expectation of the School Board that it has not shared."""
    facts = {"partnership": inside, "organization": world.organizations["school"], "shared": False}
    Standpoint.objects.create(trigger=SECRET, alone="yes", **facts)
    Motive.objects.create(kind="crisis", weight=4, hope=SECRET, **facts)
    Expectation.objects.create(side="drawback", what=SECRET, **facts)
    return world


def test_home_says_where_it_stands(world, sign_in):
    page = sign_in("amina").get(url(world, "home")).content.decode()
    assert "5 of 7 partners have said why they are here." in page
    assert "6 needs are written down, 6 with evidence." in page
    assert "Families of six or more cannot find a home they can afford." in page
    assert "They compete" in page
    assert "Has not said yet." in page
    assert "Say why we are here" not in page


def test_buttons_follow_the_role(world, sign_in):
    assert "Say why we are here" in sign_in("marisol").get(url(world, "home")).content.decode()
    assert "Change why we are here" in sign_in("tom").get(url(world, "home")).content.decode()
    observer = sign_in("jo").get(url(world, "home")).content.decode()
    assert "5 of 7" in observer
    assert "Families of six" not in observer


def test_what_is_private_shows_to_its_own_people_alone(secret, sign_in):
    pages = ("home", "expectation_list")
    assert all(SECRET in sign_in("ben").get(url(secret, page)).content.decode() for page in pages)
    for key in ("tom", "priya", "lena"):
        bodies = [sign_in(key).get(url(secret, page)).content.decode() for page in pages]
        assert not any(SECRET in body for body in bodies)
        assert "A crisis" not in bodies[0]


def test_a_need_is_written_down(world, sign_in):
    answer = sign_in("amina").post(url(world, "need_new"), NEED)
    with within(world.partnership, EVERY):
        need = Need.objects.get(statement=NEED["statement"])
        assert need.raised_by == world.organizations["newcomer"]
        assert Support.objects.filter(need=need, organization=need.raised_by).exists()
    assert answer.url == need.get_absolute_url()


def test_a_need_without_words_keeps_what_was_typed(world, sign_in):
    page = sign_in("amina").post(url(world, "need_new"), NEED | {"statement": "", "importance": "9"})
    assert page.status_code == 200
    assert "We asked." in page.content.decode()
    assert set(page.context["form"].errors) == {"statement", "importance"}


def test_who_wrote_it_changes_it(world, sign_in):
    edit = url(world, "need_edit", world.things["need.homes"].pk)
    assert sign_in("denise").get(edit).status_code == 403
    assert sign_in("oleh").get(edit).status_code == 200
    assert sign_in("priya").get(edit).status_code == 200
    assert edit not in sign_in("denise").get(world.things["need.homes"].get_absolute_url()).content.decode()


def test_naming_a_need(world, sign_in):
    need = world.things["need.rides"]
    page = sign_in("denise")
    assert "This is ours too" in page.get(need.get_absolute_url()).content.decode()
    page.post(url(world, "support", need.pk))
    assert "No longer ours" in page.get(need.get_absolute_url()).content.decode()
    page.post(url(world, "support", need.pk), {"withdraw": ""})
    with within(world.partnership, EVERY):
        assert need.supports.count() == 1
    assert sign_in("bev").post(url(world, "support", need.pk)).status_code == 403


def test_setting_aside_and_taking_up(world, sign_in):
    need = world.things["need.rides"]
    aside = url(world, "set_aside", need.pk)
    assert sign_in("denise").post(aside, {"reason": "No"}).status_code == 403
    grace = sign_in("grace")
    assert "Fill this in" in grace.post(aside, {"reason": " "}).content.decode()
    grace.post(aside, {"reason": "The county plans a bus"})
    home = sign_in("denise").get(url(world, "home")).content.decode()
    assert "1 need set aside" in home
    assert "The county plans a bus" in home
    assert "set aside" in grace.post(aside, {"reason": "Again"}).content.decode()
    grace.post(aside, {"again": ""})
    with within(world.partnership, EVERY):
        assert Need.objects.get(pk=need.pk).set_aside_on is None


def test_saying_why(world, sign_in):
    page = sign_in("marisol")
    answers = WHY | {"weight_mission": "4", "hope_mission": "Every child belongs", "alone": "no", "shared": "on"}
    assert page.post(url(world, "reasons"), answers).status_code == 302
    home = sign_in("tom").get(url(world, "home")).content.decode()
    assert "6 of 7 partners have said why they are here." in home
    assert "Every child belongs" in home


def test_a_hope_without_a_strength_is_refused_and_kept(world, sign_in):
    page = sign_in("marisol").post(url(world, "reasons"), WHY | {"hope_learning": "To see how others do it"})
    assert "say how strong a reason it is" in page.content.decode()
    assert "To see how others do it" in page.content.decode()
    nothing = sign_in("marisol").post(url(world, "reasons"), WHY)
    assert "at least one reason" in nothing.content.decode()


def test_two_people_do_not_overwrite_each_other(world, sign_in):
    form = sign_in("tom").get(url(world, "reasons")).context["form"]
    first = WHY | {"base": form["base"].value(), "weight_mission": "2", "shared": "on"}
    assert sign_in("tom").post(url(world, "reasons"), first).status_code == 302
    second = sign_in("tom").post(url(world, "reasons"), first | {"weight_mission": "1"})
    assert "Someone else changed this" in second.content.decode()
    with within(world.partnership, EVERY):
        assert Motive.objects.get(organization=world.organizations["housing"]).weight == 2


def test_only_who_speaks_says_why(world, sign_in):
    assert sign_in("ben").get(url(world, "reasons")).status_code == 403


def test_expectations_belong_to_their_organization(world, sign_in):
    with within(world.partnership, EVERY):
        row = Expectation.objects.get(organization=world.organizations["housing"])
    for role in ("expectation_edit", "expectation_delete"):
        assert sign_in("denise").get(url(world, role, row.pk)).status_code == 403
        assert sign_in("oleh").get(url(world, role, row.pk)).status_code == 200
    new = {"side": "cost", "what": "Two days a month", "likelihood": "4", "size": "1"}
    sign_in("oleh").post(url(world, "expectation_new"), new)
    assert "Two days a month" not in sign_in("denise").get(url(world, "expectation_list")).content.decode()
    sign_in("oleh").post(url(world, "expectation_new"), new | {"shared": "on", "what": "A shared phone line"})
    assert "A shared phone line" in sign_in("denise").get(url(world, "expectation_list")).content.decode()


def test_in_french(world, sign_in):
    page = sign_in("luc").get(url(world, "home")).content.decode()
    assert "Ce dont on a besoin" in page
    assert "5 partenaires sur 7 ont dit pourquoi ils sont là." in page


def test_home_asks_as_often_for_many_needs_as_for_few(world, sign_in):
    def queries() -> int:
        page = sign_in("amina")
        page.get(url(world, "home"))
        with CaptureQueriesContext(
            connection,
        ) as seen:
            page.get(url(world, "home"))
        return len(seen)

    before = queries()
    with within(world.partnership, EVERY):
        for number in range(3):
            need = Need.objects.create(partnership=world.partnership, statement=f"Need {number}")
            for key in ("county", "school"):
                Support.objects.create(partnership=world.partnership, need=need, organization=world.organizations[key])
    assert queries() == before


def test_the_page_of_needs_costs_twelve_queries(world, sign_in):
    client = sign_in("tom")
    client.get(url(world, "home"))
    with CaptureQueriesContext(connection) as seen:
        client.get(url(world, "home"))
    assert len(seen) <= 12


def test_one_answer_is_not_enough_to_compare(world, sign_in, inside):
    Motive.objects.exclude(organization=world.organizations["housing"]).delete()
    page = sign_in("tom").get(url(world, "home")).content.decode()
    assert "Not enough answers yet: reasons are compared once two partners" in page
    assert "Complements the others" not in page
    Motive.objects.all().delete()
    assert "to tell whether the partnership is made for its own sake" in (
        sign_in("tom").get(url(world, "home")).content.decode()
    )
