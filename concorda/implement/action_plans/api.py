"""The action plan for programs: actions, what waits for what, who shares and hands over, agreed dates, workload."""

from typing import Any

from concorda.foundation.partnerships.access import Access
from concorda.foundation.process.resources import Figures, Offer, Resource, Verb
from concorda.implement.action_plans import queries, views
from concorda.implement.action_plans.forms import (
    ApplyForm,
    ArrivalForm,
    BaselineForm,
    HandOverForm,
    HoursForm,
    MoveForm,
    NoteForm,
    SendBackForm,
    ShareForm,
    StatusForm,
    TogetherForm,
    WaitForm,
)
from concorda.implement.action_plans.models import (
    Action,
    ActionShare,
    Baseline,
    Before,
    Change,
    Dependency,
    OfferedHours,
    OwnNote,
)
from concorda.implement.action_plans.workload import workload_of


def workload(access: Access) -> list[dict[str, Any]]:
    """Hours a week over the next four weeks: of each person, and what they offered."""
    kept = queries.stored(access.partnership)
    shares = ActionShare.objects.filter(part=ActionShare.Part.RESPONSIBLE)
    return [
        {"participant": load.participant.pk, "name": load.participant.person.name, "hours": load.hours,
         "offered": load.offered}
        for load in workload_of(kept, kept.forecast(), shares).loads
    ]  # fmt: skip


def forecast(access: Access) -> dict[str, Any]:
    """The finish as things stand, the one that was agreed, and the days and slack of every action."""
    found = queries.forecast_of(access.partnership)
    rows = [
        {"action": line.action.pk, "starts": line.start.isoformat(), "ends": line.end.isoformat(), "late": line.late,
         "slack": line.slack, "critical": line.critical}
        for line in found.lines
    ]  # fmt: skip
    days = {"finish": found.finish, "agreed": found.planned_finish}
    return {name: day.isoformat() if day else None for name, day in days.items()} | {"actions": rows}


OFFER = Offer(
    resources=(
        Resource(
            "actions",
            Action,
            ("title", "kind", "notes", "goal", "group", "indicator", "meeting", "parent", "accountable", "starts_on",
             "due", "baseline_due", "moved_because", "status", "stuck_because", "evidence", "done_on", "effort",
             "best_days", "worst_days", "cost", "repeats", "repeats_until", "created_at"),
            register=views.Actions,
            asked={"meeting": int},
            verbs={
                "status": Verb(views.status, StatusForm),
                "move": Verb(views.move, MoveForm),
                "keep": views.keep,
                "wait": Verb(views.wait, WaitForm),
                "share": Verb(views.share, ShareForm),
                "note": Verb(views.note, NoteForm),
            },
        ),
        Resource(
            "dependencies",
            Dependency,
            ("before", "after", "kind", "lag", "handed", "handed_on", "taken_on", "sent_back_because"),
            remove=Verb(views.wait_remove),
            verbs={
                "hand-over": Verb(views.hand_over, HandOverForm),
                "take-over": views.take_over,
                "send-back": Verb(views.send_back, SendBackForm),
            },
        ),
        Resource("shares", ActionShare, ("action", "participant", "part", "hours"), remove=Verb(views.share_remove)),
        Resource("baselines", Baseline, ("taken_on", "finish", "because")),
        Resource("offered-hours", OfferedHours, ("participant", "a_week")),
        Resource("changes", Change, ("by", "at", "undone_at"), verbs={"undo": views.undo}),
        Resource("changed-actions", Before, ("change", "action", "made", *Before.FIELDS)),
        Resource("own-notes", OwnNote, ("action", "organization", "text")),
    ),
    verbs={
        "baseline": Verb(views.baseline, BaselineForm),
        "mark-done": Verb(views.action_list, takes={"pick": list}),
        "change-together": Verb(views.together, TogetherForm, takes={"pick": list}),
        "apply-trial": Verb(views.what_if, ApplyForm),
        "offer-hours": Verb(views.offer, HoursForm),
        "import": Verb(views.arrive, ArrivalForm),
    },
    figures={"workload": Figures(workload), "forecast": Figures(forecast)},
    documents={
        "export.csv": views.leave_csv,
        "export.xlsx": views.leave_xlsx,
        "export.xml": views.leave_project,
        "plan.ics": views.calendar_file,
    },
)  # fmt: skip
