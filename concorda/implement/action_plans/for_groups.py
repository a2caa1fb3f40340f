"""What working groups ask of the plan: what was taken on in a meeting, what is late, which hand-overs did not come."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import F
from django.utils.translation import gettext as _

from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day
from concorda.foundation.partnerships.models import Participant, Partnership
from concorda.implement.action_plans import services
from concorda.implement.action_plans.models import Action, Dependency
from concorda.implement.working_groups.models import Meeting
from concorda.implement.working_groups.work import Load, Missed, Task

OPEN = (Action.Status.TO_DO, Action.Status.DOING, Action.Status.STUCK)


class Plan:
    """The plan's answers; see `working_groups.work.Work`."""

    def take_on(self, meeting: Meeting, *, title: str, who: Participant, due: date | None, by: Person) -> None:
        action = Action(
            partnership=meeting.partnership,
            title=title,
            group=meeting.group,
            meeting=meeting,
            accountable=who,
            due=due,
        )
        services.add(action, by=by)

    def taken_on(self, meeting: Meeting) -> Sequence[Task]:
        rows = Action.objects.filter(meeting=meeting).select_related("accountable__person", "partnership")
        return [
            Task(row.title, row.accountable.person.name, row.due, row.done, row.get_absolute_url())
            for row in rows.exclude(status=Action.Status.DROPPED).order_by("pk")
        ]

    def loads(self, partnership: Partnership) -> Mapping[int, Load]:
        rows = Action.objects.filter(partnership=partnership, status__in=OPEN).exclude(group=None)
        opened: Counter[int] = Counter()
        late: Counter[int] = Counter()
        for group, due in rows.order_by().values_list("group", "due"):
            opened[group] += 1
            late[group] += due is not None and due < clock.today()
        return {group: Load(count, late[group]) for group, count in opened.items()}

    def missed(self, partnership: Partnership) -> Sequence[Missed]:
        """What one group waits for from another, due before today and not finished."""
        rows = Dependency.objects.filter(partnership=partnership, before__status__in=OPEN, after__status__in=OPEN)
        late = rows.filter(before__due__lt=clock.today()).exclude(before__group=F("after__group"))
        found = late.exclude(before__group=None).exclude(after__group=None)
        return [told(row) for row in found.select_related("before__group", "after__group", "after__partnership")]

    def crossing(self, partnership: Partnership) -> int:
        rows = Dependency.objects.filter(partnership=partnership, before__status__in=OPEN, after__status__in=OPEN)
        return rows.exclude(before__accountable__organization=F("after__accountable__organization")).count()


def told(row: Dependency) -> Missed:
    facts = {
        "waits": row.after.group.name,
        "gives": row.before.group.name,
        "what": row.before.title,
        "day": say_day(row.before.due) if row.before.due else "",
    }
    text = _("%(waits)s waits for “%(what)s” from %(gives)s, which was due on %(day)s.") % facts
    return Missed(row.after.group_id or 0, text, row.after.get_absolute_url())
