from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.process.stages import Progress, State, Tool


def progress(partnership: Partnership) -> Progress:
    return Progress(State.NONE, _("This part is not built yet."))


TOOL = Tool(
    key="partnership_type",
    title=gettext_lazy("Partnership type"),
    question=gettext_lazy("How closely do we want to work together?"),
    progress=progress,
)
