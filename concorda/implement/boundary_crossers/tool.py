from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concorda.foundation.partnerships.access import Ability, Access
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.process.stages import Progress, State, Step, Tool, Waiting
from concorda.implement.boundary_crossers.drawing import only_through
from concorda.implement.boundary_crossers.findings import hanging
from concorda.implement.boundary_crossers.models import Crosser
from concorda.implement.boundary_crossers.traces import web_of
from concorda.implement.boundary_crossers.words import first_name, have_agreed, it_takes_two

HERE = {"stage": "implement", "tool": "boundary_crossers"}


def progress(partnership: Partnership) -> Progress:
    web = web_of(partnership)
    home = reverse("boundary_crossers:home", args=[partnership.slug])
    groups = [group for group, people in web.members.items() if people]
    if len(groups) < 2:
        return too_few(len(web.consented), home)
    cut = hanging(web)
    together = len(groups) - len({one.group.pk for one in cut})
    if not cut:
        sentence = _("Every group reaches the others in more than one way.")
        return Progress(State.DONE, sentence, together, len(groups))
    worst = cut[0]
    named = worst.person.pk in web.consented
    who = first_name(worst.person) if named else _("this person")
    step = Step(_("See what happens without %(name)s") % {"name": who}, home)
    care = _("the bridge to %(group)s") % {"group": worst.group}
    return Progress(State.CARE, only_through(worst, web.consented), together, len(groups), step, care)


def too_few(agreed: int, home: str) -> Progress:
    """A network too small to read; whoever agreed to be a bridge is one all the same."""
    if not agreed:
        return Progress(State.NONE, it_takes_two())
    return Progress(State.HALF, have_agreed(agreed), step=Step(_("See who connects us"), home))


def waiting(access: Access) -> Iterator[Waiting]:
    """Questions to this person that are not answered."""
    if not access.can(Ability.CONTRIBUTE, **HERE):
        return
    open_ = Crosser.objects.filter(participant=access.participant, consented_at=None, declined_at=None)
    for crosser in open_.select_related("first", "second"):
        names = {"first": crosser.first, "second": crosser.second}
        label = _("Say whether you want to be a bridge between %(first)s and %(second)s") % names
        url = reverse("boundary_crossers:crosser", args=[access.partnership.slug, crosser.pk])
        yield Waiting(label, url, str(_("Boundary crossers")), icon="link")


TOOL = Tool(
    key="boundary_crossers",
    title=gettext_lazy("Boundary crossers"),
    question=gettext_lazy("Who connects us, and what if one of them leaves?"),
    progress=progress,
    waiting=waiting,
)
