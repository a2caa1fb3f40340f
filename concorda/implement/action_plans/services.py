"""Writing the plan: actions, who shares them, what waits for what, dates that move, the baseline."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.begin.strategic_plan.models import Goal
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.models import Participant, Partnership
from concorda.foundation.partnerships.timeline import record
from concorda.implement.action_plans import queries
from concorda.implement.action_plans.arriving import Wanted, links_of
from concorda.implement.action_plans.days import Days, again
from concorda.implement.action_plans.forecast import circle
from concorda.implement.action_plans.models import (
    Action,
    ActionShare,
    Baseline,
    Before,
    Change,
    Dependency,
    OfferedHours,
    OwnNote,
)
from concorda.implement.working_groups.models import Group

STATUS_SAID = {
    Action.Status.TO_DO: gettext_noop("put “%(what)s” back to do"),
    Action.Status.DOING: gettext_noop("began “%(what)s”"),
    Action.Status.STUCK: gettext_noop("is stuck with “%(what)s”: %(why)s"),
    Action.Status.DONE: gettext_noop("finished “%(what)s”"),
    Action.Status.DROPPED: gettext_noop("dropped “%(what)s”"),
}
STATUS_SAID_TOGETHER = {
    Action.Status.TO_DO: gettext_noop("put %(what)s back to do"),
    Action.Status.DOING: gettext_noop("began %(what)s"),
    Action.Status.STUCK: gettext_noop("is stuck with %(what)s"),
    Action.Status.DONE: gettext_noop("finished %(what)s"),
    Action.Status.DROPPED: gettext_noop("dropped %(what)s"),
}
MOVED = gettext_noop("moved “%(what)s” from %(before)s to %(after)s: %(why)s")
UNDO_WITHIN = timedelta(days=1)
NAMED = 5
"""So many actions are named in one line of the timeline; of the others it says how many."""


@transaction.atomic
def add(action: Action, *, by: Person, shares: Iterable[Participant] = ()) -> Action:
    """Put a new action on the plan, with the people who work on it beside whoever answers for it."""
    refuse_backwards(action.starts_on, action.due)
    action.save()
    for participant in shares:
        ActionShare.objects.create(partnership=action.partnership, action=action, participant=participant)
    record(action.partnership, by, gettext_noop("added “%(what)s” to the plan"), about=action, what=action.title)
    return action


def refuse_backwards(starts_on: date | None, due: date | None) -> None:
    if starts_on and due and due < starts_on:
        raise ValidationError(
            _("It would be due on %(due)s, before it starts on %(start)s. Choose a later day, or an earlier start.")
            % {"due": say_day(due), "start": say_day(starts_on)}
        )


def remember(actions: Sequence[Action], *, by: Person) -> Change:
    """Keep how these actions are, before something is done to them in the caller's transaction."""
    change = Change.objects.create(partnership=actions[0].partnership, by=by)
    Before.objects.bulk_create([Before.of(change, action) for action in actions], batch_size=500)
    return change


@transaction.atomic
def undo(change: Change, *, by: Person) -> int:
    """Take back what the same person did in one step, unless somebody changed it since; how many actions it was."""
    if change.undone_at:
        raise ValidationError(_("This was taken back already."))
    if clock.now() - change.at > UNDO_WITHIN:
        raise ValidationError(_("This was more than a day ago. Change it by hand, so that the others see why."))
    kept = list(change.actions.select_related("action__partnership"))
    later = Before.objects.filter(action__in=[one.action_id for one in kept], change__pk__gt=change.pk)
    if names := list(later.filter(change__undone_at=None).values_list("action__title", flat=True)[:NAMED]):
        named = ", ".join(f"“{name}”" for name in names)
        raise ValidationError(_("Changed again since, so it is not taken back: %(names)s.") % {"names": named})
    actions = [one.action for one in kept]
    restored = [one for one in kept if not one.made]
    for one in restored:
        one.restore()
    Action.objects.bulk_update([one.action for one in restored], Before.FIELDS, batch_size=200)
    change.undone_at = clock.now()
    change.save(update_fields=["undone_at"])
    message = gettext_noop("took back what was done to %(what)s")
    record(change.partnership, by, message, about=only(actions), what=named_together(actions))
    Action.objects.filter(pk__in=[one.action_id for one in kept if one.made]).delete()
    return len(kept)


