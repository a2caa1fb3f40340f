from collections.abc import Iterator

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concorda.connect.capacity import queries
from concorda.connect.capacity.models import Item
from concorda.connect.motivation.models import Need
from concorda.foundation.core import clock
from concorda.foundation.core.text import listed
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.access import Access
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.partnerships.queries import committed
from concorda.foundation.process.models import Element
from concorda.foundation.process.stages import Progress, State, Step, Tool, Waiting


def progress(partnership: Partnership) -> Progress:
    """How many partners have shared an offer; what is private counts for nobody."""
    partners, items = list(committed(partnership)), queries.shared_items(partnership)
    silent = queries.missing([partner.organization for partner in partners], items)
    done, total = len(partners) - len(silent), len(partners)
    gaps = queries.gaps(queries.matrix(partnership, items))
    return Progress(
        State.NONE if not done else State.DONE if not silent else State.HALF,
        sentence(done, total),
        done,
        total,
        next_step(partnership, silent, gaps),
    )


def sentence(done: int, total: int) -> str:
    if done == total > 1:
        return _("All %(total)s partners have listed what they can offer.") % {"total": total}
    return ngettext(
        "%(done)s of %(total)s partner has listed what they can offer.",
        "%(done)s of %(total)s partners have listed what they can offer.",
        total,
    ) % {"done": done, "total": total}


def next_step(partnership: Partnership, silent: list[Organization], gaps: list[Need]) -> Step:
    home = reverse("capacity:home", args=[partnership.slug])
    if silent:
        names = listed([organization.short for organization in silent[:3]])
        return Step(_("Ask %(names)s what they can offer") % {"names": names}, f"{home}#offers")
    review = Element.objects.filter(tool="capacity", review_on__gt=clock.today()).values_list("review_on", flat=True)
    if review:
        return Step(_("Check it again in %(month)s") % {"month": date_format(review[0], "F")}, f"{home}#review")
    if gaps:
        label = ngettext("See the need nobody covers", "See the %(count)s needs nobody covers", len(gaps))
        return Step(label % {"count": len(gaps)}, f"{home}#matrix")
    return Step(_("Choose when to look at it again"), f"{home}#review")


def waiting(access: Access) -> Iterator[Waiting]:
    """Who speaks for a partner is asked for its offers until one of them is shared."""
    if not queries.speaks(access):
        return
    offers = Item.objects.filter(organization=access.organization, direction=Item.Direction.OFFER)
    if offers.filter(shared=True).exists():
        return
    assert access.organization is not None
    yield Waiting(
        label=_("List what %(organization)s can offer") % {"organization": access.organization.short},
        url=reverse("capacity:item_new", args=[access.partnership.slug]),
        detail=_("It stays inside your organization until you share it."),
        icon="edit-list",
    )


TOOL = Tool(
    key="capacity",
    title=gettext_lazy("Capacity"),
    question=gettext_lazy("What can each of us bring, and what is missing?"),
    progress=progress,
    waiting=waiting,
)
