"""The door, the scope, the save guard and the timeline."""

from types import SimpleNamespace

import pytest
from django.db import transaction

from concorda.connect.motivation.models import Motive, Need
from concorda.foundation.core.scoping import EVERY, ScopeError, within
from concorda.foundation.partnerships import services
from concorda.foundation.partnerships.access import TABLE, Ability, Role
from concorda.foundation.partnerships.door import access_of
from concorda.foundation.partnerships.models import CrossPartnershipLink, Entry, Final, RoleHeld
from concorda.foundation.partnerships.timeline import first_break, record
from concorda.implement.action_plans.models import Action


def test_a_query_outside_a_scope_is_refused(db):
    for ask in (
        lambda: list(Need.objects.all()),
        Need.objects.exists,
        Need.objects.count,
        lambda: Need.objects.exclude(pk=1),
    ):
        with pytest.raises(ScopeError):
            ask()


def test_a_stranger_does_not_know_the_partnership_exists(world, sign_in):
    assert access_of(world.people["stranger"], world.partnership.slug) is None
    assert sign_in("stranger").get(world.partnership.get_absolute_url()).status_code == 404


def test_who_has_left_is_a_stranger(world, inside):
    services.leave(world.participant("joy"), by=world.people["priya"])
    assert access_of(world.people["joy"], inside.slug) is None


def test_what_is_private_to_an_organization_shows_only_inside_it(world):
    mine, theirs = world.organizations["housing"], world.organizations["county"]
    with within(world.partnership, EVERY):
        Motive.objects.all().delete()
        for organization, shared in ((mine, False), (theirs, False), (theirs, True)):
            Motive.objects.create(
                partnership=world.partnership, organization=organization, kind="funding", shared=shared
            )
    with within(world.partnership, [mine.pk]):
        assert sorted(Motive.objects.values_list("organization", "shared")) == sorted(
            [(mine.pk, False), (theirs.pk, True)]
        )
    with within(world.partnership, []):
        assert list(Motive.objects.values_list("organization", "shared")) == [(theirs.pk, True)]


def test_observers_and_evaluators_read_nothing_private(world):
    assert access_of(world.people["lena"], world.partnership.slug).own_organizations == []
    assert access_of(world.people["jo"], world.partnership.slug).own_organizations == []
    assert access_of(world.people["tom"], world.partnership.slug).own_organizations == [
        world.organizations["housing"].pk
    ]


def test_a_row_cannot_point_into_another_partnership(world):
    foreign = world.participant("walter", world.stalled)
    with within(world.partnership, EVERY), pytest.raises(CrossPartnershipLink):
        Action.objects.create(partnership=world.partnership, title="x", accountable=foreign)
    with within(world.partnership, EVERY), pytest.raises(CrossPartnershipLink):
        Action.objects.create(partnership=world.partnership, title="x", accountable_id=foreign.pk)


def test_the_table_gives_what_the_roles_say(world):
    tom = access_of(world.people["tom"], world.partnership.slug)
    assert tom.can(Ability.STEER, stage="implement")
    assert not tom.can(Ability.STEER, stage="begin")
    assert "coordinator" in str(tom.can(Ability.STEER, stage="begin").reason)
    assert access_of(world.people["lena"], world.partnership.slug).can(
        Ability.STEER, stage="monitor", tool="evaluation"
    )
    assert set(TABLE) == set(Role)


def test_the_timeline_is_chained_and_never_changed(world, inside):
    with transaction.atomic():
        entry = record(inside, world.people["priya"], "said %(what)s", what="hello")
    assert entry.sentence == "said hello"
    assert first_break(inside) is None
    with pytest.raises(Final):
        entry.save()
    with pytest.raises(Final):
        entry.delete()
    Entry.objects.filter(pk=entry.pk).update(facts={"what": "goodbye"})
    assert first_break(inside) == entry.number


def test_a_line_outside_a_transaction_is_refused(world, monkeypatch):
    monkeypatch.setattr("concorda.foundation.partnerships.timeline.connection", SimpleNamespace(in_atomic_block=False))
    with pytest.raises(RuntimeError, match="transaction"):
        record(world.partnership, None, "said nothing")


def test_the_last_coordinator_stays(world, inside):
    with pytest.raises(services.LastCoordinator):
        services.leave(world.participant("priya"), by=world.people["priya"])
    with pytest.raises(services.LastCoordinator):
        services.set_roles(world.participant("priya"), [Role.PARTICIPANT], by=world.people["priya"])
    services.set_roles(world.participant("tom"), [Role.COORDINATOR], by=world.people["priya"])
    assert list(RoleHeld.objects.filter(participant=world.participant("tom")).values_list("role", flat=True)) == [
        "coordinator"
    ]
