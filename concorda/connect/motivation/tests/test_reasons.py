"""Who has said why they are here, what that means side by side, and when it looks contrived."""

import pytest
from django.core.exceptions import ValidationError

from concorda.connect.motivation import queries, services
from concorda.connect.motivation.models import Motive, Need, Standpoint, Support
from concorda.connect.motivation.tool import TOOL
from concorda.foundation.partnerships.door import access_of
from concorda.foundation.partnerships.models import Entry, Final
from concorda.foundation.process.progress import waiting_for
from concorda.foundation.process.stages import State

K = Motive.Kind


def step_label(progress):
    assert progress.step
    return progress.step.label


def say(world, here, key, reasons, *, shared=True):
    organization = world.organizations[key]
    standpoint = Standpoint.objects.filter(organization=organization).first() or Standpoint(
        partnership=here, organization=organization
    )
    standpoint.shared = shared
    services.say_why(standpoint, reasons, by=world.people["priya"])


def test_the_demo_stands_as_the_map_says(world, inside):
    progress = TOOL.progress(inside)
    assert progress.sentence == "5 of 7 partners have said why they are here."
    assert (progress.state, progress.done, progress.total) == (State.HALF, 5, 7)
    assert step_label(progress) in ("Ask School Board and Workforce Board", "Ask Workforce Board and School Board")
    named = {need.statement: vars(need)["named"] for need in queries.live_needs(inside)}
    assert sorted(named.values()) == [1, 2, 3, 3, 4, 5]
    assert len(named) == 6


def test_the_stalled_partnership_has_one_need_and_no_reason(world):
    from concorda.foundation.core.scoping import EVERY, within

    with within(world.stalled, EVERY):
        assert TOOL.progress(world.stalled).sentence == "1 need is written down; nobody has said why they are here."


def test_progress_is_done_when_all_have_said_why(world, inside):
    for key in ("school", "work"):
        say(world, inside, key, {K.MISSION: (3, "")})
    progress = TOOL.progress(inside)
    assert (progress.state, progress.sentence) == (State.DONE, "7 of 7 partners have said why they are here.")


def test_what_is_private_counts_for_nobody(world, inside):
    say(world, inside, "school", {K.CRISIS: (4, "Our school in Wexcombe may close")}, shared=False)
    assert TOOL.progress(inside).done == 5
    line = Entry.objects.latest("number")
    assert line.private_to == world.organizations["school"]


def test_saying_it_again_replaces_what_was_said(world, inside):
    say(world, inside, "housing", {K.LEARNING: (1, "How others do it"), K.MISSION: (4, "Homes")})
    rows = Motive.objects.filter(organization=world.organizations["housing"])
    assert sorted(rows.values_list("kind", "weight", "hope")) == [
        ("learning", 1, "How others do it"),
        ("mission", 4, "Homes"),
    ]
    assert Standpoint.objects.filter(organization=world.organizations["housing"]).count() == 1


def test_no_reason_at_all_is_refused(world, inside):
    with pytest.raises(ValidationError, match="at least one reason"):
        say(world, inside, "school", {})


def test_only_money_is_contrived(world, inside):
    Motive.objects.exclude(kind=K.FUNDING).delete()
    found = queries.contrived(queries.live_needs(inside), queries.said_motives(inside))
    assert [one.reason for one in found] == ["Funding is the only reason anybody has given."]
    assert found[0].advice
    assert (TOOL.progress(inside).state, TOOL.progress(inside).care) == (State.CARE, "the reasons for partnering")


def test_no_evidence_is_contrived(world, inside):
    Need.objects.update(evidence="  ")
    found = queries.contrived(queries.live_needs(inside), queries.said_motives(inside))
    assert [one.reason for one in found] == ["No need has evidence behind it."]


def test_a_need_set_aside_is_no_evidence(world, inside):
    for need in list(queries.live_needs(inside)):
        services.set_aside(need, "Not now", by=world.people["priya"])
    assert queries.contrived(queries.live_needs(inside), queries.said_motives(inside))


def test_nothing_said_is_not_contrived(inside):
    assert queries.contrived([], []) == []


def test_side_by_side(world, inside):
    Motive.objects.all().delete()
    say(world, inside, "newcomer", {K.FUNDING: (3, ""), K.MISSION: (4, ""), K.INFLUENCE: (4, "")})
    say(world, inside, "county", {K.FUNDING: (4, ""), K.MISSION: (1, ""), K.INFLUENCE: (2, "")})
    say(world, inside, "health", {K.LEARNING: (2, "")})
    found = {one.kind: (one.relation, one.count) for one in queries.side_by_side(queries.said_motives(inside))}
    assert found == {
        K.FUNDING: ("conflicting", 2),
        K.MISSION: ("shared", 2),
        K.INFLUENCE: ("shared", 2),
        K.LEARNING: ("complementary", 1),
    }


def test_who_speaks_for_a_silent_partner_is_asked(world):
    def asked(key):
        access = access_of(world.people[key], world.partnership.slug)
        return [one.label for tool, one in waiting_for(access) if tool.key == "motivation"]

    assert asked("marisol") == ["Say why School Board is here"]
    assert asked("harpreet") == ["Say why Workforce Board is here"]
    assert asked("ben") == asked("tom") == asked("priya") == asked("jo") == []


def test_a_need_is_named_once_by_each_organization(world, inside):
    need = world.things["need.rides"]
    before = Entry.objects.count()
    for _again in range(2):
        services.support(need, world.organizations["county"], by=world.people["denise"])
    assert Support.objects.filter(need=need).count() == 2
    assert Entry.objects.count() == before + 1
    services.withdraw_support(need, world.organizations["county"], by=world.people["denise"])
    assert Support.objects.filter(need=need).count() == 1


def test_a_need_is_set_aside_with_a_reason_and_taken_up_again(world, inside):
    need = world.things["need.rides"]
    with pytest.raises(ValidationError, match="Say why"):
        services.set_aside(need, "  ", by=world.people["priya"])
    services.set_aside(need, "The county plans a bus", by=world.people["priya"])
    assert need not in queries.live_needs(inside)
    with pytest.raises(ValidationError, match="Take it up again"):
        services.support(need, world.organizations["county"], by=world.people["denise"])
    services.take_up(need, by=world.people["priya"])
    assert need in queries.live_needs(inside)
    with pytest.raises(ValidationError, match="not set aside"):
        services.take_up(need, by=world.people["priya"])


def test_a_need_is_never_removed(world, inside):
    with pytest.raises(Final):
        world.things["need.rides"].delete()
