"""The ledger: promised against given, to the cent; what is due grows day by day; gains stay private until shared."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from concorda.begin.agreements import ledger
from concorda.begin.agreements.models import Contribution, Delivery, Gain
from concorda.connect.capacity.models import Item
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Entry


@pytest.fixture
def empty(world, inside):
    Contribution.objects.all().delete()
    Gain.objects.all().delete()
    return inside


def path(here, rest=""):
    return f"/p/{here.slug}/begin/agreements/ledger/{rest}"


def pledge(world, key, amount, **facts):
    given = {"kind": "money", "what": f"Promise of {key}"} | facts
    here = world.partnership
    return ledger.pledge(here, partner=world.partner(key), amount=Decimal(amount), by=world.people["priya"], **given)


def give(world, promised, amount):
    return ledger.give(promised, amount=Decimal(amount), evidence="Receipt", by=world.people["priya"])


def entries(here):
    return {one.partner.organization.name: one for one in ledger.ledger(here).entries}


def test_the_demo_ledger_names_who_is_behind_and_who_gains_little(world, inside):
    found = {one.partner.organization.short: one.line.warnings for one in ledger.ledger(inside).warned}
    assert found == {"School Board": ("behind", "loses"), "Newcomer Centre": ("carries_gains_little",)}


def test_money_time_and_things_are_weighed_in_dollars(world, empty):
    give(world, pledge(world, "county", "100.10"), "33.37")
    give(world, pledge(world, "housing", "10", kind="time", unit="hours", worth=Decimal("40.25")), "2.5")
    pledge(world, "health", "3", kind="data", unit="tables")
    found = ledger.ledger(empty)
    assert (found.balance.given, found.unrated) == (Fraction("133.995"), 1)
    assert entries(empty)["Harbour Street Housing"].account.promised == Fraction("402.5")
    assert sum(one.line.share for one in found.entries) == 1


def test_what_is_due_grows_evenly_between_two_days(world, empty):
    today = clock.today()
    pledge(world, "county", "100", begins_on=today, due=today + timedelta(days=30))
    due = {}
    for day in (-5, 0, 10, 29, 30, 99):
        with clock.at(clock.now() + timedelta(days=day)):
            due[day] = entries(empty)["County of Maitland"].account.due
    assert due == {-5: 0, 0: 0, 10: Fraction(100, 3), 29: Fraction(290, 3), 30: 100, 99: 100}
    Contribution.objects.update(begins_on=None)
    with clock.at(clock.now() + timedelta(days=29)):
        assert entries(empty)["County of Maitland"].account.due == 0


def test_more_than_half_in_one_hand_is_said_on_the_page(world, empty, sign_in):
    for key, amount in (("county", "50.01"), ("housing", "25"), ("health", "24.99")):
        give(world, pledge(world, key, "100"), amount)
    page = sign_in("tom").get(path(empty)).content.decode()
    assert "Carries more than half of all that was given." in page
    assert "With 1 organization, give and gain are out of balance." in page
    Delivery.objects.filter(amount=Decimal("50.01")).update(amount=Decimal("49.99"))
    assert "Nothing is out of balance." in sign_in("tom").get(path(empty)).content.decode()


def test_a_gain_that_is_not_shared_is_read_at_home_only_and_warns_nobody(world, empty, sign_in):
    typed = {"benefit": "0", "drawback": "4", "text": "SECRET", "shared": ""}
    assert sign_in("denise").post(path(empty, "ours/"), typed).status_code == 302
    for key in ("tom", "priya", "denise"):
        page = sign_in(key).get(path(empty)).content.decode()
        assert "SECRET" not in page
        assert "costs it more than it brings" not in page
    assert "SECRET" in sign_in("denise").get(path(empty, "ours/")).content.decode()
    assert (
        not Entry.objects.filter(message__startswith="said what the partnership brings")
        .filter(private_to=None)
        .filter(at__gte=clock.now())
    )
    typed |= {"shared": "on", "base": Gain.objects.get().revision}
    assert sign_in("denise").post(path(empty, "ours/"), typed).status_code == 302
    assert "costs it more than it brings" in sign_in("tom").get(path(empty)).content.decode()
    assert Gain.objects.count() == 1


def test_bad_numbers_and_days_are_refused_with_a_reason(world, empty, sign_in):
    client, county = sign_in("tom"), world.partner("county").pk
    typed = {"partner": county, "kind": "money", "what": "x", "amount": "0", "worth": "3", "unit": ""}
    days = {"begins_on": world.date(3), "due": world.date(3)}
    page = client.post(path(empty, "contributions/new/"), typed | days).content.decode()
    for words in ("Give a number above zero.", "Money is worth itself.", "It has to end after the day it begins."):
        assert words in page
    promised = pledge(world, "county", "10")
    wrong = {"contribution": promised.pk, "on": clock.today() + timedelta(days=1), "amount": "-1", "evidence": ""}
    page = client.post(path(empty, "given/new/"), wrong).content.decode()
    for words in ("This day has not come yet.", "Give a number above zero.", "Fill this in"):
        assert words in page
    right = {"contribution": promised.pk, "on": clock.today(), "amount": "4.5", "evidence": "Receipt 7"}
    assert client.post(path(empty, "given/new/"), right).status_code == 302
    assert "Receipt 7" in client.get(path(empty)).content.decode()


def test_an_offer_of_capacity_becomes_a_promise_and_private_ones_are_not_shown(world, empty, sign_in):
    facts = {"partnership": empty, "organization": world.organizations["county"], "direction": "offer", "kind": "space"}
    shared = Item.objects.create(what="A hall on Mondays", shared=True, amount=12, unit="evenings", **facts)
    hidden = Item.objects.create(what="A secret cellar", shared=False, **facts)
    client = sign_in("tom")
    page = client.get(path(empty)).content.decode()
    assert "A hall on Mondays" in page
    assert "A secret cellar" not in page
    form = client.get(path(empty, "contributions/new/"), {"offer": shared.pk}).content.decode()
    assert 'value="A hall on Mondays"' in form
    assert "A secret cellar" not in client.get(path(empty, "contributions/new/"), {"offer": hidden.pk}).content.decode()
    pledge(world, "county", "12", what="A hall on Mondays")
    assert "Offered in Capacity" not in client.get(path(empty)).content.decode().split("A hall on Mondays")[0]


def test_the_ledger_costs_the_same_for_one_contribution_and_for_three(world, empty, sign_in):
    client = sign_in("priya")

    def cost():
        client.get(path(empty))
        with CaptureQueriesContext(connection) as found:
            client.get(path(empty))
        return len(found)

    give(world, pledge(world, "county", "10"), "1")
    once = cost()
    for key in ("housing", "health"):
        give(world, pledge(world, key, "10"), "1")
    assert cost() == once


def test_observers_do_not_read_the_ledger(empty, sign_in):
    assert sign_in("jo").get(path(empty)).status_code == 403
    assert sign_in("walter").get(path(empty)).status_code == 404
