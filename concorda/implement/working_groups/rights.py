"""Who may do what in a group: chair and coordinators run it, members write its minutes, everyone may join."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from concorda.foundation.partnerships.access import YES, Ability, Access, Answer
from concorda.implement.working_groups.models import Group, GroupMember

HERE = {"stage": "implement", "tool": "working_groups"}
NOT_RUNNING = Answer(False, _("Only the chair of this group, a project manager or a coordinator can do this."))
NOT_MEMBER = Answer(False, _("Only members of this group can do this. You can join it on its page."))
ENDED = Answer(False, _("This group has ended; its records stay as they are."))


def steers(access: Access) -> bool:
    return bool(access.can(Ability.STEER, **HERE))


def may_approve(access: Access, group: Group) -> Answer:
    """Approving minutes, also the last ones of a group that has ended."""
    return YES if steers(access) or group.chair_id == access.participant.pk else NOT_RUNNING


def may_run(access: Access, group: Group) -> Answer:
    """Charter, members, planning."""
    return may_approve(access, group) if group.active else ENDED


def is_member(access: Access, group: Group) -> bool:
    return GroupMember.objects.filter(group=group, participant=access.participant, left_on=None).exists()


def may_write(access: Access, group: Group) -> Answer:
    """Agenda and minutes."""
    if not group.active or may_run(access, group):
        return may_run(access, group)
    member = access.can(Ability.CONTRIBUTE, **HERE) and is_member(access, group)
    return YES if member else NOT_MEMBER


def demand(answer: Answer) -> None:
    if not answer:
        raise PermissionDenied(str(answer.reason))
