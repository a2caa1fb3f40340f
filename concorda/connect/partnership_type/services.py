"""Answering for an organization, and recording what was decided."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.connect.partnership_type import queries
from concorda.connect.partnership_type.models import TypeAnswer, TypeDecision
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.partnerships.timeline import record


@transaction.atomic
def answer(
    here: Partnership,
    organization: Organization,
    given: Mapping[str, int | None],
    *,
    shared: bool,
    by: Person,
    activity: str = "",
) -> None:
    """Keep an organization's answers, 0 to 4 by question; what was left open stays open, never zero.

    Answers for an `activity` stand beside those for the whole partnership; what they leave open is as for the whole.
    """
    activity = next((one for one in queries.activities(here) if same(one, activity)), activity.strip())
    for question, value in given.items():
        asked = {"partnership": here, "organization": organization, "activity": activity, "question": question}
        mine = TypeAnswer.objects.filter(**asked)
        if value is None:
            mine.delete()
            continue
        facts = {"value": value, "shared": shared, "answered_at": clock.now()}
        TypeAnswer.objects.update_or_create(**asked, defaults=facts)
    whole = gettext_noop("said what %(organization)s needs and what is feasible for it")
    part = gettext_noop("said what %(organization)s needs and what is feasible for it in “%(activity)s”")
    record(
        here,
        by,
        part if activity else whole,
        tool="partnership_type",
        private_to=None if shared else organization,
        organization=organization.short,
        activity=activity,
    )


@transaction.atomic
def decide(decision: TypeDecision, *, by: Person) -> TypeDecision:
    """Record the type that was decided, beside what was recommended then; it supersedes the one in force.

    A decision names its reasons. One for the same activity (or for the whole partnership) is superseded, never changed.
    """
    if not decision.reasons.strip():
        raise ValidationError(_("Say why you chose this type; those who come later will ask."))
    here = Partnership.objects.select_for_update().get(pk=decision.partnership_id)  # one decision after another
    in_force = queries.decisions_in_force(here)
    decision.supersedes = next((one for one in in_force if same(one.activity, decision.activity)), None)
    decision.recommended = queries.recommendation(queries.sheets(here, decision.activity)).level or ""
    decision.save()
    whole = gettext_noop("recorded the type of the partnership: %(level)s")
    part = gettext_noop("recorded the type for “%(activity)s”: %(level)s")
    message = part if decision.activity else whole
    record(here, by, message, about=decision, level=decision.name, activity=decision.activity)
    return decision


def same(one: str, other: str) -> bool:
    """Is it one activity, however it is written?"""
    return one.strip().casefold() == other.strip().casefold()
