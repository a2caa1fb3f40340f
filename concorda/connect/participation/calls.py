"""Calls for partners: opening, questions, applications, marks kept private until closing, outcomes told to all."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.connect.participation import services
from concorda.connect.participation.models import Application, Call, Criterion, Inquiry, Mark, Reviewer
from concorda.foundation.accounts import mail
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import scopes_disabled
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.models import Final, Participant, Partner
from concorda.foundation.partnerships.timeline import record

SALT = "participation.call"
OWN_SALT = "participation.application"
BEST = 4


def address_of(call: Call) -> str:
    """The public address of a call: no account is needed, and nobody can guess the next one."""
    return reverse("participation_public:call", args=[signing.dumps(call.pk, salt=SALT)])


def call_of(token: str) -> Call | None:
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    with scopes_disabled():
        return Call.objects.select_related("partnership").filter(pk=pk, opened_on__isnull=False).first()


def own_address_of(application: Application) -> str:
    """The secret address under which an applicant reads, changes or takes back what they sent."""
    return reverse("participation_public:application", args=[signing.dumps(application.pk, salt=OWN_SALT)])


def application_of(token: str) -> Application | None:
    try:
        pk = signing.loads(token, salt=OWN_SALT)
    except signing.BadSignature:
        return None
    with scopes_disabled():
        return Application.objects.select_related("call__partnership").filter(pk=pk).first()


@transaction.atomic
def draft(
    call: Call, *, by: Person, criteria: Sequence[tuple[str, int]], reviewers: Iterable[Participant] = ()
) -> Call:
    """Write a call, or write it anew; the public does not see it before it is opened."""
    if call.opened_on:
        raise Final(_("This call is open. What people apply to does not change any more."))
    refuse_deadline(call)
    refuse_weights([weight for _name, weight in criteria])
    call.save()
    call.criteria.all().delete()
    Reviewer.objects.filter(call=call).delete()
    for name, weight in criteria:
        Criterion.objects.create(partnership=call.partnership, call=call, name=name, weight=weight)
    for participant in reviewers:
        Reviewer.objects.create(partnership=call.partnership, call=call, participant=participant)
    record(call.partnership, by, gettext_noop("drafted the call “%(call)s”"), about=call, call=call.title)
    return call


def refuse_deadline(call: Call) -> None:
    if call.deadline and call.deadline < clock.today():
        raise ValidationError({"deadline": _("This day has passed. Give people time: choose a day to come.")})


def refuse_weights(weights: Sequence[int]) -> None:
    if not any(weights):
        raise ValidationError(
            _("All weights are zero, so nothing could be weighed. Give at least one criterion a weight above 0.")
        )


@transaction.atomic
def publish(call: Call, *, by: Person) -> None:
    """Open a call to the public; from now on its words, criteria and weights stand."""
    if call.opened_on:
        raise Final(_("This call is open already."))
    refuse_deadline(call)
    refuse_weights([one.weight for one in call.criteria.all()])
    call.opened_on = clock.today()
    call.save(update_fields=["opened_on"])
    record(call.partnership, by, gettext_noop("opened the call “%(call)s”"), about=call, call=call.title)


@transaction.atomic
def close(call: Call, *, by: Person) -> None:
    """Close a call: no more applications and no more marks; the reviewers read each other's from now on."""
    if not call.opened_on or call.ended:
        raise Final(_("Only an open call can be closed."))
    if call.deadline and clock.today() <= call.deadline:
        raise ValidationError(_("People may apply until the last day you gave them. Close it after that."))
    call.closed_on = clock.today()
    call.save(update_fields=["closed_on"])
    record(call.partnership, by, gettext_noop("closed the call “%(call)s”"), about=call, call=call.title)


@transaction.atomic
def extend(call: Call, *, by: Person, deadline: date) -> None:
    """Give people more time; nothing else of an open call changes, and never to an earlier day."""
    if not call.opened_on or call.ended:
        raise Final(_("Only an open call can be given more time."))
    if call.deadline is None:
        raise ValidationError(_("This call has no last day, so it needs no more time."))
    if deadline <= max(call.deadline, clock.today()):
        raise ValidationError({"deadline": _("Choose a later day than the one people were given.")})
    call.deadline = deadline
    call.save(update_fields=["deadline"])
    message = gettext_noop("gave people until %(day)s to answer the call “%(call)s”")
    record(call.partnership, by, message, about=call, call=call.title, day=deadline.isoformat())


