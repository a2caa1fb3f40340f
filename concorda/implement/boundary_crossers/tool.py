from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.process.stages import Progress, State, Tool


def progress(partnership: Partnership) -> Progress:
    return Progress(State.NONE, _("This part is not built yet."))


TOOL = Tool(
    key="boundary_crossers",
    title=gettext_lazy("Boundary crossers"),
    question=gettext_lazy("Who connects us, and what if one of them leaves?"),
    progress=progress,
)