def only(actions: Sequence[Action]) -> Action | None:
    """The action a line of the timeline is about, if it is about one."""
    return actions[0] if len(actions) == 1 else None


def named_together(actions: Sequence[Action]) -> str:
    """ "“A”, “B”" and, where there are more than anybody reads, how many: "“A”, “B” + 12"."""
    named = ", ".join(f"“{action}”" for action in actions[:NAMED])
    return f"{named} + {len(actions) - NAMED}" if len(actions) > NAMED else named


@transaction.atomic
def set_status(action: Action, status: str, *, by: Person, because: str = "", evidence: str = "") -> Change | None:
    """Say where an action stands; being stuck needs a reason, being done takes today as its day.

    What comes again is written on the plan once more when it is done.
    """
    if status == Action.Status.STUCK and not because.strip():
        raise ValidationError(_("Say what blocks it, so that somebody can help."))
    if status == action.status and because == action.stuck_because:
        return None
    change = remember([action], by=by)
    stand(action, status, because, evidence)
    action.save(update_fields=["status", "stuck_because", "done_on", "evidence"])
    come_again([action], change)
    record(
        action.partnership,
        by,
        STATUS_SAID[Action.Status(status)],
        about=action,
        what=action.title,
        why=action.stuck_because,
    )
    return change


def stand(action: Action, status: str, because: str = "", evidence: str = "") -> None:
    """Set where an action stands, without storing it."""
    action.status = status
    action.stuck_because = because.strip() if status == Action.Status.STUCK else ""
    action.done_on = clock.today() if status == Action.Status.DONE else None
    action.evidence = evidence.strip() or action.evidence


def come_again(actions: Iterable[Action], change: Change) -> list[Action]:
    """The next one of each recurring action that is done now, with those who share it."""
    found = [(action, following(action)) for action in actions if action.done and action.repeats and action.due]
    following_ones = [(action, after) for action, after in found if after is not None]
    for action, after in following_ones:
        after.save()
        for share in action.shares.all():
            ActionShare.objects.create(
                partnership=after.partnership, action=after, participant_id=share.participant_id,
                part=share.part, hours=share.hours,
            )  # fmt: skip
        Before.of(change, after, made=True).save()
    return [after for _action, after in following_ones]


def following(action: Action) -> Action | None:
    """The same action one period later, or None when it was the last time."""
    assert action.due
    due = again(action.due, action.repeats)
    if action.repeats_until and due > action.repeats_until:
        return None
    kept = ("title", "kind", "notes", "goal_id", "group_id", "indicator_id", "parent_id", "accountable_id", "effort",
            "best_days", "worst_days", "cost", "repeats", "repeats_until")  # fmt: skip
    facts = {name: getattr(action, name) for name in kept}
    start = again(action.starts_on, action.repeats) if action.starts_on else None
    return Action(partnership=action.partnership, starts_on=start, due=due, **facts)


@transaction.atomic
def move(action: Action, *, due: date, because: str, by: Person) -> Change:
    """Give an action another due day, with the reason; what waits for it follows by itself."""
    refuse_backwards(action.starts_on, due)
    if not because.strip():
        raise ValidationError(_("Say why the date moves; the others will ask."))
    change = remember([action], by=by)
    before, action.due, action.moved_because = action.due, due, because.strip()
    action.kept_due = None
    action.save(update_fields=["due", "moved_because", "kept_due"])
    tell_move(action, before, by=by)
    return change


@transaction.atomic
def shift(actions: Mapping[Action, int], *, because: str, by: Person) -> Change:
    """Move several actions by so many working days each, with one reason: their start and their due day."""
    if not because.strip():
        raise ValidationError(_("Say why the date moves; the others will ask."))
    if unscheduled := [action for action in actions if not action.due]:
        raise ValidationError(
            _("Without a day, so it cannot be moved: %(names)s.") % {"names": named_together(unscheduled)}
        )
    change = remember(list(actions), by=by)
    days = Days.of(change.partnership, clock.today())
    for action, count in actions.items():
        assert action.due
        before, action.due = action.due, days.later(action.due, count)
        if action.starts_on and action.status == Action.Status.TO_DO:
            action.starts_on = days.later(action.starts_on, count)
        refuse_backwards(action.starts_on, action.due)
        action.moved_because, action.kept_due = because.strip(), None
        action.save(update_fields=["starts_on", "due", "moved_because", "kept_due"])
        tell_move(action, before, by=by)
    return change


