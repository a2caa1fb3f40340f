"""The action plan for programs: actions, what waits for what, who shares, agreed dates."""

from concorda.foundation.process.resources import Offer, Resource, Verb
from concorda.implement.action_plans import views
from concorda.implement.action_plans.forms import BaselineForm, MoveForm, NoteForm, ShareForm, StatusForm, WaitForm
from concorda.implement.action_plans.models import Action, ActionShare, Baseline, Dependency, OwnNote

OFFER = Offer(
    resources=(
        Resource(
            "actions",
            Action,
            ("title", "kind", "notes", "goal", "group", "indicator", "meeting", "accountable", "starts_on", "due",
             "baseline_due", "moved_because", "status", "stuck_because", "evidence", "done_on", "created_at"),
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
        Resource("dependencies", Dependency, ("before", "after", "kind", "lag"), remove=Verb(views.wait_remove)),
        Resource("shares", ActionShare, ("action", "participant", "part"), remove=Verb(views.share_remove)),
        Resource("baselines", Baseline, ("taken_on", "finish", "because")),
        Resource("own-notes", OwnNote, ("action", "organization", "text")),
    ),
    verbs={
        "baseline": Verb(views.baseline, BaselineForm),
        "mark-done": Verb(views.action_list, takes={"pick": list}),
    },
    documents={"export.csv": views.export},
)  # fmt: skip
