"""Growth for programs: the direction, whether it would last, who comes and goes."""

from concorda.foundation.process.resources import Offer, Resource, Verb
from concorda.monitor.growth import views
from concorda.monitor.growth.forms import PassageForm, TrajectoryForm
from concorda.monitor.growth.models import LastingAnswer, Passage, Trajectory

OFFER = Offer(
    resources=(
        Resource(
            "directions",
            Trajectory,
            ("path", "reasons", "chosen_on", "by"),
            create=Verb(views.direction, TrajectoryForm),
        ),
        Resource("lasting", LastingAnswer, ("organization", "question", "value", "shared", "answered_at")),
        Resource(
            "passages",
            Passage,
            ("partner", "kind", "notice_on", "ends_on", "settled", "closed_on"),
            create=Verb(views.begin, PassageForm),
            verbs={"settle": Verb(views.passage, takes={"step": list, "close": bool})},
        ),
    ),
    verbs={"rate": Verb(views.rate, more=True)},
)
