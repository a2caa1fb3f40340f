from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concorda.connect.motivation import queries
from concorda.connect.motivation.models import Motive, Need
from concorda.foundation.core.text import listed
from concorda.foundation.partnerships.access import Access
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.partnerships.queries import committed
from concorda.foundation.process.stages import Progress, State, Step, Tool, Waiting


def progress(partnership: Partnership) -> Progress:
    """How many partners have said why they are here; before the first of them, how many needs there are."""
    partners, motives = list(committed(partnership)), queries.said_motives(partnership)
    needs = list(queries.live_needs(partnership))
    silent = queries.missing(partners, motives)
    done, total = len(partners) - len(silent), len(partners)
    if not done:
        return unsaid(partnership, len(needs))
    warnings = queries.contrived(needs, motives)
    state = State.CARE if warnings else State.DONE if needs and not silent else State.HALF
    sentence = ngettext(
        "%(done)s of %(total)s partner has said why they are here.",
        "%(done)s of %(total)s partners have said why they are here.",
        total,
    ) % {"done": done, "total": total}
    care = _("the reasons for partnering") if warnings else ""
    return Progress(state, sentence, done, total, next_step(partnership, silent, needs, bool(warnings)), care)


def unsaid(partnership: Partnership, needs: int) -> Progress:
    home = reverse("motivation:home", args=[partnership.slug])
    if not needs:
        first = Step(_("Write down the first need"), reverse("motivation:need_new", args=[partnership.slug]))
        return Progress(State.NONE, _("Nobody has said yet what is needed, or why they are here."), step=first)
    sentence = ngettext(
        "%(count)s need is written down; nobody has said why they are here.",
        "%(count)s needs are written down; nobody has said why they are here.",
        needs,
    ) % {"count": needs}
    return Progress(State.HALF, sentence, step=Step(_("Say why you are here"), f"{home}#reasons"))


def next_step(partnership: Partnership, silent: list, needs: list[Need], contrived: bool) -> Step:
    home = reverse("motivation:home", args=[partnership.slug])
    if contrived:
        return Step(_("Look at what gives the partnership its reason"), home)
    if silent:
        names = listed([organization.short for organization in silent[:3]])
        return Step(_("Ask %(names)s") % {"names": names}, f"{home}#reasons")
    if not needs:
        return Step(_("Write down the first need"), reverse("motivation:need_new", args=[partnership.slug]))
    return Step(_("Read what each hopes for"), f"{home}#reasons")


def waiting(access: Access) -> Iterator[Waiting]:
    """Who speaks for a partner is asked why it is here, until it has said so to the others."""
    if not queries.speaks(access):
        return
    if Motive.objects.filter(organization=access.organization, shared=True).exists():
        return
    assert access.organization is not None
    yield Waiting(
        label=_("Say why %(organization)s is here") % {"organization": access.organization.short},
        url=reverse("motivation:reasons", args=[access.partnership.slug]),
        detail=_("The others see it once you share it."),
        icon="comment",
    )


TOOL = Tool(
    key="motivation",
    title=gettext_lazy("Motivation & needs"),
    question=gettext_lazy("Why are we here, and what is needed?"),
    progress=progress,
    waiting=waiting,
    searchable=(lambda _access: Need.objects.all(),),
)
