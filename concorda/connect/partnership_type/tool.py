from collections.abc import Iterator

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concorda.connect.partnership_type import queries
from concorda.connect.partnership_type.models import TypeDecision
from concorda.foundation.core import clock
from concorda.foundation.core.text import listed
from concorda.foundation.partnerships.access import Access
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.process.stages import Progress, State, Step, Tool, Waiting


def progress(partnership: Partnership) -> Progress:
    """The type that was chosen, else how many partners have said what they need and what is feasible."""
    whole = next((one for one in queries.decisions_in_force(partnership) if not one.activity), None)
    return decided(partnership, whole) if whole else undecided(partnership)


def decided(partnership: Partnership, decision: TypeDecision) -> Progress:
    home = reverse("partnership_type:home", args=[partnership.slug])
    facts = {"name": decision.name, "short": decision.in_short.rstrip(".")}
    sentence = _("You chose %(name)s: %(short)s.") % facts if facts["short"] else _("You chose: %(name)s.") % facts
    if decision.review_on and decision.review_on <= clock.today():
        late = Step(_("Look at the type again"), home)
        return Progress(State.CARE, sentence, step=late, care=_("the partnership type, due for a review"))
    return Progress(State.DONE, sentence, step=review_step(decision, home))


def review_step(decision: TypeDecision, home: str) -> Step:
    if decision.review_on is None:
        return Step(_("Read why you chose it"), home)
    pattern = "F" if decision.review_on.year == clock.today().year else "F Y"
    return Step(_("Review in %(month)s") % {"month": date_format(decision.review_on, pattern)}, home)


def undecided(partnership: Partnership) -> Progress:
    sheets = queries.sheets(partnership)
    silent = [sheet.organization.short for sheet in sheets if not sheet.complete]
    done, total = len(sheets) - len(silent), len(sheets)
    home = reverse("partnership_type:home", args=[partnership.slug])
    sentence = ngettext(
        "%(done)s of %(total)s partner has said what it needs and what is feasible.",
        "%(done)s of %(total)s partners have said what they need and what is feasible.",
        total,
    ) % {"done": done, "total": total}
    step = (
        Step(_("Ask %(names)s") % {"names": listed(silent[:3])}, home) if silent else Step(_("Decide the type"), home)
    )
    return Progress(State.HALF if done else State.NONE, sentence, done, total, step)


def waiting(access: Access) -> Iterator[Waiting]:
    """Who speaks for a partner is asked for its answers, as long as no type is decided."""
    if not queries.speaks(access) or any(not one.activity for one in queries.decisions_in_force(access.partnership)):
        return
    if queries.has_answered(access):
        return
    assert access.organization is not None
    yield Waiting(
        label=_("Say what %(organization)s needs and what is feasible") % {"organization": access.organization.short},
        url=reverse("partnership_type:answer", args=[access.partnership.slug]),
        icon="edit-list",
    )


TOOL = Tool(
    key="partnership_type",
    title=gettext_lazy("Partnership type"),
    question=gettext_lazy("How closely do we want to work together?"),
    progress=progress,
    waiting=waiting,
)