@dataclass(frozen=True)
class Together:
    """What is done to several actions at once; what is not named stays as it is."""

    status: str = ""
    because: str = ""
    accountable: Participant | None = None
    facts: Mapping[str, object] | None = None
    """Group and goal, by field: None takes them away."""

    @property
    def fields(self) -> list[str]:
        named = ["status", "stuck_because", "done_on", "evidence"] if self.status else []
        return [*named, *(["accountable"] if self.accountable else []), *(self.facts or {})]


@transaction.atomic
def change_together(actions: Sequence[Action], what: Together, *, by: Person) -> Change:
    """Do the same to several actions in one step, with one line on the timeline."""
    if what.status == Action.Status.STUCK and not what.because.strip():
        raise ValidationError(_("Say what blocks it, so that somebody can help."))
    change = remember(actions, by=by)
    for action in actions:
        if what.status:
            stand(action, what.status, what.because)
        if what.accountable:
            action.accountable = what.accountable
        for name, value in (what.facts or {}).items():
            setattr(action, name, value)
        action.guard()
    Action.objects.bulk_update(actions, what.fields, batch_size=200)
    if what.accountable:
        ActionShare.objects.filter(action__in=actions, participant=what.accountable).delete()
    come_again(actions, change)
    if what.status:
        message = STATUS_SAID_TOGETHER[Action.Status(what.status)]
    else:
        message = gettext_noop("changed %(what)s together")
    record(change.partnership, by, message, about=only(actions), what=named_together(actions))
    return change


def tell_move(action: Action, before: date | None, *, by: Person) -> None:
    """The line of a date that moved, in the caller's transaction."""
    record(
        action.partnership,
        by,
        MOVED,
        about=action,
        what=action.title,
        before=before or "–",
        after=action.due,
        why=action.moved_because,
    )


@transaction.atomic
def keep_date(action: Action, *, by: Person) -> Change:
    """Accept the later day an action will now end: it no longer asks for a decision."""
    found = next((line for line in queries.forecast_of(action.partnership).lines if line.action.pk == action.pk), None)
    if found is None or not found.slips:
        raise ValidationError(_("This is not late, so there is no new date to keep."))
    change = remember([action], by=by)
    action.kept_due = action.due = found.own_end
    action.save(update_fields=["due", "kept_due"])
    record(
        action.partnership,
        by,
        gettext_noop("kept the new date of “%(what)s”: %(day)s"),
        about=action,
        what=action.title,
        day=action.due,
    )
    return change


@transaction.atomic
def take_baseline(partnership: Partnership, *, by: Person, because: str = "") -> Baseline:
    """Take the plan as it stands for what was agreed: from now on, lateness is counted against it."""
    found = queries.forecast_of(partnership)
    if found.finish is None:
        raise ValidationError(_("No action has a due day yet. Give the actions dates first."))
    for line in found.lines:
        line.action.baseline_due = line.end
        line.action.kept_due, line.action.moved_because = None, ""
    Action.objects.bulk_update(
        [line.action for line in found.lines], ["baseline_due", "kept_due", "moved_because"], batch_size=500
    )
    baseline = Baseline.objects.create(partnership=partnership, finish=found.finish, because=because.strip())
    record(
        partnership,
        by,
        gettext_noop("took the plan as agreed, with its finish on %(day)s"),
        about=baseline,
        day=found.finish,
    )
    return baseline


