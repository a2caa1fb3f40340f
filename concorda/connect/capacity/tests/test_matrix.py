"""Offers against needs: what counts, exact sums, gaps, overlaps; and what the map says."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from concorda.connect.capacity import queries, services
from concorda.connect.capacity.models import Item, Kind, Period, Readiness, say_amount
from concorda.connect.capacity.tool import TOOL
from concorda.connect.motivation.models import Need
from concorda.foundation.core.scoping import within
from concorda.foundation.organizations.models import Term
from concorda.foundation.partnerships.door import access_of
from concorda.foundation.partnerships.models import Entry
from concorda.foundation.process.models import Element
from concorda.foundation.process.stages import State


def step_label(progress):
    assert progress.step
    return progress.step.label


def item(world, here, key="county", **facts):
    facts = {"kind": Kind.TIME, "what": "Hours", "shared": True, "direction": "offer"} | facts
    return Item.objects.create(partnership=here, organization=world.organizations[key], **facts)


def row_of(here, need):
    return next(row for row in queries.matrix(here) if row.need == need)


def test_the_demo_stands_as_the_map_says(world, inside):
    progress = TOOL.progress(inside)
    assert progress.sentence == "All 7 partners have listed what they can offer."
    assert (progress.state, progress.done, progress.total) == (State.DONE, 7, 7)
    assert step_label(progress) == "Check it again in September"
    assert [need.statement for need in queries.gaps(queries.matrix(inside))] == [
        "Rural families miss appointments because there is no ride."
    ]


def test_without_a_day_for_review_the_gap_is_next(world, inside):
    Element.objects.all().delete()
    assert step_label(TOOL.progress(inside)) == "See the need nobody covers"


def test_unlike_units_are_never_added(world, inside):
    need = Need.objects.create(partnership=inside, statement="A need")
    for amount, unit, period in (
        ("0.10", "hours", "week"),
        ("0.20", " Hours ", "week"),
        ("3", "hours", "month"),
        ("3", "CAD", ""),
    ):
        item(world, inside, need=need, amount=Decimal(amount), unit=unit, period=period)
    item(world, inside, need=need, what="A by-law officer")
    assert row_of(inside, need).sums == ["3 CAD", "3 hours a month", "0.30 hours a week"]


def test_a_large_sum_is_exact(world, inside):
    need = Need.objects.create(partnership=inside, statement="A need")
    for _time in range(3):
        item(world, inside, need=need, kind=Kind.MONEY, amount=Decimal("3333333333.10"), unit="CAD")
    assert row_of(inside, need).sums == ["9\xa0999\xa0999\xa0999.30 CAD"]


def test_balances_say_what_is_still_missing(world, inside):
    Item.objects.all().delete()
    item(world, inside, amount=Decimal(45), unit="hours", period=Period.MONTH)
    item(world, inside, amount=Decimal("60.5"), unit="Hours", period=Period.MONTH, direction="seek")
    item(world, inside, amount=Decimal(9), unit="rooms", kind=Kind.SPACE)
    found = queries.balances(queries.shared_items(inside))
    assert [(one.kind, one.offered, one.sought, one.missing) for one in found] == [
        (Kind.TIME, Decimal(45), Decimal("60.5"), Decimal("15.5"))
    ]
    assert found[0].missing_words == "15.50 hours a month"


def test_a_topic_or_a_narrower_topic_answers_a_need(world, inside):
    housing = Term.objects.create(code="test-housing", label_en="Housing")
    rent = Term.objects.create(code="test-rent", label_en="Rent help", parent=housing)
    other = Term.objects.create(code="test-other", label_en="Other")
    need = Need.objects.create(partnership=inside, statement="A need", term=housing)
    elsewhere = Need.objects.create(partnership=inside, statement="Another", term=housing)
    same, narrower = item(world, inside, term=housing), item(world, inside, term=rent)
    item(world, inside, term=other)
    linked = item(world, inside, term=other, need=need)
    item(world, inside, term=housing, need=elsewhere)
    item(world, inside, term=housing, direction="seek")
    assert set(row_of(inside, need).offers) == {same, narrower, linked}


def test_nothing_without_a_topic_answers_everything(world, inside):
    need = Need.objects.create(partnership=inside, statement="A need without a topic")
    item(world, inside)
    assert row_of(inside, need).is_gap


def test_overlaps_name_who_brings_the_same_kind(world, inside):
    found = {row.need.statement: row.overlaps for row in queries.matrix(inside)}
    assert found["People tell their story again at every desk."] == [
        ("Staff time", ["Newcomer Centre", "School Board"])
    ]
    assert found["Nurses and engineers are stacking shelves."] == []


def test_a_need_set_aside_is_no_gap(world, inside):
    Need.objects.update(set_aside_on=date(2026, 3, 1))
    assert queries.matrix(inside) == []


def test_private_offers_count_for_nobody_not_even_their_own(world, inside):
    rides = world.things["need.rides"]
    item(world, inside, need=rides, shared=False)
    assert row_of(inside, rides).is_gap
    with within(inside, [world.organizations["county"].pk]):
        assert row_of(inside, rides).is_gap
    Item.objects.filter(organization=world.organizations["county"]).update(shared=False)
    assert TOOL.progress(inside).sentence == "6 of 7 partners have listed what they can offer."
    assert step_label(TOOL.progress(inside)) == "Ask County what they can offer"


def test_the_timeline_keeps_private_offers_private(world, inside):
    secret = Entry.objects.get(facts__what="Bridge money we have not told anyone about")
    assert secret.private_to == world.organizations["county"]


def test_who_speaks_for_a_silent_partner_is_asked(world, inside):
    Item.objects.filter(organization=world.organizations["housing"]).update(shared=False)

    def asked(key):
        access = access_of(world.people[key], world.partnership.slug)
        with within(inside, access.own_organizations):
            return [one.label for one in TOOL.waiting(access)]

    assert asked("tom") == ["List what Harbour Street can offer"]
    assert asked("oleh") == asked("denise") == asked("jo") == []


def test_an_amount_below_zero_is_refused(world, inside):
    with pytest.raises(IntegrityError), transaction.atomic():
        item(world, inside, amount=Decimal(-1), unit="hours")


def test_an_unanswered_question_is_not_zero(world, inside):
    county = world.organizations["county"]
    services.rate(inside, county, {"time": 0, "money": None}, shared=True, by=world.people["denise"])
    kept = dict(Readiness.objects.filter(organization=county).values_list("question", "value"))
    assert kept["time"] == 0
    assert "money" not in kept


def test_review_is_in_the_future(world, inside):
    with pytest.raises(ValidationError, match="still to come"):
        services.look_again(inside, date(2026, 3, 13), by=world.people["priya"])


@pytest.mark.parametrize(
    ("amount", "unit", "period", "said"),
    [
        (None, "hours", "week", ""),
        (Decimal("12.00"), "hours", "week", "12 hours a week"),
        (Decimal("12.50"), "hours", "", "12.50 hours"),
        (Decimal(1000000), "CAD", "year", "1\xa0000\xa0000 CAD a year"),
    ],
)
def test_amounts_in_words(amount, unit, period, said):
    assert say_amount(amount, unit, period) == said