@transaction.atomic
def cancel(call: Call, *, by: Person, reason: str) -> None:
    """Call it off: the public page says why, and everybody who applied is told; nothing is weighed any more."""
    if not call.opened_on or call.ended:
        raise Final(_("Only an open call can be cancelled."))
    call.cancelled_on, call.cancelled_because = clock.today(), reason.strip()
    call.save(update_fields=["cancelled_on", "cancelled_because"])
    for application in call.applications.filter(told_at=None):
        application.told_at = clock.now()
        application.save(update_fields=["told_at"])
        write_to(application, "cancelled", lambda: _("Cancelled: %(call)s") % {"call": call.title})
    message = gettext_noop("cancelled the call “%(call)s”: “%(reason)s”")
    record(call.partnership, by, message, about=call, call=call.title, reason=call.cancelled_because[:120])


def write_to(application: Application, letter: str, subject: Callable[[], str]) -> None:
    """A letter to an applicant, in the language they applied in."""
    facts = {
        "application": application,
        "call": application.call,
        "here": application.partnership,
        "address": mail.absolute(own_address_of(application)),
    }
    template = f"participation/mail/{letter}.txt"
    mail.send(application.email, subject, template, facts, language=application.language)


def refuse_late(call: Call) -> None:
    if not call.takes:
        raise ValidationError(_("This call is closed: nothing can be sent any more."))


@transaction.atomic
def ask(inquiry: Inquiry) -> None:
    refuse_late(inquiry.call)
    inquiry.save()
    message = gettext_noop("A question about the call “%(call)s” arrived")
    record(inquiry.partnership, None, message, about=inquiry.call, call=inquiry.call.title)


@transaction.atomic
def reply(inquiry: Inquiry, *, by: Person, answer: str) -> None:
    """Answer in public, and write to who asked."""
    inquiry.answer, inquiry.answered_at = answer, clock.now()
    inquiry.save(update_fields=["answer", "answered_at"])
    facts = {"inquiry": inquiry, "call": inquiry.call, "address": mail.absolute(address_of(inquiry.call))}
    subject = lambda: _("Your question is answered")  # noqa: E731  said in the reader's language
    mail.send(inquiry.email, subject, "participation/mail/inquiry.txt", facts, language=inquiry.language)
    message = gettext_noop("answered a question about the call “%(call)s”")
    record(inquiry.partnership, by, message, about=inquiry.call, call=inquiry.call.title)


@transaction.atomic
def apply(application: Application) -> None:
    """Take an application in; the timeline tells that one came, not from whom."""
    refuse_late(application.call)
    if Application.objects.filter(call=application.call, email__iexact=application.email).exists():
        raise ValidationError(
            {"email": _("An application from this address is here already. It cannot be sent twice.")}
        )
    application.save()
    write_to(application, "received", lambda: _("Your application has arrived: %(call)s") % {"call": application.call})
    message = gettext_noop("An application to the call “%(call)s” arrived")
    record(application.partnership, None, message, about=application.call, call=application.call.title)


@transaction.atomic
def rewrite(application: Application) -> None:
    """Keep what an applicant changed while the call is open; marks given to the earlier words are void."""
    refuse_late(application.call)
    refuse_told(application)
    application.changed_at = clock.now()
    application.save()
    application.marks.all().delete()
    message = gettext_noop("An application to the call “%(call)s” was changed")
    record(application.partnership, None, message, about=application.call, call=application.call.title)


@transaction.atomic
def take_back(application: Application) -> None:
    """An applicant withdraws: the application and the marks on it are gone; the timeline tells that one was."""
    refuse_told(application)
    message = gettext_noop("An application to the call “%(call)s” was taken back")
    record(application.partnership, None, message, about=application.call, call=application.call.title)
    application.delete()


def refuse_told(application: Application) -> None:
    if application.told_at:
        raise Final(_("The outcome has been told; the application stands as it was."))


def recused(application: Application, participant: Participant) -> bool:
    """Does a reviewer work for the organization that applies, or wrote the application?"""
    own, email = participant.organization, participant.person.email.lower()
    if application.email.lower() == email:
        return True
    if own is None:
        return False
    names = {own.name, own.short_name, *own.other_names.splitlines()} - {""}
    domain = application.email.lower().rpartition("@")[2]
    return application.organization.casefold().strip() in {name.casefold().strip() for name in names} or (
        bool(own.email_domain) and domain == own.email_domain.lower()
    )


