from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concorda.foundation.core import clock
from concorda.foundation.core.text import listed
from concorda.foundation.partnerships.access import Access
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.process.stages import Progress, State, Step, Tool, Waiting
from concorda.implement.working_groups import queries, rights
from concorda.implement.working_groups.models import Group, Meeting
from concorda.implement.working_groups.queries import Standing


def standing_sentence(found: Sequence[Standing]) -> tuple[str, str]:
    """How many groups meet, and which need somebody: "5 groups meet." "Pre-arrival has no chair."."""
    if not found:
        return _("There are no working groups yet."), ""
    meet = sum(not one.quiet for one in found)
    first = ngettext("%(count)s group meets.", "%(count)s groups meet.", meet) % {"count": meet}
    return (first if meet else _("No group meets at the moment.")), " ".join(concerns(found))


def concerns(found: Sequence[Standing]) -> Iterable[str]:
    quiet = [one.group.name for one in found if one.quiet]
    empty = [one.group.name for one in found if one.group.chair_id is None]
    if quiet:
        yield ngettext("%(names)s has gone quiet.", "%(names)s have gone quiet.", len(quiet)) % {"names": listed(quiet)}
    if empty:
        yield ngettext("%(names)s has no chair.", "%(names)s have no chair.", len(empty)) % {"names": listed(empty)}


def progress(partnership: Partnership) -> Progress:
    found = queries.standings(partnership)
    sentence = " ".join(part for part in standing_sentence(found) if part)
    if not found:
        return Progress(
            State.NONE,
            sentence,
            step=Step(_("Open the first working group"), reverse("working_groups:group_new", args=[partnership.slug])),
        )
    healthy = sum(one.healthy for one in found)
    quiet = [one.group.name for one in found if one.quiet]
    state = State.CARE if quiet else State.DONE if healthy == len(found) else State.HALF
    care = _("the group %(names)s") % {"names": listed(quiet)} if quiet else ""
    return Progress(state, sentence, done=healthy, total=len(found), step=next_step(partnership, found), care=care)


def next_step(partnership: Partnership, found: Sequence[Standing]) -> Step:
    def step(label: str, one: Standing) -> Step:
        return Step(
            label % {"group": one.group.name},
            reverse("working_groups:group_detail", args=[partnership.slug, one.group.pk]),
        )

    for one in found:
        if one.group.chair_id is None:
            return step(_("Name a chair for %(group)s"), one)
    for one in found:
        if one.quiet:
            return step(_("Ask %(group)s how it goes on"), one)
    for one in found:
        if one.next is None:
            return step(_("Plan the next meeting of %(group)s"), one)
    soonest = min(found, key=lambda one: one.next.starts_at if one.next else clock.now())
    return step(_("Prepare the next meeting of %(group)s"), soonest)


def waiting(access: Access) -> Iterable[Waiting]:
    """For chairs: minutes to finish and meetings to plan; for those who steer: groups without a chair."""
    steers = rights.steers(access)
    mine = [
        group
        for group in queries.active(access.partnership)
        if group.chair_id == access.participant.pk or (steers and group.chair_id is None)
    ]
    if not mine:
        return
    for one in queries.standings(access.partnership, mine):
        yield from waiting_for_group(access, one)
    yield from unfinished_minutes(access, [group.pk for group in mine])


def waiting_for_group(access: Access, one: Standing) -> Iterable[Waiting]:
    name = {"group": one.group.name}
    if one.group.chair_id is None:
        url = reverse("working_groups:group_edit", args=[access.partnership.slug, one.group.pk])
        yield Waiting(str(_("Name a chair for %(group)s") % name), url, icon="people")
    elif one.next is None:
        url = reverse("working_groups:meeting_new", args=[access.partnership.slug, one.group.pk])
        since = one.last.starts_at.date() if one.last else one.group.starts_on
        due = since + timedelta(days=one.group.every_days)
        yield Waiting(
            str(_("Plan the next meeting of %(group)s") % name), url, due=due, late=due < clock.today(), icon="calendar"
        )


def unfinished_minutes(access: Access, groups: Sequence[int]) -> Iterable[Waiting]:
    since = clock.now() - timedelta(days=60)
    found = Meeting.objects.filter(
        group__in=groups, cancelled=False, finished_at=None, starts_at__range=(since, clock.now())
    )
    for meeting in found.select_related("group"):
        url = reverse("working_groups:minutes", args=[access.partnership.slug, meeting.pk])
        yield Waiting(str(_("Finish the minutes: %(meeting)s") % {"meeting": meeting}), url, icon="pen")


TOOL = Tool(
    key="working_groups",
    title=gettext_lazy("Working groups"),
    question=gettext_lazy("Who works on what, and when do they meet?"),
    progress=progress,
    waiting=waiting,
    searchable=(lambda _access: Group.objects.all(), lambda _access: Meeting.objects.all()),
)
