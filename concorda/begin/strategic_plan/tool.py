from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.process.stages import Progress, State, Tool


def progress(partnership: Partnership) -> Progress:
    return Progress(State.NONE, _("This part is not built yet."))


TOOL = Tool(
    key="strategic_plan",
    title=gettext_lazy("Strategic plan"),
    question=gettext_lazy("Which goals answer our needs, and how will we know?"),
    progress=progress,
)
