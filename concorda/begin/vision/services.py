"""Writing versions, saying what one thinks of them, and having them adopted by a decision."""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.begin.governance import services as governance
from concorda.begin.governance.models import Decision, Rule
from concorda.begin.governance.queries import participant_of, rule_for
from concorda.begin.vision import queries
from concorda.begin.vision.models import Comment, OwnVision, Statement, StatementVersion, Support
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.core.text import merged
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.models import Participant, Partnership
from concorda.foundation.partnerships.timeline import record

SHORTEST = timedelta(days=3)
"""Least time to reply to another wording."""
OURS = {
    Statement.Kind.VISION: gettext_noop("Adopt version %(number)s of our vision"),
    Statement.Kind.MISSION: gettext_noop("Adopt version %(number)s of our mission"),
    Statement.Kind.VALUE: gettext_noop("Adopt version %(number)s of a value we share"),
    Statement.Kind.GROUND_RULE: gettext_noop("Adopt version %(number)s of our ground rules"),
}


@transaction.atomic
def say_own(own: OwnVision, *, by: Person) -> OwnVision:
    """Keep what one organization wants to reach; until it is shared nobody else learns of it."""
    own.written_at = clock.now()
    own.save()
    message = gettext_noop("wrote down what %(organization)s wants to reach")
    private_to = None if own.shared else own.organization
    record(own.partnership, by, message, about=own, private_to=private_to, organization=own.organization.short)
    return own


@transaction.atomic
def start(statement: Statement, text: str, *, note: str = "", by: Person) -> StatementVersion:
    """Begin a statement with its first version."""
    statement.full_clean(exclude=["partnership", "adopted"])
    statement.save()
    return write(statement, text, note=note, by=by)


@transaction.atomic
def write(statement: Statement, text: str, *, note: str = "", by: Person) -> StatementVersion:
    """Write the next version; refused when its words are those of the last one, or while one is being decided."""
    statement = Statement.objects.select_for_update().get(pk=statement.pk)
    if queries.open_decision(statement):
        raise ValidationError(_("A version is being decided. Take that proposal back first, or wait for the outcome."))
    return add_version(statement, text, note, by)


def add_version(statement: Statement, text: str, note: str, by: Person) -> StatementVersion:
    text = text.strip()
    if not text:
        raise ValidationError({"text": _("Write the text first.")})
    last = StatementVersion.objects.filter(statement=statement).order_by("-number").first()
    if last and last.text == text:
        raise ValidationError({"text": _("These are the words of the last version. Change them, or leave it.")})
    version = StatementVersion.objects.create(
        partnership=statement.partnership,
        statement=statement,
        number=last.number + 1 if last else 1,
        text=text,
        note=note.strip(),
        author=by,
    )
    message = gettext_noop("wrote version %(number)s: %(kind)s")
    facts: dict[str, Any] = {"number": version.number, "kind": statement.get_kind_display()}
    record(statement.partnership, by, message, about=version, **facts)
    return version


@transaction.atomic
def comment(version: StatementVersion, *, text: str, passage: str = "", by: Person) -> Comment:
    """Say something about a version, or about some of its words."""
    passage = passage.strip(" “”\"'")
    if not text.strip() and not passage:
        raise ValidationError({"text": _("Write what you want to say.")})
    if passage and passage not in version.text:
        raise ValidationError({"passage": _("These words are not in the text. Copy them from there.")})
    said = Comment.objects.create(
        partnership=version.partnership,
        version=version,
        passage=passage,
        text=text.strip(),
        by=taking_part(version.partnership, by),
    )
    message = gettext_noop("commented on version %(number)s: %(kind)s")
    facts: dict[str, Any] = {"number": version.number, "kind": version.statement.get_kind_display()}
    record(version.partnership, by, message, about=version, **facts)
    return said


def taking_part(partnership: Partnership, person: Person) -> Participant:
    found = participant_of(partnership, person)
    if found is None:
        raise PermissionDenied(_("Only people who take part in the partnership can do this."))
    return found


