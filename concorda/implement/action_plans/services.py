"""Writing the plan: actions, who shares them, what waits for what, dates that move, the baseline."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.models import Participant, Partnership
from concorda.foundation.partnerships.timeline import record
from concorda.implement.action_plans import queries
from concorda.implement.action_plans.forecast import circle
from concorda.implement.action_plans.models import Action, ActionShare, Baseline, Dependency, OwnNote

STATUS_SAID = {
    Action.Status.TO_DO: gettext_noop("put “%(what)s” back to do"),
    Action.Status.DOING: gettext_noop("began “%(what)s”"),
    Action.Status.STUCK: gettext_noop("is stuck with “%(what)s”: %(why)s"),
    Action.Status.DONE: gettext_noop("finished “%(what)s”"),
    Action.Status.DROPPED: gettext_noop("dropped “%(what)s”"),
}


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


@transaction.atomic
def set_status(action: Action, status: str, *, by: Person, because: str = "") -> None:
    """Say where an action stands; being stuck needs a reason, being done takes today as its day."""
    if status == Action.Status.STUCK and not because.strip():
        raise ValidationError(_("Say what blocks it, so that somebody can help."))
    if status == action.status and because == action.stuck_because:
        return
    action.status = status
    action.stuck_because = because.strip() if status == Action.Status.STUCK else ""
    action.done_on = clock.today() if status == Action.Status.DONE else None
    action.save(update_fields=["status", "stuck_because", "done_on"])
    record(
        action.partnership,
        by,
        STATUS_SAID[Action.Status(status)],
        about=action,
        what=action.title,
        why=action.stuck_because,
    )


@transaction.atomic
def move(action: Action, *, due: date, because: str, by: Person) -> None:
    """Give an action another due day, with the reason; what waits for it follows by itself."""
    refuse_backwards(action.starts_on, due)
    if not because.strip():
        raise ValidationError(_("Say why the date moves; the others will ask."))
    before, action.due, action.moved_because = action.due, due, because.strip()
    action.kept_due = None
    action.save(update_fields=["due", "moved_because", "kept_due"])
    tell_move(action, before, by=by)


def tell_move(action: Action, before: date | None, *, by: Person) -> None:
    """The line of a date that moved, in the caller's transaction."""
    record(
        action.partnership,
        by,
        gettext_noop("moved “%(what)s” from %(before)s to %(after)s: %(why)s"),
        about=action,
        what=action.title,
        before=before or "–",
        after=action.due,
        why=action.moved_because,
    )


@transaction.atomic
def keep_date(action: Action, *, by: Person) -> None:
    """Accept the later day an action will now end: it no longer asks for a decision."""
    found = next((line for line in queries.forecast_of(action.partnership).lines if line.action.pk == action.pk), None)
    if found is None or not found.slips:
        raise ValidationError(_("This is not late, so there is no new date to keep."))
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
    titles = dict(Action.objects.filter(partnership=partnership).values_list("pk", "title"))
    if found := circle(titles, [*pairs, (before.pk, after.pk)]):
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
def share(action: Action, participant: Participant, part: str, *, by: Person) -> ActionShare:
    """Let somebody share an action; whoever answers for it already has it."""
    if participant.pk == action.accountable_id:
        raise ValidationError(_("%(name)s already answers for this action.") % {"name": participant})
    found, _new = ActionShare.objects.update_or_create(
        action=action, participant=participant, defaults={"part": part, "partnership": action.partnership}
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
def pass_on(before: Participant, after: Participant, by: Person | None) -> None:
    """Somebody left: who follows them answers for their open actions."""
    message = gettext_noop("passed “%(what)s” on from %(before)s to %(after)s")
    named: dict[str, Any] = {"before": before.person.name, "after": after.person.name}
    for action in queries.unfinished(before).select_related("partnership"):
        action.accountable = after
        action.save(update_fields=["accountable"])
        action.shares.filter(participant=after).delete()
        record(action.partnership, by, message, about=action, what=action.title, **named)
