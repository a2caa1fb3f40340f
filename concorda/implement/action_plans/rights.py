"""Who may change an action: whoever answers for it or works on it, its group, and those who steer."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from concorda.foundation.partnerships.access import YES, Ability, Access, Answer
from concorda.implement.action_plans.models import Action, ActionShare
from concorda.implement.working_groups.models import GroupMember

HERE = {"stage": "implement", "tool": "action_plans"}
NOT_YOURS = Answer(
    False, _("Only the people who carry this action, the members of its group or a coordinator can change it.")
)


def steers(access: Access) -> bool:
    return bool(access.can(Ability.STEER, **HERE))


def may_write(access: Access) -> bool:
    return bool(access.can(Ability.CONTRIBUTE, **HERE))


class Carried:
    """What one person may change, from two queries however many actions there are.

    Who reads groups and shares anyway gives them: the groups this person is in, and the actions they work on.
    """

    def __init__(
        self, access: Access, groups: Iterable[int] | None = None, shared: Iterable[int] | None = None
    ) -> None:
        self.access = access
        self.everything = steers(access)
        self.writes = may_write(access)
        me = access.participant.pk
        if groups is None:
            groups = GroupMember.objects.filter(participant=me, left_on=None).values_list("group", flat=True)
        if shared is None:
            shares = ActionShare.objects.filter(participant=me, part=ActionShare.Part.RESPONSIBLE)
            shared = shares.values_list("action", flat=True)
        self.groups, self.shared = set(groups), set(shared)

    def __contains__(self, action: Action) -> bool:
        mine = (
            action.accountable_id == self.access.participant.pk
            or action.pk in self.shared
            or action.group_id in self.groups
        )
        return self.everything or (self.writes and mine)


def may_change(access: Access, action: Action) -> Answer:
    return YES if action in Carried(access) else NOT_YOURS


def demand(answer: Answer) -> None:
    if not answer:
        raise PermissionDenied(str(answer.reason))
