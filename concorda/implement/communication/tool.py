from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day
from concorda.foundation.partnerships.access import Access
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.process.stages import Progress, State, Step, Tool, Waiting
from concorda.implement.communication import queries
from concorda.implement.communication.models import PlanItem
from concorda.implement.communication.tasks import by_the_clock


def progress(partnership: Partnership) -> Progress:
    """The latest announcement to everyone and how many opened it; the plan says what comes next."""
    reached = queries.last_to_all(partnership)
    planned = queries.next_planned(partnership)
    step = next_step(partnership, planned)
    if reached is None and planned is None:
        return Progress(State.NONE, _("Nothing has been announced, and there is no communication plan."), step=step)
    if reached is None:
        return Progress(State.HALF, _("There is a communication plan. Nothing has been announced yet."), step=step)
    facts = {"seen": reached.seen, "people": reached.people, "title": reached.announcement.title}
    sentence = ngettext(
        "%(seen)s of %(people)s person opened “%(title)s”.",
        "%(seen)s of %(people)s people opened “%(title)s”.",
        reached.people,
    )
    late = planned is not None and planned.late
    state = State.CARE if late else State.DONE if planned else State.HALF
    care = _("what the communication plan promised") if late else ""
    return Progress(state, sentence % facts, done=reached.seen, total=reached.people, step=step, care=care)


def next_step(partnership: Partnership, planned: PlanItem | None) -> Step:
    if planned is None or planned.next_on is None:
        return Step(_("Plan who hears what"), reverse("communication:planitem_list", args=[partnership.slug]))
    label = _("Send “%(what)s” by %(day)s") % {
        "what": planned.title,
        "day": say_day(planned.next_on, today=clock.today()),
    }
    return Step(label, reverse("communication:planitem_list", args=[partnership.slug]))


def waiting(access: Access) -> Iterable[Waiting]:
    """What this person has to confirm, and what they promised to send soon."""
    for announcement in queries.to_confirm(access):
        label, day = _("Read and confirm “%(title)s”") % {"title": announcement.title}, announcement.confirm_by
        yield Waiting(
            label, announcement.get_absolute_url(), due=day, late=bool(day and day < clock.today()), icon="mail"
        )
    for notice in queries.unread_mentions(access):
        label = _("%(name)s mentions you in “%(title)s”") % {
            "name": str(notice.reply.author if notice.reply else notice.topic.started_by),
            "title": notice.topic.title,
        }
        yield Waiting(label, notice.topic.get_absolute_url(), icon="comment")
    plan_url = reverse("communication:planitem_list", args=[access.partnership.slug])
    for item in queries.to_approve(access):
        label = _("Approve “%(what)s”, so that it can go out") % {"what": item.title}
        yield Waiting(label, plan_url, due=item.next_on, late=item.late, icon="mail")
    if queries.steers(access):
        refusing = len(queries.dead_addresses(access.partnership))
        if refusing:
            words = ngettext(
                "Find a new address for %(count)s person whose letters do not arrive",
                "Find a new address for %(count)s people whose letters do not arrive",
                refusing,
            )
            people_url = reverse("communication:directory", args=[access.partnership.slug])
            yield Waiting(words % {"count": refusing}, people_url, icon="alert")
    for item in queries.due_for(access):
        label = _("See to “%(what)s” for %(audience)s") % {"what": item.title, "audience": item.audience}
        yield Waiting(label, plan_url, due=item.next_on, late=item.late, icon="comment")


TOOL = Tool(
    key="communication",
    title=gettext_lazy("Communication"),
    question=gettext_lazy("Who hears what, and did it reach them?"),
    progress=progress,
    waiting=waiting,
    by_the_clock=by_the_clock,
    searchable=(queries.visible_to, queries.topics, queries.documents),
)