@transaction.atomic
def support(
    version: StatementVersion,
    organization: Organization,
    step: int,
    *,
    comment: str = "",
    shared: bool = True,
    by: Person,
) -> Support:
    """Say how far an organization supports a version; saying it again replaces it."""
    if step not in Support.Step.values:
        raise ValidationError({"step": _("Choose one of the eight steps.")})
    given, _created = Support.objects.update_or_create(
        version=version,
        organization=organization,
        defaults={"partnership": version.partnership, "step": step, "comment": comment.strip(), "shared": shared},
    )
    message = gettext_noop("said how far %(organization)s supports version %(number)s: %(kind)s")
    facts: dict[str, Any] = {
        "organization": organization.short,
        "number": version.number,
        "kind": version.statement.get_kind_display(),
    }
    private_to = None if shared else organization
    record(version.partnership, by, message, about=version, private_to=private_to, **facts)
    return given


@transaction.atomic
def put_to_decision(
    version: StatementVersion,
    *,
    rule: Rule,
    by: Person,
    closes_at: datetime | None = None,
    talked_on: date | None = None,
    must_know: str = "",
) -> Decision:
    """Ask the body of a rule to adopt a version; replies are open at once."""
    statement = Statement.objects.select_for_update().get(pk=version.statement_id)
    if queries.open_decision(statement):
        raise ValidationError(_("A version of this is being decided already."))
    if statement.adopted_id == version.pk:
        raise ValidationError(_("This version is adopted already."))
    decision = governance.propose(
        version.partnership,
        title=_(OURS[Statement.Kind(statement.kind)]) % {"number": version.number},
        text=version.text,
        rule=rule,
        subject=version,
        closes_at=closes_at,
        talked_on=talked_on,
        must_know=must_know,
        by=by,
    )
    StatementVersion.objects.filter(pk=version.pk).update(decision=decision)
    return governance.open_replies(decision, by=by)


class Meanwhile(Exception):
    """Somebody wrote a version while another was being written.

    `text` is both put together, or what was written alone where both changed the same words (`clash`).
    """

    def __init__(self, version: StatementVersion, text: str, *, clash: bool) -> None:
        super().__init__(str(version))
        self.version, self.text, self.clash = version, text, clash


def require_last(statement: Statement, text: str, since: int | None) -> None:
    """Refuse words that began from an earlier version than the last, with what can be made of both."""
    last = StatementVersion.objects.filter(statement=statement).select_related("author").order_by("-number").first()
    if since is None or last is None or last.number == since:
        return
    began = StatementVersion.objects.filter(statement=statement, number=since).first()
    both = merged(began.text if began else "", text.strip(), last.text)
    raise Meanwhile(last, text if both is None else both, clash=both is None)


@transaction.atomic
def rework(
    statement: Statement, text: str, *, note: str = "", by: Person, since: int | None = None
) -> StatementVersion:
    """Answer an objection with another wording: the open proposal is taken back, and everyone is asked anew.

    `since` is the number of the version the words began from; raises `Meanwhile` when there is a later one.
    """
    statement = Statement.objects.select_for_update().get(pk=statement.pk)
    require_last(statement, text, since)
    asked = queries.open_decision(statement)
    if asked is None:
        return add_version(statement, text, note, by)
    version = add_version(statement, text, note, by)
    reason = _("Version %(number)s offers another wording.") % {"number": version.number}
    governance.withdraw(asked, reason=reason, by=by)
    closes_at = None if asked.is_closed_to_replies else asked.closes_at
    put_to_decision(
        version,
        rule=rule_for(statement.partnership, asked.rule.matter) or asked.rule,
        closes_at=max(closes_at, clock.now() + SHORTEST) if closes_at else None,
        talked_on=asked.talked_on,
        must_know=asked.must_know,
        by=by,
    )
    return version


def settle(decision: Decision) -> None:
    """A decision about a version was taken: when adopted, its words are the partnership's."""
    if not decision.adopted:
        return
    version = StatementVersion.objects.select_related("statement").get(pk=decision.subject_id)
    version.statement.adopted = version
    version.statement.save(update_fields=["adopted"])
