from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.process.stages import Progress, State, Tool


def progress(partnership: Partnership) -> Progress:
    return Progress(State.NONE, _("This part is not built yet."))


TOOL = Tool(
    key="motivation",
    title=gettext_lazy("Motivation & needs"),
    question=gettext_lazy("Why are we here, and what is needed?"),
    progress=progress,
)
