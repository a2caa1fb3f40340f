"""The pages of the plan: one action, the timeline, the table, trials, work, files."""

from concorda.implement.action_plans.views.actions import (
    Actions,
    baseline,
    keep,
    move,
    note,
    share,
    share_remove,
    status,
    wait,
    wait_remove,
)
from concorda.implement.action_plans.views.files import arrive, calendar_file, leave_csv, leave_project, leave_xlsx
from concorda.implement.action_plans.views.timeline import home
from concorda.implement.action_plans.views.together import action_list, together, undo
from concorda.implement.action_plans.views.trial import what_if, what_moved
from concorda.implement.action_plans.views.work import hand_over, hand_overs, offer, send_back, take_over, workload

__all__ = [
    "Actions",
    "action_list",
    "arrive",
    "baseline",
    "calendar_file",
    "hand_over",
    "hand_overs",
    "home",
    "keep",
    "leave_csv",
    "leave_project",
    "leave_xlsx",
    "move",
    "note",
    "offer",
    "send_back",
    "share",
    "share_remove",
    "status",
    "take_over",
    "together",
    "undo",
    "wait",
    "wait_remove",
    "what_if",
    "what_moved",
    "workload",
]
