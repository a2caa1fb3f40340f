from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.process.stages import Progress, State, Tool


def progress(partnership: Partnership) -> Progress:
    return Progress(State.NONE, _("This part is not built yet."))


TOOL = Tool(
    key="future_plans",
    title=gettext_lazy("Future plans"),
    question=gettext_lazy("What did we learn, and what comes next?"),
    progress=progress,
)
