"""Entries that could be one organization: what is suggested and what is not, merging, and taking it back."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from concorda.analysis.duplicates import Body, compare, folded, pairs
from concorda.foundation.accounts.models import Person
from concorda.foundation.core.scoping import scopes_disabled
from concorda.foundation.organizations import duplicates
from concorda.foundation.organizations.models import Identifier, Membership, Merge, Organization, Suggestion, Tie
from concorda.foundation.organizations.services import Refusal, index
from concorda.foundation.partnerships import merging
from concorda.foundation.partnerships.models import Entry, Partner


def body(number, name, *others, **facts):
    return Body(number, (name, *others), **facts)


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        (
            {"numbers": (("GB-CHC", "1000003"),)},
            {"numbers": (("360G", "chc-1000003"), ("X", "1000003"))},
            {"number", "name", "nowhere"},
        ),
        ({"postcode": "S7K0A1"}, {"postcode": "S7K0A1"}, {"name", "postcode"}),
        ({"host": "wex.example"}, {"host": "wex.example"}, {"name", "site", "nowhere"}),
        (
            {"host": "wex.example", "postcode": "S7K0A1", "numbers": (("GB-CHC", "1"),)},
            {"host": "wex.example", "postcode": "R3C0A1", "numbers": (("GB-SC", "2"),)},
            {"name", "site"},
        ),
        ({"place": "ca/sk"}, {"place": "ca/sk/regina"}, {"name", "nowhere"}),
        (
            {"postcode": "S7K0A1", "numbers": (("GB-NIC", "NIC101036"),)},
            {"postcode": "S7K0A1", "numbers": (("GB-NIC", "101036"),)},
            {"number", "name", "postcode"},
        ),
    ],
)
def test_what_speaks_for_one_body(one, other, reasons):
    found = compare(body(1, "The Wexcombe Trust", **one), body(2, "Wexcombe Trust Ltd.", **other))
    assert set(found.reasons) == reasons and found.score >= 55 and not found.against


@pytest.mark.parametrize(
    ("one", "other", "against"),
    [
        ({"numbers": (("GB-CHC", "1000003"),)}, {"numbers": (("GB-CHC", "1000003-2"),)}, "branch"),
        (
            {"numbers": (("CA-CRA_ACR", "123456789RR0001"),)},
            {"numbers": (("CA-CRA_ACR", "123456789RR0002"),)},
            "branch",
        ),
        ({"postcode": "S7K0A1"}, {"postcode": "R3C0A1"}, "elsewhere"),
        ({"area": "Regina"}, {"area": "Winnipeg"}, "elsewhere"),
        ({"numbers": (("GB-CHC", "1000003"),)}, {"numbers": (("GB-CHC", "1000004"),)}, "two_numbers"),
        (
            {"host": "wex.example", "area": "Regina", "numbers": (("HSDS", "1"),)},
            {"host": "wex.example", "area": "Winnipeg", "numbers": (("HSDS", "2"),)},
            "elsewhere",
        ),
    ],
)
def test_what_speaks_against_it(one, other, against):
    found = compare(body(1, "Wexcombe Trust", **one), body(2, "Wexcombe Trust", **other))
    assert against in found.against and found.score == 0


def test_names_are_compared_without_what_they_differ_by():
    assert folded("The Société d’Été & Cie Ltd.") == folded("cie, société dété")
    found = list(paired(body(1, "Square Kitchen", "Old Square"), body(2, "Old Square"), body(3, "Lamp")))
    assert [(pair.one, pair.other) for pair in found] == [(1, 2)] and "other_name" in found[0].reasons


def paired(*bodies):
    by_id = {one.id: one for one in bodies}
    return pairs(bodies, lambda ids: [by_id[one] for one in ids])


def test_what_is_said_where_there_is_no_name_is_none():
    assert not list(paired(body(1, "Nysda UK", "N/A"), body(2, "Legal Aid Society", "n/a")))


def test_one_other_name_and_two_websites_are_not_enough():
    one = body(1, "The Priory", "St John Ambulance", host="sja.org.uk", postcode="EC1M4DA")
    assert not list(paired(one, body(2, "St. John Ambulance", host="sja.ca")))


def test_what_hundreds_share_says_nothing_and_every_pair_comes_once():
    office = [body(number, f"Trust number {number} of many", postcode="S7K0A1") for number in range(100)]
    twins = [body(200 + number, "Twin Oaks", host="oaks.example", postcode="R3C0A1") for number in range(3)]
    found = list(paired(*office, *twins))
    assert [(pair.one, pair.other) for pair in found] == [(200, 201), (200, 202), (201, 202)]


@pytest.fixture
def two(db, world):
    made = [
        Organization.objects.create(slug=slug, name=name, postcode="S7K 0A1", source="csv")
        for slug, name in (("sq-1", "Square Kitchen of Wexcombe"), ("sq-2", "The Square Kitchen, Wexcombe"))
    ]
    for one, value in zip(made, ("1", "2"), strict=True):
        Identifier.objects.create(organization=one, scheme="LIST", value=f"sq{value}")
        index(one)
    return made


@pytest.fixture
def steward(sign_in):
    Person.objects.filter(email="jo@concorda.example").update(is_steward=True)
    return sign_in("jo")


def test_they_are_suggested_once_and_not_after_they_are_two(two, world):
    duplicates.look()
    found = Suggestion.objects.get(one=two[0], other=two[1])
    assert found.score >= 55 and "name" in found.reasons
    duplicates.keep_apart(found, by=world.people["jo"])
    duplicates.look()
    assert Suggestion.objects.get(pk=found.pk).state == "apart"


def test_a_large_directory_is_compared_in_the_background(two, steward, settings, monkeypatch):
    monkeypatch.setattr(duplicates, "SMALL", 1)
    heard = []
    duplicates.look(lambda done, of: heard.append((done, of)))
    assert heard[-1][0] == heard[-1][1] == Organization.objects.count()
    Suggestion.objects.all().delete()
    cache.set(duplicates.GOING, (50, 100), 60)
    waiting = steward.get(reverse("portal:duplicates"))
    assert waiting["Refresh"] == "3" and "50 %" in waiting.content.decode()
    cache.delete(duplicates.GOING)
    steward.post(reverse("portal:duplicates"))
    duplicates.look_later.func()
    assert Suggestion.objects.filter(one=two[0]).exists() and duplicates.how_far() is None
    assert "Refresh" not in steward.get(reverse("portal:duplicates"))


def test_merging_moves_everything_and_undo_puts_it_back(two, world):
    kept, gone = two
    other = Organization.objects.create(slug="funder-x", name="Lamp Funder")
    tie = Tie.objects.create(giver=other, to=gone, source="360giving", reference="g1")
    member = Membership.objects.create(organization=gone, person=world.people["stranger"])
    with scopes_disabled():
        listed = Partner.objects.create(partnership=world.partnership, organization=gone)
        lines = Entry.objects.filter(partnership=world.partnership).count()
    done = merging.merge(kept=kept, gone=gone, by=world.people["jo"])
    with scopes_disabled():
        assert Partner.objects.get(pk=listed.pk).organization == kept
        assert Entry.objects.filter(partnership=world.partnership).count() == lines + 1, "never silently"
    for row in (tie, member, kept, gone):
        row.refresh_from_db()
    assert tie.to == kept and member.organization == kept and not gone.active
    assert gone.name in kept.other_names and kept.identifiers.filter(value="sq2", merged=True).exists()
    merging.undo(done, by=world.people["jo"])
    for row in (tie, member, kept, gone):
        row.refresh_from_db()
    assert tie.to == gone and member.organization == gone and gone.active
    assert kept.other_names == "" and "other_names" not in kept.kept and gone.identifiers.get().merged is False
    with scopes_disabled():
        assert Partner.objects.get(pk=listed.pk).organization == gone
    with pytest.raises(Refusal, match="already"):
        merging.undo(done, by=world.people["jo"])


def test_what_stands_in_the_way(two, world):
    kept, gone = two
    county = world.organizations["county"]
    assert "takes part in" in " ".join(merging.obstacles(kept, county))
    assert not merging.obstacles(county, kept), "the other way round it can be done"
    for one, person in ((kept, "tom"), (gone, "stranger")):
        Membership.objects.create(organization=one, person=world.people[person])
    assert "let them agree first" in " ".join(merging.obstacles(kept, gone))
    Membership.objects.filter(organization=gone).delete()
    with scopes_disabled():
        for one in two:
            Partner.objects.create(partnership=world.partnership, organization=one)
    assert "Both are listed in" in " ".join(merging.obstacles(kept, gone))
    with pytest.raises(Refusal):
        merging.merge(kept=kept, gone=gone, by=world.people["jo"])
    assert not Merge.objects.exists()


def test_the_pages(two, steward, sign_in):
    page = steward.post(reverse("portal:duplicates"), follow=True)
    assert "Square Kitchen of Wexcombe" in page.content.decode() and "the same name" in page.content.decode()
    pair = Suggestion.objects.get(one=two[0])
    address = reverse("portal:duplicate", args=[pair.pk])
    assert "sq2" in steward.get(address).content.decode()
    for url in (reverse("portal:duplicates"), address):
        assert sign_in("tom").get(url).status_code == 403 == sign_in("tom").post(url, {"keep": "one"}).status_code
    assert not Merge.objects.exists()
    steward.post(address, {"keep": "one"})
    done = Merge.objects.get()
    assert (done.kept, done.gone) == (two[0], two[1]) and not Suggestion.objects.filter(pk=pair.pk).exists()
    listed = steward.get(reverse("portal:duplicates")).content.decode()
    assert "Take it back" in listed
    steward.post(reverse("portal:unmerge", args=[done.pk]))
    assert Merge.objects.get().undone_at
