"""Changing the words of a proposal while it is open: the replies to the old words no longer count."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.begin.governance import queries, subjects
from concorda.begin.governance.models import Decision, EarlierReply, Wording
from concorda.begin.governance.services import closing, keep_earlier, locked, require_open, taking_part
from concorda.foundation.accounts import mail
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.core.text import listed
from concorda.foundation.partnerships.timeline import record

SHORTEST = timedelta(days=3)
"""Least time to reply to changed words."""


@transaction.atomic
def amend(decision: Decision, text: str, *, note: str = "", by: Person) -> Wording:
    """Put other words to decision: every reply so far is void and kept, and who gave one is asked anew.

    Rule, seats and attempt stay as they were when replies opened. Refused for records of other tools, whose words are
    changed where they stand, and for words that are no different.
    """
    decision, text = locked(decision), text.strip()
    require_open(decision)
    if decision.is_closed_to_replies:
        raise ValidationError(_("Replies are closed and wait to be counted. Propose it anew with other words."))
    if decision.subject:
        raise ValidationError(_("These words stand in a record of their own. Write its next version there."))
    if not text:
        raise ValidationError({"text": _("Write the text first.")})
    if text == decision.text.strip():
        raise ValidationError({"text": _("These are the words that stand there now. Change them, or leave it.")})
    asked = list(queries.seats().filter(pk__in=decision.ballots.values("seat")))
    keep_earlier(decision.ballots.all(), EarlierReply.Why.AMENDED)
    decision.ballots.all().delete()
    last = decision.wordings.latest("number")
    wording = Wording.objects.create(
        partnership=decision.partnership,
        decision=decision,
        number=last.number + 1,
        text=text,
        note=note.strip(),
        by=taking_part(decision.partnership, by),
    )
    decision.text = text
    decision.closes_at = max(closing(decision), clock.now() + SHORTEST)
    decision.save()
    for person in [seat.speaker.person for seat in asked if seat.speaker]:
        mail.send(
            person.email,
            lambda: _("Please look again: %(title)s") % {"title": decision.title},
            "governance/mail/amended.txt",
            {
                "decision": decision,
                "person": person,
                "wording": wording,
                "url": mail.absolute(decision.get_absolute_url()),
            },
            language=person.language,
            kind="decisions",
            of=decision.partnership,
        )
    names = listed([seat.partner.organization.short for seat in asked])
    facts = {"title": decision.title, "number": wording.number, "organizations": names}
    record(decision.partnership, by, AMENDED if asked else REWORDED, about=decision, **facts)
    return wording


AMENDED = gettext_noop("changed the wording of “%(title)s”; asked to look again: %(organizations)s")
REWORDED = gettext_noop("changed the wording of “%(title)s”")


def compared(decision: Decision) -> subjects.Wording | None:
    """The words decided about beside those before them, once they were changed."""
    found = list(decision.wordings.all())
    if len(found) < 2:
        return None
    before, after = found[-2:]
    note = [subjects.Note("", after.by.person.name, after.note)] if after.note else []
    return subjects.Wording(before.text, after.text, str(before), str(after), notes=note)
