"""What the pages of Capacity show, to whom, and what can be done on them."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from concorda.connect.capacity.models import AuthorityLimit, Item, Readiness
from concorda.connect.motivation.models import Need
from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.process.models import Element

SECRET = "Bridge money we have not told anyone about"
OFFER = {"direction": "offer", "kind": "time", "what": "Two hours a week", "sure": "2", "amount": "2", "unit": "hours"}


def url(world, name, *args):
    return reverse(f"capacity:{name}", args=[world.partnership.slug, *args])


def body(client, address):
    return client.get(address).content.decode()


def test_home(world, sign_in):
    page = body(sign_in("amina"), url(world, "home"))
    assert "All 7 partners have listed what they can offer." in page
    assert "1 need has nobody behind it." in page
    assert "Rent bank for first and last month" in page
    assert "15 hours a month still missing" in page
    assert "18\xa0500.50 CAD a year" in page


def test_observers_read_the_sentence_alone(world, sign_in):
    page = body(sign_in("jo"), url(world, "home"))
    assert "All 7 partners" in page
    assert "Rent bank" not in page


def test_private_offers_show_to_their_own_people_alone(world, sign_in):
    for page in ("home", "item_list"):
        assert SECRET in body(sign_in("bev"), url(world, page))
        for key in ("tom", "priya", "lena"):
            assert SECRET not in body(sign_in(key), url(world, page))
            assert "40\xa0000" not in body(sign_in(key), url(world, page))


def test_anyone_prepares_and_who_speaks_shares(world, sign_in):
    sign_in("oleh").post(url(world, "item_new"), OFFER | {"shared": "on"})
    with within(world.partnership, EVERY):
        item = Item.objects.get(what="Two hours a week")
    assert not item.shared
    assert "Two hours a week" not in body(sign_in("denise"), url(world, "home"))
    edit = url(world, "item_edit", item.pk)
    assert sign_in("denise").get(edit).status_code == 404
    tom = sign_in("tom")
    base = tom.get(edit).context["form"]["base"].value()
    assert tom.post(edit, OFFER | {"shared": "on", "base": base}).status_code == 302
    assert "Two hours a week" in body(sign_in("denise"), url(world, "home"))
    assert sign_in("oleh").get(edit).status_code == 403
    assert sign_in("denise").get(edit).status_code == 403


def test_an_offer_starts_from_a_gap(world, sign_in):
    rides = world.things["need.rides"]
    assert f"?need={rides.pk}" in body(sign_in("oleh"), url(world, "home"))
    form = sign_in("oleh").get(url(world, "item_new") + f"?need={rides.pk}").context["form"]
    assert form["need"].value() == str(rides.pk)
    assert sign_in("oleh").get(url(world, "item_new") + "?need=x'").status_code == 200


def test_bad_input_is_told_beside_the_field_and_kept(world, sign_in):
    wrong = OFFER | {"amount": "-2", "unit": "", "kind": "gold"}
    page = sign_in("oleh").post(url(world, "item_new"), wrong)
    assert set(page.context["form"].errors) == {"amount", "kind"}
    assert "Two hours a week" in page.content.decode()
    no_unit = sign_in("oleh").post(url(world, "item_new"), OFFER | {"unit": ""})
    assert "Say what the amount counts" in no_unit.content.decode()
    far = sign_in("oleh").post(url(world, "item_new"), OFFER | {"amount": "1e40"})
    assert far.status_code == 200


def test_a_need_of_another_partnership_cannot_be_chosen(world, sign_in):
    foreign = world.things["need.lake_rides"]
    page = sign_in("oleh").post(url(world, "item_new"), OFFER | {"need": foreign.pk})
    assert "need" in page.context["form"].errors
    assert "nobody to drive them" not in page.content.decode()


def test_the_list_is_searched_and_ordered(world, sign_in):
    page = body(sign_in("amina"), url(world, "item_list") + "?q=landlords&order=-kind")
    assert "Landlords who answer when we call" in page
    assert "Classrooms" not in page


def test_limits(world, sign_in):
    assert "Interpreter hours within the roster" in body(sign_in("amina"), url(world, "home"))
    sign_in("harpreet").post(url(world, "authoritylimit_new"), {"what": "Three days", "kind": "time", "shared": "on"})
    with within(world.partnership, EVERY):
        limit = AuthorityLimit.objects.get(what="Three days")
    assert "Three days" in body(sign_in("amina"), url(world, "authoritylimit_list"))
    sign_in("harpreet").post(url(world, "authoritylimit_delete", limit.pk))
    assert "Three days" not in body(sign_in("amina"), url(world, "authoritylimit_list"))


def test_readiness(world, sign_in):
    page = body(sign_in("amina"), url(world, "readiness"))
    assert "5 partners have said how ready they are." in page
    answers = {"time": "0", "money": "3"}
    sign_in("ben").post(url(world, "rate"), answers | {"shared": "on"})
    with within(world.partnership, EVERY):
        kept = Readiness.objects.filter(organization=world.organizations["school"])
        assert sorted(kept.values_list("question", "value", "shared")) == [("money", 3, False), ("time", 0, False)]
    assert "School Board 0" not in body(sign_in("tom"), url(world, "readiness"))
    sign_in("marisol").post(url(world, "rate"), answers | {"shared": "on"})
    assert "School Board 0" in body(sign_in("tom"), url(world, "readiness"))
    assert sign_in("ben").get(url(world, "rate")).status_code == 403
    assert sign_in("marisol").post(url(world, "rate"), {"time": "9"}).status_code == 200


def test_a_coordinator_sets_the_day_of_review(world, sign_in):
    assert sign_in("tom").post(url(world, "review"), {"on": "2026-10-01"}).status_code == 403
    sign_in("priya").post(url(world, "review"), {"on": "2026-10-01"})
    assert "Check it again in October" in body(sign_in("tom"), url(world, "home"))
    refused = sign_in("priya").post(url(world, "review"), {"on": "2020-01-01"}, follow=True)
    assert "still to come" in refused.content.decode()
    assert (
        "Write the day like" in sign_in("priya").post(url(world, "review"), {"on": "?"}, follow=True).content.decode()
    )
    with within(world.partnership, EVERY):
        assert str(Element.objects.get(tool="capacity").review_on) == "2026-10-01"


def test_in_french(world, sign_in):
    page = body(sign_in("luc"), url(world, "home"))
    assert "Qui peut aider à quel besoin" in page
    assert "Les 7 partenaires ont tous dit ce qu’ils peuvent offrir." in page


def test_home_asks_as_often_for_many_rows_as_for_few(world, sign_in):
    def queries() -> int:
        page = sign_in("amina")
        page.get(url(world, "home"))
        with CaptureQueriesContext(connection) as seen:
            page.get(url(world, "home"))
        return len(seen)

    before = queries()
    with within(world.partnership, EVERY):
        for number in range(3):
            need = Need.objects.create(partnership=world.partnership, statement=f"Need {number}")
            for key in ("county", "school"):
                facts = {
                    "organization": world.organizations[key],
                    "need": need,
                    "shared": True,
                    "what": f"Offer {number}",
                }
                Item.objects.create(partnership=world.partnership, kind="time", **facts)
    assert queries() == before


def test_what_is_missing_is_not_guessed_while_offers_are(world, sign_in, inside):
    Item.objects.filter(organization=world.organizations["school"], direction="offer").update(shared=False)
    page = body(sign_in("amina"), url(world, "home"))
    assert "1 need has nobody behind it so far; offers are still missing from School Board." in page
    Item.objects.filter(direction="offer").update(shared=False)
    page = body(sign_in("amina"), url(world, "home"))
    assert "Not enough answers yet to tell what is missing: nobody has said what they offer." in page
    assert "Nobody covers this yet." not in page
    assert "1 need nobody covers" not in page
