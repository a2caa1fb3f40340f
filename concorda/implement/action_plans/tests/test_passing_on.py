"""What somebody answers for goes to who follows them."""

from concorda.foundation.partnerships.models import Entry
from concorda.implement.action_plans import queries, services
from concorda.implement.action_plans.models import Action
from concorda.implement.action_plans.tool import TOOL


def test_open_actions_are_passed_on_and_finished_ones_stay(world, inside):
    busiest = Action.objects.exclude(status__in=("done", "dropped")).select_related("accountable__person").first()
    before, after = busiest.accountable, world.participant("amina")
    open_ones = list(queries.unfinished(before))
    done = Action.objects.create(partnership=inside, title="Over", accountable=before, status="done")
    assert [step.label for step in TOOL.holds(before)] == [f"Finish “{one.title}”" for one in open_ones]
    services.pass_on(before, after, world.people["priya"])
    assert not queries.unfinished(before).exists()
    assert set(open_ones) <= set(queries.unfinished(after))
    done.refresh_from_db()
    assert done.accountable == before
    assert Entry.objects.filter(message__startswith="passed").count() == len(open_ones)
