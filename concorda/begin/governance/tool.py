from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concorda.begin.governance import disputing, handing_over, queries, services, subjects
from concorda.begin.governance.models import Body, Decision, Dispute, Rule, Seat
from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day
from concorda.foundation.partnerships.access import Ability, Access
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.process.stages import Progress, State, Step, Tool, Waiting

NOUNS = {
    Body.Kind.COUNCIL: gettext_lazy("A steering table"),
    Body.Kind.EXECUTIVE: gettext_lazy("An executive"),
    Body.Kind.WORKING: gettext_lazy("A working group"),
    Body.Kind.ADVISORY: gettext_lazy("An advisory group"),
    Body.Kind.SECRETARIAT: gettext_lazy("A secretariat"),
}
OFTEN = {
    "weekly": gettext_lazy("meets weekly"),
    "monthly": gettext_lazy("meets monthly"),
    "bimonthly": gettext_lazy("meets every two months"),
    "quarterly": gettext_lazy("meets every quarter"),
    "yearly": gettext_lazy("meets once a year"),
    "needed": gettext_lazy("meets when it is needed"),
    "": gettext_lazy("meets"),
}
HOW = {
    Rule.Method.CONSENT: gettext_lazy("decides by consent"),
    Rule.Method.CONSENSUS: gettext_lazy("decides by consensus"),
    Rule.Method.MAJORITY: gettext_lazy("decides by majority"),
    Rule.Method.SUPERMAJORITY: gettext_lazy("decides by super-majority"),
    Rule.Method.UNANIMITY: gettext_lazy("decides unanimously"),
    Rule.Method.DELEGATED: gettext_lazy("leaves decisions to its chair"),
}


def progress(partnership: Partnership) -> Progress:
    """Which body steers, how often it meets and how it decides; in place when every seat and every class is filled."""
    bodies = queries.bodies(partnership)
    steering = queries.main_body(bodies)
    if steering is None:
        return unformed(partnership)
    seats = [seat for body in bodies for seat in body.seats.all()]
    rules = queries.rules(partnership)
    vacant, gaps = queries.vacancies(seats), queries.gaps(rules)
    in_place = seats and not vacant and not gaps
    return Progress(
        State.DONE if in_place else State.HALF,
        sentence(steering, rules),
        step=next_step(partnership, steering, vacant, gaps),
    )


def unformed(partnership: Partnership) -> Progress:
    said = queries.how_many_said(partnership)
    step = Step(_("Form the body that steers"), reverse("governance:body_new", args=[partnership.slug]))
    if not said:
        first = Step(_("Say how you work"), reverse("governance:styles", args=[partnership.slug]))
        return Progress(State.NONE, _("Nothing says yet who decides."), step=first)
    text = ngettext(
        "%(count)s partner has said how it works; no body decides yet.",
        "%(count)s partners have said how they work; no body decides yet.",
        said,
    )
    return Progress(State.HALF, text % {"count": said}, step=step)


def sentence(steering: Body, rules: Sequence[Rule]) -> str:
    """For example "A steering table of 7 meets monthly and decides by consent."."""
    own = [rule for rule in rules if rule.body_id == steering.pk]
    facts = {
        "body": NOUNS[Body.Kind(steering.kind)],
        "count": len(steering.seats.all()),
        "often": OFTEN.get(steering.meets, OFTEN[""]),
    }
    if not own:
        return _("%(body)s of %(count)s %(often)s; how it decides is not written down.") % facts
    how = HOW[Rule.Method(own[0].method)]
    return _("%(body)s of %(count)s %(often)s and %(how)s.") % (facts | {"how": how})


def next_step(partnership: Partnership, steering: Body, vacant: Sequence[Seat], gaps: Sequence[Rule.Matter]) -> Step:
    seats = steering.seats.all()
    page = reverse("governance:body_detail", args=[partnership.slug, steering.pk])
    if not seats:
        return Step(_("Give each partner a seat"), page)
    if gaps:
        address = reverse("governance:rule_new", args=[partnership.slug])
        return Step(_("Say how to decide: %(matter)s") % {"matter": gaps[0].label}, f"{address}?matter={gaps[0]}")
    if vacant:
        name = vacant[0].partner.organization.short
        return Step(_("Fill the seat of %(organization)s") % {"organization": name}, page)
    if not any(seat.chairs for seat in seats):
        return Step(_("Name who chairs"), page)
    if sum(seat.chairs for seat in seats) == 1:
        return Step(_("Name a second co-chair"), page)
    return Step(_("Read the terms of reference"), reverse("governance:terms", args=[partnership.slug]))