@transaction.atomic
def wait_for(after: Action, before: Action, *, by: Person, kind: str = Dependency.Kind.FS, lag: int = 0) -> Dependency:
    """Let `after` wait for `before`; a circle is refused and named."""
    partnership = after.partnership
    Partnership.objects.select_for_update().get(pk=partnership.pk)  # two links at once could close a circle
    if after.pk == before.pk:
        raise ValidationError(_("An action cannot wait for itself. Choose another one."))
    pairs = list(Dependency.objects.filter(partnership=partnership).values_list("before", "after"))
    if (before.pk, after.pk) in pairs:
        raise ValidationError(_("“%(after)s” already waits for “%(before)s”.") % {"after": after, "before": before})
    if found := circle(*queries.outline(partnership, [*pairs, (before.pk, after.pk)])):
        raise ValidationError(
            _("They would wait for each other in a circle: %(circle)s. Take one of these links away first.")
            % {"circle": " → ".join(found)}
        )
    link = Dependency.objects.create(partnership=partnership, before=before, after=after, kind=kind, lag=lag)
    record(
        partnership,
        by,
        gettext_noop("let “%(what)s” wait for “%(other)s”"),
        about=after,
        what=after.title,
        other=before.title,
    )
    return link


@transaction.atomic
def free(link: Dependency, *, by: Person) -> None:
    """Take a dependency away."""
    after, before = link.after, link.before
    link.delete()
    message = gettext_noop("freed “%(what)s” from waiting for “%(other)s”")
    record(after.partnership, by, message, about=after, what=after.title, other=before.title)


@transaction.atomic
def share(
    action: Action, participant: Participant, part: str, *, by: Person, hours: Decimal | None = None
) -> ActionShare:
    """Let somebody share an action; whoever answers for it already has it."""
    if participant.pk == action.accountable_id:
        raise ValidationError(_("%(name)s already answers for this action.") % {"name": participant})
    found, _new = ActionShare.objects.update_or_create(
        action=action,
        participant=participant,
        defaults={"part": part, "hours": hours, "partnership": action.partnership},
    )
    message = gettext_noop("brought %(name)s into “%(what)s”")
    record(action.partnership, by, message, about=action, name=participant, what=action.title)
    return found


@transaction.atomic
def unshare(found: ActionShare, *, by: Person) -> None:
    action, name = found.action, str(found.participant)
    found.delete()
    message = gettext_noop("took %(name)s out of “%(what)s”")
    record(action.partnership, by, message, about=action, name=name, what=action.title)


@transaction.atomic
def note(action: Action, organization: Organization, text: str, *, by: Person) -> None:
    """Write what only the own organization reads about an action; an empty text takes the note away."""
    OwnNote.objects.filter(action=action, organization=organization).delete()
    if text.strip():
        OwnNote.objects.create(
            partnership=action.partnership, action=action, organization=organization, text=text.strip()
        )
    record(
        action.partnership,
        by,
        gettext_noop("wrote a note of the own organization on “%(what)s”"),
        about=action,
        private_to=organization,
        what=action.title,
    )


@transaction.atomic
def hand_over(link: Dependency, *, handed: str, by: Person) -> None:
    """Give what others wait for: from now on they say whether they can work with it."""
    if not handed.strip():
        raise ValidationError(_("Say what you hand over: a link, or where to find it."))
    if link.taken_on:
        raise ValidationError(_("“%(what)s” was taken over already.") % {"what": link.before})
    link.handed, link.handed_on, link.sent_back_because = handed.strip(), clock.today(), ""
    link.save(update_fields=["handed", "handed_on", "sent_back_because"])
    message = gettext_noop("handed “%(what)s” over to “%(other)s”")
    record(link.partnership, by, message, about=link.before, what=link.before.title, other=link.after.title)


@transaction.atomic
def take_over(link: Dependency, *, by: Person) -> None:
    """Say that what was handed over can be worked with."""
    refuse_unhanded(link)
    link.taken_on = clock.today()
    link.save(update_fields=["taken_on"])
    message = gettext_noop("took over “%(what)s” for “%(other)s”")
    record(link.partnership, by, message, about=link.after, what=link.before.title, other=link.after.title)


@transaction.atomic
def send_back(link: Dependency, *, because: str, by: Person) -> None:
    """Say what is missing in what was handed over."""
    refuse_unhanded(link)
    if not because.strip():
        raise ValidationError(_("Say what is missing, so that they can put it right."))
    link.sent_back_because = because.strip()
    link.save(update_fields=["sent_back_because"])
    message = gettext_noop("sent “%(what)s” back: %(why)s")
    record(link.partnership, by, message, about=link.before, what=link.before.title, why=link.sent_back_because)


