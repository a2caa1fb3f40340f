"""What a body or one person may decide without asking: giving it, ending it, and keeping within it."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.begin.governance import queries, telling
from concorda.begin.governance.models import Body, Decision, Delegation
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.partnerships.models import Participant, Partner, Partnership
from concorda.foundation.partnerships.timeline import record


@transaction.atomic
def give(delegation: Delegation, *, by: Person) -> Delegation:
    """Let a body or a person decide without asking. Once a first decision was taken, only a decision gives that."""
    here = delegation.partnership
    delegation.full_clean(exclude=["partnership"])
    if delegation.person and delegation.person.left_on:
        raise ValidationError({"person": _("%(person)s no longer takes part.") % {"person": delegation.person}})
    if delegation.ends_on and delegation.ends_on < clock.today():
        raise ValidationError({"ends_on": _("Choose a day that is still to come.")})
    given = delegation.given_by
    if given is None and queries.rules_are_fixed(here):
        raise ValidationError(
            {"given_by": _("A first decision was taken, so this needs one too. Propose it, then name it here.")}
        )
    if given is not None and (given.rule.matter != delegation.matter or given not in queries.adopted(here)):
        raise ValidationError({"given_by": _("Name a decision of this kind that was adopted and still holds.")})
    delegation.save()
    message = gettext_noop("let %(to)s decide without asking: %(what)s")
    record(here, by, message, about=delegation, to=delegation.to, what=delegation.what)
    return delegation


@transaction.atomic
def end(delegation: Delegation, *, by: Person) -> Delegation:
    """End it: what was decided under it stays."""
    delegation = Delegation.objects.select_for_update().get(pk=delegation.pk)
    if delegation.ended_at is not None:
        raise ValidationError(_("This has ended already."))
    delegation.ended_at = clock.now()
    delegation.save(update_fields=["ended_at"])
    message = gettext_noop("ended what %(to)s may decide without asking: %(what)s")
    record(delegation.partnership, by, message, about=delegation, to=delegation.to, what=delegation.what)
    return delegation


def require_within(delegation: Delegation, *, matter: str, amount: Decimal | None, but: int | None = None) -> None:
    """Refuse what goes beyond a delegation. Locks it, so that two decisions at once cannot both use the last of a year.

    `but` is a decision that is not counted, because it is the one that asks.
    """
    delegation = Delegation.objects.select_for_update(of=("self",)).get(pk=delegation.pk)
    if not delegation.in_force:
        raise ValidationError({"delegation": _("%(to)s may no longer decide this: it has ended.") % named(delegation)})
    if delegation.matter != matter:
        raise ValidationError(
            {"delegation": _("%(to)s may decide this kind, not another: %(matter)s.") % named(delegation)}
        )
    if delegation.up_to is None and delegation.a_year is None:
        return
    if amount is None:
        raise ValidationError(
            {"amount": _("Say how much money it binds: %(to)s may decide up to a limit.") % named(delegation)}
        )
    if delegation.up_to is not None and amount > delegation.up_to:
        facts = named(delegation) | {"limit": money(delegation.up_to)}
        raise ValidationError(
            {"amount": _("%(to)s may decide up to %(limit)s. Put this to the body that decides on more.") % facts}
        )
    if delegation.a_year is not None:
        left = delegation.a_year - used(delegation, but=but)
        if amount > left:
            facts = named(delegation) | {"left": money(max(left, Decimal()))}
            raise ValidationError({"amount": _("%(to)s has %(left)s left for this year.") % facts})


def used(delegation: Delegation, *, but: int | None = None) -> Decimal:
    """What was decided under a delegation this calendar year, with what is open."""
    year = clock.today().year
    counts = models.Q(outcome=Decision.Outcome.ADOPTED, decided_at__year=year) | models.Q(status=Decision.Status.OPEN)
    found = delegation.decisions.filter(counts).exclude(pk=but).aggregate(sum=models.Sum("amount"))["sum"]
    return found or Decimal()


def named(delegation: Delegation) -> dict[str, Any]:
    return {"to": delegation.to, "matter": delegation.get_matter_display()}


def money(amount: Decimal) -> str:
    """An amount of money in the reader's language: $1,500 or 1 500 $."""
    whole = amount == amount.to_integral_value()
    return _("$%(amount)s") % {"amount": number_format(amount, 0 if whole else 2, force_grouping=True)}


@transaction.atomic
def decide_alone(
    delegation: Delegation,
    *,
    title: str,
    text: str = "",
    amount: Decimal | None = None,
    must_know: str = "",
    reach: Iterable[Partner | Body] = (),
    by: Person,
) -> Decision:
    """One person decides within what was delegated to them: it is final at once and stands in the register."""
    here: Partnership = delegation.partnership
    who = Participant.objects.filter(partnership=here, person=by, left_on=None).first()
    if who is None or delegation.person_id != who.pk:
        raise PermissionDenied(_("Only %(to)s decides under this.") % named(delegation))
    rule = queries.rule_for(here, delegation.matter)
    if rule is None:
        raise ValidationError(_("Nothing says yet how this kind is decided, so nobody can decide it for the others."))
    require_within(delegation, matter=rule.matter, amount=amount)
    reason = {"code": "alone", "name": who.person.name, "what": delegation.what}
    decision = Decision.objects.create(
        partnership=here,
        title=title,
        text=text,
        rule=rule,
        delegation=delegation,
        amount=amount,
        must_know=must_know,
        proposed_by=who,
        status=Decision.Status.DECIDED,
        decided_at=clock.now(),
        outcome=Decision.Outcome.ADOPTED,
        result={"outcome": "adopted", "reasons": [reason]},
    )
    telling.choose(decision, reach)
    telling.tell(decision)
    record(here, by, gettext_noop("decided “%(title)s” without asking, as agreed"), about=decision, title=title)
    return decision
