"""Who may change an action: whoever answers for it or works on it, its group, and those who steer."""

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
    """What one person may change, from two queries however many actions there are."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.everything = steers(access)
        self.writes = may_write(access)
        me = access.participant.pk
        self.groups = set(GroupMember.objects.filter(participant=me, left_on=None).values_list("group", flat=True))
        shares = ActionShare.objects.filter(participant=me, part=ActionShare.Part.RESPONSIBLE)
        self.shared = set(shares.values_list("action", flat=True))

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