@transaction.atomic
def mark(application: Application, reviewer: Reviewer, points: Mapping[Criterion, int]) -> None:
    """Keep a reviewer's marks. The timeline does not tell: they are private until the call is closed."""
    if application.call.ended:
        raise Final(_("The call is closed; the marks stand as they were given."))
    if recused(application, reviewer.participant):
        raise ValidationError(_("You work for the organization that applies, so you do not review this application."))
    for criterion, given in points.items():
        Mark.objects.update_or_create(
            partnership=application.partnership,
            application=application,
            criterion=criterion,
            reviewer=reviewer,
            defaults={"points": given},
        )


@transaction.atomic
def decide(application: Application, *, by: Person, outcome: str, reason: str) -> None:
    """Settle an application and tell the applicant; who is accepted becomes a candidate."""
    if application.told_at:
        raise Final(_("They have been told already."))
    if application.call.deadline and not application.call.closed_on:
        raise ValidationError(_("Close the call first, so that all applications are weighed by the same marks."))
    application.outcome, application.reason, application.told_at = outcome, reason, clock.now()
    application.save(update_fields=["outcome", "reason", "told_at"])
    if outcome == Application.Outcome.ACCEPTED:
        accept(application, by=by)
    write_to(application, "outcome", lambda: _("Your application: %(call)s") % {"call": application.call.title})
    message = gettext_noop("told an applicant to the call “%(call)s” the outcome")
    record(application.partnership, by, message, about=application.call, call=application.call.title)


def accept(application: Application, *, by: Person) -> None:
    here, name = application.partnership, " ".join(application.organization.split())
    known = Organization.objects.filter(name__iexact=name).first()
    if known is None:
        services.add_by_name(here, by=by, name=name, kind=Organization.Kind.OTHER)
    elif not Partner.objects.filter(organization=known).exists():
        services.add_candidate(here, known, by=by)


# Reading


@dataclass(frozen=True)
class Weighed:
    """One application beside the others: its worth in percent of the best possible, and who has not marked it."""

    application: Application
    rows: Sequence[tuple[Criterion, list[tuple[Participant, int | None]]]]
    worth: Fraction | None
    missing: Sequence[Participant]
    recused: Sequence[Participant]

    @property
    def percent(self) -> int | None:
        return None if self.worth is None else round(100 * self.worth)


def reviewer_of(call: Call, participant: Participant) -> Reviewer | None:
    return Reviewer.objects.filter(call=call, participant=participant).select_related("participant__person").first()


def unmarked(reviewer: Reviewer) -> list[Application]:
    """The applications a reviewer may mark and has not marked at all."""
    found = Application.objects.filter(call=reviewer.call, told_at=None).exclude(marks__reviewer=reviewer)
    return [one for one in found if not recused(one, reviewer.participant)]


def weighed(call: Call) -> list[Weighed]:
    """All applications side by side, best first: the mean over those who marked every criterion of Σ w·p ÷ 4·Σ w."""
    criteria = list(call.criteria.all())
    reviewers = list(
        Reviewer.objects.filter(call=call).select_related("participant__person", "participant__organization")
    )
    marks = {
        (one.application_id, one.reviewer_id, one.criterion_id): one.points
        for one in Mark.objects.filter(application__call=call)
    }
    found = [weigh(one, criteria, reviewers, marks) for one in call.applications.all()]
    return sorted(found, key=lambda one: (one.worth is None, -(one.worth or 0), one.application.pk))


def weigh(
    application: Application,
    criteria: Sequence[Criterion],
    reviewers: Sequence[Reviewer],
    marks: Mapping[tuple[int, int, int], int],
) -> Weighed:
    away = [one for one in reviewers if recused(application, one.participant)]
    counted = [one for one in reviewers if one not in away]
    given = {one: [marks.get((application.pk, one.pk, each.pk)) for each in criteria] for one in counted}
    whole = BEST * sum(one.weight for one in criteria)
    worths = [
        Fraction(sum(each.weight * (points or 0) for each, points in zip(criteria, row, strict=True)), whole)
        for row in given.values()
        if whole and None not in row
    ]
    rows = [(each, [(one.participant, given[one][place]) for one in counted]) for place, each in enumerate(criteria)]
    missing = [one.participant for one, row in given.items() if None in row]
    worth = sum(worths, Fraction(0)) / len(worths) if worths else None
    return Weighed(application, rows, worth, missing, [one.participant for one in away])
