from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concorda.connect.participation import calls, queries, watching
from concorda.connect.participation.models import Application, Call, Inquiry, Reviewer
from concorda.foundation.core import clock
from concorda.foundation.core.text import listed
from concorda.foundation.partnerships.access import Ability, Access
from concorda.foundation.partnerships.models import Partner, Partnership
from concorda.foundation.process.stages import Progress, State, Step, Tool, Waiting

S = Partner.Status


def progress(partnership: Partnership) -> Progress:
    """How many of those asked have joined, and whose voice is missing; below two, that planning has to wait."""
    found = list(Partner.objects.filter(partnership=partnership).select_related("organization"))
    joined = [one for one in found if one.status == S.COMMITTED]
    pending = [one for one in found if one.status in queries.CANDIDATES]
    if len(joined) < queries.ENOUGH:
        return too_few(partnership, joined, pending)
    asked = [one for one in found if one.status in queries.ASKED]
    missing = queries.missing_names(queries.voices(partnership))
    sentence = ngettext(
        "%(done)s of %(total)s organization asked has joined",
        "%(done)s of %(total)s organizations asked have joined",
        len(asked),
    ) % {"done": len(joined), "total": len(asked)}
    if missing:
        sentence += ngettext("; %(missing)s is still missing", "; %(missing)s are still missing", len(missing)) % {
            "missing": listed(missing[:3]) if len(missing) < 4 else _("%(count)s voices") % {"count": len(missing)}
        }
    state = State.HALF if missing or pending else State.DONE
    return Progress(state, f"{sentence}.", len(joined), len(asked), next_step(partnership, pending, bool(missing)))


def too_few(partnership: Partnership, joined: list[Partner], pending: list[Partner]) -> Progress:
    """Planning starts once at least two partners have committed."""
    find = Step(_("Find partners"), reverse("participation:find", args=[partnership.slug]))
    if not pending:
        return Progress(
            State.NONE,
            _("Nobody has been asked yet; planning starts once two organizations have committed."),
            step=find,
        )
    sentence = ngettext(
        "%(count)s candidate has not said yes yet; planning starts once two organizations have committed.",
        "%(count)s candidates have not said yes yet; planning starts once two organizations have committed.",
        len(pending),
    ) % {"count": len(pending)}
    step = next_step(partnership, pending, missing=False)
    return Progress(State.HALF, sentence, len(joined), len(joined) + len(pending), step)


def next_step(partnership: Partnership, pending: list[Partner], missing: bool) -> Step:
    """Write to those nobody has written to, then follow up the others, then look for the voices that are missing."""
    fresh = [one for one in pending if one.status == S.IDENTIFIED]
    for some, label in ((fresh, _("Invite %(names)s")), (pending, _("Follow up with %(names)s"))):
        if some:
            names = listed([one.organization.short for one in some[:3]])
            where = reverse("participation:partner", args=[partnership.slug, some[0].pk])
            home = reverse("participation:home", args=[partnership.slug])
            return Step(label % {"names": names}, where if len(some) == 1 else home)
    if missing:
        return Step(_("Find who is missing"), reverse("participation:find", args=[partnership.slug]))
    return Step(_("Look at who is here"), reverse("participation:home", args=[partnership.slug]))


def waiting(access: Access) -> Iterator[Waiting]:
    """Letters without an answer and requests, for those who steer; for a candidate's own people, whether it joins."""
    here = access.partnership
    if access.can(Ability.STEER, stage="connect", tool="participation"):
        yield from unanswered(access)
        yield from requests(access)
        yield from rechecks(access)
        yield from calls_to_settle(access)
    yield from reviews(access)
    if access.organization and access.can(Ability.AGREE, stage="connect", tool="participation"):
        mine = Partner.objects.filter(organization=access.organization, status__in=queries.CANDIDATES).first()
        if mine:
            yield Waiting(
                label=_("Say whether %(organization)s joins") % {"organization": access.organization.short},
                url=reverse("participation:say", args=[here.slug, mine.pk]),
                icon="comment",
            )


def unanswered(access: Access) -> Iterator[Waiting]:
    for letter in queries.unanswered(access.partnership):
        due = queries.follow_up_on(letter)
        organization = letter.partner.organization.short
        label = (
            _("Call %(person)s of %(organization)s: no answer to the reminder")
            if letter.reminded_at
            else _("Remind %(person)s of %(organization)s: no answer yet")
        )
        yield Waiting(
            label=label % {"person": letter.name, "organization": organization},
            url=reverse("participation:partner", args=[access.partnership.slug, letter.partner_id]),
            due=due,
            late=due < clock.today(),
            icon="mail",
        )


def requests(access: Access) -> Iterator[Waiting]:
    for partner in queries.partners(access.partnership).filter(status=S.IDENTIFIED):
        asked = queries.asked_to_join(partner)
        if asked:
            yield Waiting(
                label=_("Answer %(organization)s, who asked to join") % {"organization": partner.organization.short},
                url=reverse("participation:partner", args=[access.partnership.slug, partner.pk]),
                due=asked.asked_on + queries.PATIENCE,
                late=asked.asked_on + queries.PATIENCE < clock.today(),
                icon="comment",
            )


def rechecks(access: Access) -> Iterator[Waiting]:
    """Checks whose day has come again; only those who steer hear of them."""
    for partner in queries.checks_due(access.partnership):
        yield Waiting(
            label=_("Look again at the checks of %(organization)s") % {"organization": partner.organization.short},
            url=reverse("participation:checks", args=[access.partnership.slug, partner.pk]),
            icon="flag",
        )


def calls_to_settle(access: Access) -> Iterator[Waiting]:
    """Questions without an answer, calls whose last day has passed, applicants who have not been told."""
    here = access.partnership.slug
    for inquiry in Inquiry.objects.filter(answered_at=None, call__closed_on=None, call__cancelled_on=None):
        yield Waiting(
            label=_("Answer a question: “%(question)s”") % {"question": inquiry.question[:60]},
            url=reverse("participation:inquiry", args=[here, inquiry.pk]),
            icon="comment",
        )
    over = Call.objects.filter(deadline__lt=clock.today(), closed_on=None, cancelled_on=None).exclude(opened_on=None)
    for call in over:
        yield Waiting(
            label=_("Close the call “%(call)s”; its last day has passed") % {"call": call.title},
            url=call.get_absolute_url(),
            icon="mail",
        )
    for application in Application.objects.filter(told_at=None).exclude(call__closed_on=None):
        yield Waiting(
            label=_("Tell %(organization)s what became of the application") % {"organization": application},
            url=reverse("participation:outcome", args=[here, application.pk]),
            icon="mail",
        )


def reviews(access: Access) -> Iterator[Waiting]:
    """Applications this person reviews and has not marked yet."""
    reviewed = Reviewer.objects.filter(participant=access.participant, call__closed_on=None, call__cancelled_on=None)
    for reviewer in reviewed.select_related("call"):
        for application in calls.unmarked(reviewer):
            yield Waiting(
                label=_("Weigh the application of %(organization)s") % {"organization": application},
                url=reverse("participation:application", args=[access.partnership.slug, application.pk]),
                due=reviewer.call.deadline,
                icon="edit-list",
            )


TOOL = Tool(
    key="participation",
    title=gettext_lazy("Participation"),
    question=gettext_lazy("Who should be here, and who has said yes?"),
    progress=progress,
    waiting=waiting,
    by_the_clock=watching.by_the_clock,
)
