from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concorda.foundation.core import clock
from concorda.foundation.partnerships.access import Ability, Access
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.process.stages import Progress, State, Step, Tool, Waiting
from concorda.monitor.growth.models import Passage, Trajectory
from concorda.monitor.growth.queries import open_needs


def progress(partnership: Partnership) -> Progress:
    """In place once a direction is chosen and nobody is on the doorstep."""
    passages = list(Passage.objects.filter(closed_on=None).select_related("partner__organization"))
    direction = Trajectory.objects.first()
    if passages:
        return on_the_doorstep(partnership, passages)
    if direction:
        sentence = _("You chose: %(path)s.") % {"path": direction.get_path_display()}
        return Progress(State.DONE, sentence, step=next_partner(partnership))
    needs = len(open_needs(partnership))
    if not needs:
        step = Step(_("Choose a direction"), reverse("growth:direction", args=[partnership.slug]))
        return Progress(State.NONE, _("No direction chosen yet."), step=step)
    sentence = ngettext(
        "%(count)s need is still open; a next partner could help.",
        "%(count)s needs are still open; a next partner could help.",
        needs,
    )
    return Progress(State.NONE, sentence % {"count": needs}, step=next_partner(partnership))


def on_the_doorstep(partnership: Partnership, passages: list[Passage]) -> Progress:
    count = len(passages)
    sentence = ngettext(
        "%(count)s organization is joining or leaving.", "%(count)s organizations are joining or leaving.", count
    )
    label = _("Settle it with %(who)s") % {"who": passages[0].partner.organization.short}
    step = Step(label, reverse("growth:passage_detail", args=[partnership.slug, passages[0].pk]))
    return Progress(State.HALF, sentence % {"count": count}, step=step)


def next_partner(partnership: Partnership) -> Step:
    return Step(_("See what is still missing"), reverse("growth:home", args=[partnership.slug]) + "#missing")


def waiting(access: Access) -> Iterator[Waiting]:
    """Those who steer see passages whose day has come."""
    if not access.can(Ability.STEER, stage="monitor", tool="growth"):
        return
    due = Passage.objects.filter(closed_on=None).exclude(ends_on=None).select_related("partner__organization")
    for passage in due:
        label = _("Settle it with %(who)s") % {"who": passage.partner.organization.short}
        url = reverse("growth:passage_detail", args=[access.partnership.slug, passage.pk])
        yield Waiting(label, url, due=passage.ends_on, late=passage.ends_on < clock.today(), icon="org")


TOOL = Tool(
    key="growth",
    title=gettext_lazy("Growth"),
    question=gettext_lazy("Where are we heading, and with whom?"),
    progress=progress,
    waiting=waiting,
)