def refuse_unhanded(link: Dependency) -> None:
    if not link.waits_for_answer:
        raise ValidationError(_("“%(what)s” is not waiting for your answer.") % {"what": link.before})


@transaction.atomic
def offer_hours(participant: Participant, a_week: Decimal, *, by: Person) -> OfferedHours:
    """Say how many hours a week somebody can give to the work of the partnership."""
    found, _new = OfferedHours.objects.update_or_create(
        participant=participant, defaults={"a_week": a_week, "partnership": participant.partnership}
    )
    message = gettext_noop("noted that %(name)s offers %(hours)s hours a week")
    record(
        participant.partnership,
        by,
        message,
        about=participant,
        tool="action_plans",
        name=participant.person.name,
        hours=a_week,
    )
    return found


@dataclass(frozen=True)
class Instead:
    """Who answers, and which group and goal it belongs to, where a file does not say."""

    accountable: Participant
    group: Group | None = None
    goal: Goal | None = None


@transaction.atomic
def take_in(partnership: Partnership, rows: Sequence[Wanted], instead: Instead, *, file: str, by: Person) -> Change:
    """Put what a file asks for on the plan: actions, what they are part of, who shares them, what waits for what."""
    if not rows:
        raise ValidationError(_("There is nothing in it to put on the plan."))
    refuse_unknown(rows)
    made = {row.key: action_of(partnership, row, instead) for row in rows}
    Action.objects.bulk_create(made.values(), batch_size=200)
    parts = [row for row in rows if row.parent]
    for row in parts:
        made[row.key].parent = made[row.parent or ""]
    Action.objects.bulk_update([made[row.key] for row in parts], ["parent"], batch_size=200)
    Dependency.objects.bulk_create(links_of(list(rows), made), batch_size=500)
    ActionShare.objects.bulk_create(
        (
            ActionShare(partnership=partnership, action=made[row.key], participant_id=pk)
            for row in rows
            for pk in row.shares
            if pk != made[row.key].accountable_id
        ),
        batch_size=500,
    )
    change = Change.objects.create(partnership=partnership, by=by)
    Before.objects.bulk_create([Before.of(change, action, made=True) for action in made.values()], batch_size=200)
    message = gettext_noop("brought %(n)s actions into the plan from “%(file)s”")
    record(partnership, by, message, about=change, n=len(made), file=file)
    return change


def refuse_unknown(rows: Sequence[Wanted]) -> None:
    """People, groups and goals that rows name have to be here still."""
    asked: list[tuple[Any, set[int | None]]] = [
        (Participant, {row.accountable for row in rows} | {pk for row in rows for pk in row.shares}),
        (Group, {row.group for row in rows}),
        (Goal, {row.goal for row in rows}),
    ]
    for model, numbers in asked:
        numbers.discard(None)
        if numbers and model.objects.filter(pk__in=numbers).count() < len(numbers):
            raise ValidationError(_("Somebody or something it names is not here any more. Choose the file again."))


def action_of(partnership: Partnership, row: Wanted, instead: Instead) -> Action:
    done = row.done_on or row.due or clock.today()
    return Action(
        partnership=partnership,
        title=row.title,
        kind=row.kind,
        status=row.status,
        starts_on=row.starts_on,
        due=row.due,
        done_on=done if row.status == Action.Status.DONE else None,
        accountable_id=row.accountable or instead.accountable.pk,
        group_id=row.group or (instead.group.pk if instead.group else None),
        goal_id=row.goal or (instead.goal.pk if instead.goal else None),
        effort=row.effort,
        best_days=row.best_days,
        worst_days=row.worst_days,
        cost=row.cost,
        evidence=row.evidence,
        notes=row.notes,
    )


@transaction.atomic
def pass_on(before: Participant, after: Participant, by: Person | None) -> None:
    """Somebody left: who follows them answers for their open actions."""
    message = gettext_noop("passed “%(what)s” on from %(before)s to %(after)s")
    named: dict[str, Any] = {"before": before.person.name, "after": after.person.name}
    for action in queries.unfinished(before).select_related("partnership"):
        action.accountable = after
        action.save(update_fields=["accountable"])
        action.shares.filter(participant=after).delete()
        record(action.partnership, by, message, about=action, what=action.title, **named)
