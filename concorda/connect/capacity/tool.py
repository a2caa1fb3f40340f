from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.process.stages import Progress, State, Tool


def progress(partnership: Partnership) -> Progress:
    return Progress(State.NONE, _("This part is not built yet."))


TOOL = Tool(
    key="capacity",
    title=gettext_lazy("Capacity"),
    question=gettext_lazy("What can each of us bring, and what is missing?"),
    progress=progress,
)
