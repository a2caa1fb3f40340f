"""The terms of reference: the same sections on the page and as PDF, written from the records."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from concorda.begin.governance import describing, disputing, drawing, queries
from concorda.begin.governance.models import Body, Decision, Rule, WorkingAgreement
from concorda.foundation.core import clock
from concorda.foundation.core.documents import compile_pdf
from concorda.foundation.core.moments import say_day
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.partnerships.queries import committed

TEMPLATE = Path(__file__).with_name("reference.typ")


@dataclass(frozen=True)
class Part:
    """A paragraph, a list or a table under one sub-heading; `voice` marks the partners' own words."""

    heading: str = ""
    text: str = ""
    voice: str = ""
    items: Sequence[str] = ()
    heads: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Section:
    key: str
    heading: str
    parts: Sequence[Part] = field(default_factory=list)
    missing: str = ""
    """What is not written down yet, where the section would be empty."""


def sections(here: Partnership, bodies: Sequence[Body], *, inside: bool) -> list[Section]:
    """All sections in order. Without `inside`, for observers, no person is named."""
    arrangement = queries.arrangement(here)
    form = [Part(text=f"{arrangement.get_form_display()}.", voice=arrangement.because)] if arrangement.form else []
    return [
        words("purpose", _("Purpose"), here.purpose),
        words("scope", _("What we do, and what we do not"), arrangement.scope),
        Section("members", _("The partners"), [Part(items=[str(one.organization.name) for one in committed(here)])]),
        words("joining", _("Joining and leaving"), arrangement.membership),
        Section("form", _("Form of governance"), form, "" if form else _("Not written down yet.")),
        Section("bodies", _("Bodies and seats"), [*bodies_parts(bodies, inside=inside)]),
        Section("decisions", _("How decisions are taken"), [*rules_parts(here)]),
        Section("delegations", _("What may be decided without asking"), [*delegation_parts(here, inside=inside)]),
        Section("conflicts", _("Conflicts of interest"), [*interest_parts(here, inside=inside)]),
        ladder_section(here),
        words("confidentiality", _("What stays among us"), arrangement.confidentiality),
        words("speaking", _("Who speaks for the partnership"), arrangement.speaking),
        Section("work", _("How we work together"), [*agreements_parts(here)] if inside else []),
        Section("changes", _("Looking again, and changes"), [*change_parts(here)]),
    ]


def words(key: str, heading: str, text: str) -> Section:
    return Section(key, heading, [Part(voice=text)] if text else [], "" if text else _("Not written down yet."))


def bodies_parts(bodies: Sequence[Body], *, inside: bool) -> Iterator[Part]:
    if not bodies:
        yield Part(text=_("No body has been formed yet."))
    for body in bodies:
        kind = str(body.get_kind_display())
        often = _("%(kind)s, meets %(often)s.") % {"kind": kind, "often": body.get_meets_display()}
        heads = [_("Organization"), *([_("Sits there"), _("Alternate")] if inside else []), _("Role"), _("Term ends")]
        rows = [seat_row(seat, inside=inside) for seat in body.seats.all()]
        yield Part(body.name, often if body.meets else f"{kind}.", body.purpose, heads=heads if rows else (), rows=rows)
    yield Part(
        text=_(
            "A seat belongs to an organization, which names who sits there and an alternate. The alternate replies "
            "only while the holder is noted as away; when the holder leaves, the alternate takes the seat over. A term "
            "that ends is announced two months before; who sits there goes on until the organization names again."
        )
    )


def seat_row(seat: Any, *, inside: bool) -> list[str]:
    people = [_("vacant") if seat.vacant else str(seat.holder or ""), str(seat.alternate or "")] if inside else []
    role = seat.role or (_("Chair") if seat.chairs else "")
    return [seat.partner.organization.name, *people, role, say_day(seat.term_ends) if seat.term_ends else ""]


def rules_parts(here: Partnership) -> Iterator[Part]:
    found = queries.rules(here)
    for rule in found:
        said = " ".join([_("Decided by: %(body)s.") % {"body": rule.body.name}, *describing.rule(rule)])
        yield Part(f"{rule.get_matter_display()}: {rule.get_method_display()}", said)
    gaps = [str(matter.label) for matter in queries.gaps(found)]
    if gaps:
        yield Part(text=_("No rule yet for: %(matters)s.") % {"matters": ", ".join(gaps)})
    yield Part(
        text=_("A rule in force changes only by a decision under the rule for changing these rules.")
        if queries.rules_are_fixed(here)
        else _("Once a first decision is taken, a rule changes only by a decision.")
    )
    yield Part(text=_("What was decided is never altered; a later decision can replace it."))


def delegation_parts(here: Partnership, *, inside: bool) -> Iterator[Part]:
    found = queries.delegations(here)
    if not found:
        yield Part(text=_("Nothing: every decision goes to the body that decides on its kind."))
    rows = [[one.to if inside or one.body_id else _("One person"), one.what, describing.limits(one)] for one in found]
    if rows:
        yield Part(heads=[_("Who"), _("What for"), _("Up to where")], rows=rows)


def interest_parts(here: Partnership, *, inside: bool) -> Iterator[Part]:
    yield Part(
        text=_(
            "Whoever has an interest of their own in a decision says so before it is taken. Their organization then "
            "keeps out of it, and its seat does not count toward the quorum."
        )
    )
    rows = [[one.partner.organization.name, one.text] for one in queries.interests(here)] if inside else []
    if rows:
        yield Part(_("On record"), heads=[_("Organization"), _("Interest")], rows=rows)


def ladder_section(here: Partnership) -> Section:
    steps = [describing.ladder_step(one) for one in disputing.ladder(here)]
    missing = "" if steps else _("Not written down yet.")
    return Section("disputes", _("What we do when we disagree"), [Part(items=steps)] if steps else [], missing)


def agreements_parts(here: Partnership) -> Iterator[Part]:
    for one in WorkingAgreement.objects.filter(partnership=here):
        yield Part(voice=one.text)


def change_parts(here: Partnership) -> Iterator[Part]:
    day = queries.arrangement(here).review_on
    if day:
        yield Part(text=_("We look at our governance again on %(day)s.") % {"day": say_day(day)})
    replaced = Rule.objects.filter(partnership=here, in_force=True, replaces__isnull=False)
    decided = Decision.objects.filter(subject="governance.rule", outcome=Decision.Outcome.ADOPTED)
    rows = [
        [say_day(one.decided_at.date()) if one.decided_at else "", one.title]
        for one in decided.filter(subject_id__in=replaced.values("pk")).order_by("decided_at")
    ]
    if rows:
        yield Part(_("Rules changed by a decision"), heads=[_("Day"), _("Decision")], rows=rows)
    elif not day:
        yield Part(text=_("No rule was changed so far."))


def pdf(here: Partnership, *, inside: bool) -> bytes:
    """The terms of reference as a tagged PDF/UA-1 in the reader's language."""
    bodies = queries.bodies(here)
    found = [one for one in sections(here, bodies, inside=inside) if one.parts or one.missing]
    picture = drawing.tree(bodies) if bodies else None
    data = {
        "title": _("Terms of reference"),
        "partnership": here.name,
        "language": (translation.get_language() or "en")[:2],
        "state": _("As recorded on %(day)s.") % {"day": say_day(clock.today())},
        "sections": [asdict(one) for one in found],
        "picture": picture and drawing.printed(picture),
        "says": describing.tree_description(bodies),
    }
    return compile_pdf(TEMPLATE, data, at=clock.now())
