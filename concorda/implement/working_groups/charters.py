"""Charters: every change is a version of its own; a group is proposed, decided on, and opened by the decision."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.begin.governance import services as governance
from concorda.begin.governance.models import Decision, Rule
from concorda.begin.governance.subjects import Wording
from concorda.begin.strategic_plan.models import Goal
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day
from concorda.foundation.core.text import Change, word_changes
from concorda.foundation.partnerships.models import Final
from concorda.foundation.partnerships.timeline import record
from concorda.implement.working_groups import services
from concorda.implement.working_groups.models import CHARTER, Charter, Group, Meeting

LABEL = "working_groups.charter"


# Deciding


@transaction.atomic
def propose_group(charter: Charter, goals: Iterable[Goal], *, rule: Rule, by: Person) -> Decision:
    """Put a new group to decision: it is opened when the decision is adopted, by it and with this charter."""
    services.store_version(charter, charter.partnership, list(goals), by)
    return put_to_decision(charter, rule=rule, by=by)


@transaction.atomic
def put_to_decision(charter: Charter, *, rule: Rule, by: Person) -> Decision:
    """Ask the body of a rule to adopt a version; replies are open at once."""
    if charter.adopted:
        raise Final(_("This version is adopted already."))
    if charter.decision and charter.decision.is_open:
        raise ValidationError(_("This version is being decided already."))
    title = _("Working group “%(group)s”: charter") if charter.group_id else _("Open the working group “%(group)s”")
    decision = governance.propose(
        charter.partnership, title=title % {"group": charter.name}, text=wording_of(charter), rule=rule,
        subject=charter, by=by,
    )  # fmt: skip
    charter.decision = decision
    charter.save(update_fields=["decision"])
    return governance.open_replies(decision, by=by)


def settle(decision: Decision) -> None:
    """When a charter is adopted, it holds; a group that was only proposed is opened."""
    if not decision.adopted:
        return
    charter = Charter.objects.select_related("group", "partnership", "written_by__person").get(pk=decision.subject_id)
    by = decision.proposed_by.person
    if charter.group is None:
        group = Group(partnership=charter.partnership, created_by=decision, **{n: getattr(charter, n) for n in CHARTER})
        services.store_group(group, services.goals_of(charter), by=by)
        charter.group = group
    charter.adopted_at = decision.decided_at or clock.now()
    charter.save(update_fields=["group", "adopted_at"])
    message = gettext_noop("saw charter %(number)s of “%(group)s” adopted by a decision")
    record(charter.partnership, by, message, about=charter, group=charter.name, number=charter.number)


@transaction.atomic
def adopt_in(charter: Charter, meeting: Meeting, *, by: Person) -> None:
    """The group itself adopts its charter, in a meeting that had a quorum."""
    if charter.adopted:
        raise Final(_("This version is adopted already."))
    if meeting.group_id != charter.group_id or not meeting.held or not meeting.quorum_met:
        raise ValidationError(_("A charter is adopted in a meeting of the group that had a quorum."))
    charter.adopted_in, charter.adopted_at = meeting, clock.now()
    charter.save(update_fields=["adopted_in", "adopted_at"])
    message = gettext_noop("noted that “%(group)s” adopted charter %(number)s")
    record(charter.partnership, by, message, about=charter, group=charter.name, number=charter.number)


# Reading


def passages(charter: Charter) -> list[tuple[str, str]]:
    """The charter in words: what each part is called, and what it says. Empty parts are left out."""
    display = {
        "quorum": charter.get_quorum_display,
        "every_days": lambda: _("every %(days)s days") % {"days": charter.every_days},
        "starts_on": lambda: say_day(charter.starts_on),
        "ends_on": lambda: say_day(charter.ends_on) if charter.ends_on else "",
    }
    fields = [charter._meta.get_field(name) for name in CHARTER]
    found = [
        (str(field.verbose_name), str(display.get(field.name, lambda: getattr(charter, field.name) or "")()))  # noqa: B023
        for field in fields
    ]
    goals = "\n".join(sorted(goal.title for goal in services.goals_of(charter)))
    return [(name, text) for name, text in [*found, (_("goals"), goals)] if text]


def wording_of(charter: Charter) -> str:
    return "\n\n".join(f"{name[:1].upper()}{name[1:]}: {text}" for name, text in passages(charter))


def before(charter: Charter) -> Charter | None:
    """The version this one would take the place of: the latest adopted one, else the one before."""
    if charter.group_id is None:
        return None
    earlier = Charter.objects.filter(group=charter.group_id, number__lt=charter.number)
    return earlier.exclude(adopted_at=None).first() or earlier.first()


def differences(charter: Charter, earlier: Charter) -> list[tuple[str, list[Change]]]:
    """The parts that differ, word by word."""
    was, now = dict(passages(earlier)), dict(passages(charter))
    return [
        (name, list(word_changes(was.get(name, ""), now.get(name, ""))))
        for name in dict.fromkeys([*now, *was])
        if was.get(name, "") != now.get(name, "")
    ]


def wording(decision: Decision) -> Wording | None:
    """For the page of the decision: this version beside the one it takes the place of."""
    charter = Charter.objects.filter(pk=decision.subject_id).first()
    earlier = before(charter) if charter else None
    if charter is None or earlier is None:
        return None
    return Wording(
        wording_of(earlier),
        wording_of(charter),
        _("Charter %(number)s") % {"number": earlier.number},
        _("Charter %(number)s") % {"number": charter.number},
    )