def waiting(access: Access) -> Iterator[Waiting]:
    """Decisions that wait for a reply, an answer or the count; seats to fill before they stand empty."""
    asked = queries.open_decisions(access.partnership).exclude(subject__in=subjects.told_elsewhere())
    objection = _("Answer %(organization)s’s objection: %(title)s")
    yield from queries.waiting_on(access, asked, lambda _decision: objection)
    if access.steers:
        for draft in Decision.objects.filter(status=Decision.Status.DRAFT):
            url = reverse("governance:decision_detail", args=[access.partnership.slug, draft.pk])
            yield Waiting(_("Open replies to “%(title)s”") % {"title": draft.title}, url, icon="comment")
    yield from to_read(access)
    yield from to_look_at_again(access)
    yield from seats_to_fill(access)
    yield from disagreements(access)
    for one in queries.to_take_over(access):
        label = _("Take over your seat: %(body)s") % {"body": one.seat.body.name}
        yield Waiting(label, one.get_absolute_url(), icon="people")
    day = queries.arrangement(access.partnership).review_on
    if access.steers and day and day <= clock.today() + SOON:
        url = reverse("governance:terms", args=[access.partnership.slug])
        label = _("Look at your governance again")
        yield Waiting(label, url, due=day, late=day < clock.today(), icon="calendar")


def disagreements(access: Access) -> Iterator[Waiting]:
    """Open disagreements, for who speaks for an organization concerned and for who coordinates."""
    if not access.can(Ability.AGREE, stage="begin", tool="governance") and not access.steers:
        return
    for one in disputing.visible(access).filter(status=Dispute.Status.OPEN):
        label = _("Settle a disagreement: %(title)s") % {"title": one.title}
        yield Waiting(
            label,
            one.get_absolute_url(),
            due=one.due,
            late=one.due is not None and one.due < clock.today(),
            icon="flag",
        )


def to_read(access: Access) -> Iterator[Waiting]:
    for notice in queries.unread(access):
        label = _("Read what was decided: %(title)s") % {"title": notice.decision.title}
        yield Waiting(label, notice.decision.get_absolute_url(), icon="bell")


SOON = timedelta(days=14)
"""How long before its day a decision comes up to be looked at again."""


def to_look_at_again(access: Access) -> Iterator[Waiting]:
    """Decisions whose day has come, for who proposed them and who coordinates."""
    for one, day in queries.due_again(access.partnership, clock.today() + SOON):
        if access.steers or one.proposed_by_id == access.participant.pk:
            url = reverse("governance:decision_detail", args=[access.partnership.slug, one.pk])
            label = _("Look at a decision again: %(title)s") % {"title": one.title}
            yield Waiting(label, url, due=day, late=day < clock.today(), icon="calendar")


def seats_to_fill(access: Access) -> Iterator[Waiting]:
    if access.organization is None:
        return
    own = [one for one in queries.seats() if one.partner.organization_id == access.organization.pk]
    if not own or not queries.may_name(access, own[0]):
        return
    for seat in own:
        url = reverse("governance:seat_people", args=[access.partnership.slug, seat.pk])
        facts = {"organization": access.organization.short, "body": seat.body.name}
        if seat.vacant or (seat.holder and seat.holder.left_on):
            yield Waiting(_("Name who sits for %(organization)s: %(body)s") % facts, url, icon="people")
    for seat in queries.ending(own):
        assert seat.term_ends
        url = reverse("governance:seat_people", args=[access.partnership.slug, seat.pk])
        label = _("A term ends %(day)s: %(body)s") % {"day": say_day(seat.term_ends), "body": seat.body.name}
        yield Waiting(label, url, due=seat.term_ends, icon="calendar")


def by_the_clock(partnership: Partnership) -> None:
    """Count what is due, and let alternates follow holders who left."""
    services.close_due(partnership)
    handing_over.replace_who_left(partnership)


TOOL = Tool(
    key="governance",
    title=gettext_lazy("Governance"),
    question=gettext_lazy("Who decides what, and how?"),
    progress=progress,
    waiting=waiting,
    by_the_clock=by_the_clock,
    searchable=(lambda _access: Decision.objects.all(),),
)
