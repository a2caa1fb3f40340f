"""What a planned message says: its own words, and what was decided and comes next, from the records."""

from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from concorda.begin.governance.models import Decision
from concorda.foundation.accounts import mail
from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day
from concorda.implement.communication.models import PlanItem
from concorda.implement.working_groups.models import Meeting

AHEAD = timedelta(days=31)
LOOK_BACK = timedelta(days=31)
MOST = 12
TONGUES = {PlanItem.Language.ENGLISH: ("en-ca",), PlanItem.Language.FRENCH: ("fr-ca",)}


def words_of(item: PlanItem, *, outside: bool = False) -> str:
    """The main message, then the news, in the language or languages of the line. Outside, meetings are left out."""
    parts = [item.message.strip()] if item.message.strip() else []
    if item.news:
        for language in TONGUES.get(item.language, ("en-ca", "fr-ca")):
            with override(language):
                parts.append(news(item, outside=outside))
    return "\n\n".join(part for part in parts if part)


def news(item: PlanItem, *, outside: bool) -> str:
    since = item.last_on or clock.today() - LOOK_BACK
    decided, coming = decisions(item, since), [] if outside else meetings(item)
    sections = []
    if decided:
        sections.append("\n".join([_("Decided since %(day)s:") % {"day": day(since)}, *decided]))
    if coming:
        sections.append("\n".join([_("Coming up:"), *coming]))
    return "\n\n".join(sections) or _("Nothing was decided since %(day)s.") % {"day": day(since)}


def day(when: date) -> str:
    return say_day(when, today=clock.today())


def decisions(item: PlanItem, since: date) -> list[str]:
    found = Decision.objects.filter(partnership=item.partnership, status=Decision.Status.DECIDED)
    recent = found.filter(decided_at__date__gt=since).order_by("decided_at")[:MOST]
    return [f"- {one.title}: {one.get_outcome_display().lower()}" for one in recent]


def meetings(item: PlanItem) -> list[str]:
    now = clock.now()
    found = Meeting.objects.filter(
        partnership=item.partnership, starts_at__range=(now, now + AHEAD), cancelled=False, group__ended_on=None
    )
    if item.group_id:
        found = found.filter(group=item.group_id)
    return [f"- {meeting}" for meeting in found.select_related("group").order_by("starts_at")[:MOST]]


def of_decision(decision: Decision) -> str:
    """What was decided, in a sentence, and where it can be read."""
    address = mail.absolute(reverse("governance:decision_detail", args=[decision.partnership.slug, decision.pk]))
    facts = {"title": decision.title, "outcome": decision.get_outcome_display().lower()}
    said = [_("“%(title)s”: %(outcome)s.") % facts, decision.text.strip(), address]
    return "\n\n".join(part for part in said if part)
