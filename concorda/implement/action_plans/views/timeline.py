"""The plan as a timeline by working group, as a board, or as a calendar."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from concorda.foundation.core import clock
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.process.pages import READ, page
from concorda.implement.action_plans import month, queries, rights
from concorda.implement.action_plans.filters import Filters
from concorda.implement.action_plans.forecast import Forecast, Line
from concorda.implement.action_plans.models import Action, ActionShare
from concorda.implement.action_plans.tool import TOOL, finish_sentence, state_sentence
from concorda.implement.action_plans.workload import workload_of
from concorda.implement.working_groups import queries as meetings
from concorda.implement.working_groups.models import Meeting

NEXT, SLIPS, CARDS = 4, 6, 40
BOARD = (Action.Status.TO_DO, Action.Status.DOING, Action.Status.STUCK, Action.Status.DONE)


@page(Ability.OBSERVE, methods=READ)
def home(request: Visit) -> HttpResponse:
    """The timeline, board or calendar; observers read how far the plan has come."""
    kept = queries.stored(request.partnership)
    found = kept.forecast()
    standing = {"standing": finish_sentence(found), "standing_more": state_sentence(found)}
    if not request.access.can(Ability.SEE):
        return render(request, "action_plans/observed.html", standing | {"found": found, "title": TOOL.title})
    filters = Filters(request, kept)
    lines, undated = filters.lines(found), filters.actions(found.undated)
    context = standing | {"found": found, "filters": filters, "lines": lines, "undated": undated}
    if filters.view == "board":
        context |= as_board(request, lines, undated)
    elif filters.view == "calendar":
        context |= as_calendar(request, lines)
    else:
        context |= as_timeline(request, kept, found, lines)
    return render(request, "action_plans/home.html", context)


def as_timeline(request: Visit, kept: queries.Stored, found: Forecast, lines: list[Line]) -> dict[str, Any]:
    """Bars by group, what slips, the next meetings, and who carries how much."""
    access = request.access
    shares = list(ActionShare.objects.filter(part=ActionShare.Part.RESPONSIBLE))
    groups = sorted((group for group in kept.groups.values() if group.active), key=str)
    standings = meetings.standings(request.partnership, groups, loads=False)
    carried = rights.Carried(
        access,
        [one.group.pk for one in standings if access.participant in one.people],
        [share.action_id for share in shares if share.participant_id == access.participant.pk],
    )
    blocks = queries.blocks(lines, found.finish, opened(request))
    return may(carried) | {
        "slips": [(line, line.action in carried) for line in found.slipping[:SLIPS]],
        "more_slips": max(len(found.slipping) - SLIPS, 0),
        "blocks": blocks,
        "closed": any(not block.opened for block in blocks),
        "axis": queries.axis_of(lines),
        "table": meetings.time_table(access, coming(request, standings), standings),
        "load": workload_of(kept, found, shares),
        "carried": {line.action.pk for line in lines if line.action.open and line.action in carried},
    }


def coming(request: Visit, standings: Sequence[meetings.Standing]) -> list[Meeting]:
    """The next meeting of each group, soonest first."""
    found = []
    for one in standings:
        if one.next:
            one.next.group, one.next.partnership = one.group, request.partnership
            found.append(one.next)
    return sorted(found, key=lambda meeting: meeting.starts_at)[:NEXT]


def as_calendar(request: Visit, lines: list[Line]) -> dict[str, Any]:
    today = clock.today()
    first = month.named(request.GET.get("month", ""), today)
    return may(rights.Carried(request.access, (), ())) | {"month": month.month(first, lines, today)}


def may(carried: rights.Carried) -> dict[str, Any]:
    return {"may_write": carried.writes, "steers": carried.everything}


def opened(request: Visit) -> set[str] | None:
    """The groups whose lines a long timeline shows; None for all of them, as on paper and on the wall."""
    everything = request.GET.get("all") or request.GET.get("view") == "wall"
    return None if everything else set(request.GET.getlist("open"))


def as_board(request: Visit, lines: list[Line], undated: list[Action]) -> dict[str, Any]:
    """Columns by status: its cards, as many as a screen can hold, and how many more there are.

    A card is the action, its forecast line if it has a day, and whether it may be changed.
    """
    carried = rights.Carried(request.access)
    cards: list[tuple[Any, ...]] = [(line.action, line, line.action in carried) for line in lines if not line.whole]
    cards += [(action, None, action in carried) for action in undated]
    columns = [(status, [card for card in cards if card[0].status == status]) for status in BOARD]
    board = [(status, column[:CARDS], max(len(column) - CARDS, 0)) for status, column in columns]
    return may(carried) | {"board": board, "columns": BOARD}
