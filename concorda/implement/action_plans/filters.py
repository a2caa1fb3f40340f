"""What a reader asked to see of the plan, from the address."""

from collections.abc import Iterable
from urllib.parse import urlencode

from concorda.foundation.partnerships.door import Visit
from concorda.foundation.partnerships.models import Participant
from concorda.implement.action_plans.forecast import Forecast, Line
from concorda.implement.action_plans.models import Action, ActionShare
from concorda.implement.action_plans.queries import Stored
from concorda.implement.working_groups.models import Group

VIEWS = ("board", "calendar")


class Filters:
    """`?group=`, `?person=`, `?mine=1`, `?late=1`, `?critical=1`; what is not a number of something here is ignored."""

    def __init__(self, request: Visit, kept: Stored) -> None:
        get = request.GET
        self.groups = sorted((group for group in kept.groups.values() if group.active), key=str)
        carrying = {action.accountable_id for action in kept.actions}
        self.people = sorted((kept.people[pk] for pk in carrying), key=lambda one: one.person.name)
        self.group = chosen(get.get("group", ""), self.groups)
        self.person = chosen(get.get("person", ""), self.people)
        self.mine, self.late = bool(get.get("mine")), bool(get.get("late"))
        self.critical = bool(get.get("critical"))
        self.view = get.get("view", "") if get.get("view") in VIEWS else ""
        self.me = request.access.participant.pk
        sharing = self.me if self.mine else self.person
        shares = ActionShare.objects.filter(participant=sharing, part=ActionShare.Part.RESPONSIBLE)
        self.shared = set(shares.values_list("action", flat=True)) if sharing else set()

    @property
    def any(self) -> bool:
        return bool(self.group or self.person or self.mine or self.late or self.critical)

    @property
    def address(self) -> str:
        """The same choice as a query string, without the view."""
        asked = {
            "group": self.group or "",
            "person": self.person or "",
            "mine": "1" if self.mine else "",
            "late": "1" if self.late else "",
            "critical": "1" if self.critical else "",
        }
        return urlencode({name: value for name, value in asked.items() if value})

    def keeps(self, action: Action) -> bool:
        if self.group and action.group_id != self.group:
            return False
        if self.mine and not self.carried(action, self.me):
            return False
        return not self.person or self.carried(action, self.person)

    def carried(self, action: Action, participant: int) -> bool:
        return action.accountable_id == participant or action.pk in self.shared

    def lines(self, found: Forecast) -> list[Line]:
        lines = [line for line in found.lines if self.keeps(line.action)]
        if self.late:
            lines = [line for line in lines if line.late]
        return [line for line in lines if line.critical] if self.critical else lines

    def actions(self, undated: Iterable[Action]) -> list[Action]:
        return [] if self.late or self.critical else [action for action in undated if self.keeps(action)]


def chosen(value: str, rows: Iterable[Group | Participant]) -> int | None:
    return next((row.pk for row in rows if str(row.pk) == value), None)
