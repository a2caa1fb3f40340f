"""Bringing organizations in: candidates, letters, answers, and what each says about joining."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.connect.motivation.models import Need
from concorda.connect.participation.models import (
    Check,
    Invitation,
    Link,
    Look,
    Request,
    SavedSearch,
    Shown,
    Stake,
    Voice,
)
from concorda.foundation.accounts import mail
from concorda.foundation.accounts.models import Person
from concorda.foundation.accounts.services import open_account
from concorda.foundation.core import clock
from concorda.foundation.core.text import free_slug
from concorda.foundation.organizations.models import Claim, Membership, Organization
from concorda.foundation.organizations.services import index
from concorda.foundation.partnerships.access import Role
from concorda.foundation.partnerships.models import Participant, Partner, Partnership
from concorda.foundation.partnerships.queries import present
from concorda.foundation.partnerships.services import LastCoordinator, leave, take_in
from concorda.foundation.partnerships.timeline import record

DAYS_OPEN = 30
"""How long a letter's link answers."""

S = Partner.Status
STEPS: dict[str, tuple[str, ...]] = {
    S.IDENTIFIED: (S.APPROACHED, S.EXPLORING, S.DECLINED),
    S.APPROACHED: (S.IDENTIFIED, S.EXPLORING, S.DECLINED),
    S.EXPLORING: (S.APPROACHED, S.DECLINED),
    S.COMMITTED: (),
    S.DECLINED: (S.IDENTIFIED, S.APPROACHED),
    S.LEFT: (S.IDENTIFIED,),
}
"""Where those who steer may move a candidate. Committing and leaving are said by the organization itself."""

SAID = {
    S.IDENTIFIED: gettext_noop("put %(organization)s among the candidates"),
    S.APPROACHED: gettext_noop("approached %(organization)s"),
    S.EXPLORING: gettext_noop("noted that %(organization)s is exploring with us"),
    S.DECLINED: gettext_noop("noted that %(organization)s does not join"),
}
ANSWERS = {
    S.COMMITTED: gettext_noop("%(person)s answered for %(organization)s: we join"),
    S.EXPLORING: gettext_noop("%(person)s answered for %(organization)s: we want to talk first"),
    S.DECLINED: gettext_noop("%(person)s answered for %(organization)s: we do not join"),
    "later": gettext_noop("%(person)s answered for %(organization)s: ask us again later"),
}
OWN_WORD = {
    S.COMMITTED: gettext_noop("said that %(organization)s joins"),
    S.EXPLORING: gettext_noop("said that %(organization)s wants to talk first"),
    S.DECLINED: gettext_noop("said that %(organization)s does not join"),
}


# Candidates


@transaction.atomic
def add_candidate(partnership: Partnership, organization: Organization, *, by: Person) -> Partner:
    """Put an organization among the candidates; one that declined or left may be looked at again."""
    partner = Partner.objects.filter(partnership=partnership, organization=organization).first()
    if partner is None:
        partner = Partner.objects.create(partnership=partnership, organization=organization)
    elif partner.status in (S.DECLINED, S.LEFT):
        partner.status, partner.left_on, partner.joined_on = S.IDENTIFIED, None, None
        partner.save(update_fields=["status", "left_on", "joined_on"])
    else:
        raise ValidationError(
            _("%(organization)s is here already: %(status)s.")
            % {"organization": organization, "status": partner.get_status_display().lower()}
        )
    record(partnership, by, SAID[S.IDENTIFIED], about=partner, organization=organization)
    return partner


@transaction.atomic
def add_by_name(partnership: Partnership, *, by: Person, name: str, kind: str, area: str = "") -> Partner:
    """A candidate the directory does not know yet: it gets an entry there, for its own people to complete."""
    name = " ".join(name.split())
    known = Organization.objects.filter(name__iexact=name).first()
    if known:
        raise ValidationError(
            _("“%(name)s” is in the directory already. Search for it above and add that one.") % {"name": known.name}
        )
    organization = Organization.objects.create(
        name=name, slug=free_slug(Organization, name), kind=kind, area=area, source="concorda"
    )
    index(organization)
    return add_candidate(partnership, organization, by=by)


@transaction.atomic
def move(partner: Partner, status: str, *, by: Person, reason: str = "") -> None:
    """Move a candidate one step, as those who steer see it."""
    if status not in STEPS[partner.status]:
        raise ValidationError(
            _("%(organization)s cannot be moved from “%(old)s” to “%(new)s”; it says so itself, or joined already.")
            % {"organization": partner, "old": partner.get_status_display(), "new": S(status).label}
        )
    partner.status = status
    partner.save(update_fields=["status"])
    facts: dict[str, Any] = {"organization": partner.organization}
    message = SAID[S(status)]
    if reason.strip():
        message, facts = WITH_REASON[S(status)], facts | {"reason": reason.strip()[:120]}
    record(partner.partnership, by, message, about=partner, **facts)


WITH_REASON = {
    S.IDENTIFIED: gettext_noop("put %(organization)s among the candidates: “%(reason)s”"),
    S.APPROACHED: gettext_noop("approached %(organization)s: “%(reason)s”"),
    S.EXPLORING: gettext_noop("noted that %(organization)s is exploring with us: “%(reason)s”"),
    S.DECLINED: gettext_noop("noted that %(organization)s does not join: “%(reason)s”"),
}


@transaction.atomic
def set_level(partner: Partner, level: str, *, by: Person) -> None:
    """How closely an organization takes part: core, contributing, consulted, informed."""
    partner.level = Partner.Level(level)
    partner.save(update_fields=["level"])
    message = gettext_noop("set how closely %(organization)s takes part: %(level)s")
    record(
        partner.partnership,
        by,
        message,
        about=partner,
        organization=partner.organization,
        level=partner.get_level_display(),
    )


@transaction.atomic
def say(partner: Partner, answer: str, *, by: Person) -> None:
    """An organization's own representative says whether it joins."""
    if partner.status in (S.COMMITTED, S.LEFT):
        raise ValidationError(_("%(organization)s has joined already, or has left.") % {"organization": partner})
    settle(partner, answer)
    record(partner.partnership, by, OWN_WORD[S(answer)], about=partner, organization=partner.organization)


@transaction.atomic
def be_named(partner: Partner, *, by: Person, agreed: bool) -> None:
    """An organization's representative lets public pages name it as a partner here, or no longer."""
    if agreed and partner.status != S.COMMITTED:
        raise ValidationError(_("%(organization)s has not joined, so nobody can name it.") % {"organization": partner})
    partner.named_since = clock.today() if agreed else None
    partner.save(update_fields=["named_since"])
    message = (
        gettext_noop("agreed that public pages name %(organization)s as a partner")
        if agreed
        else gettext_noop("took back that public pages name %(organization)s as a partner")
    )
    record(partner.partnership, by, message, about=partner, organization=partner.organization)


@transaction.atomic
def note_commitment(partner: Partner, *, by: Person, said_by: str, said_on: date, how: str) -> None:
    """Record a yes that was given elsewhere: who gave it, when, and where it can be seen."""
    if partner.status in (S.COMMITTED, S.LEFT):
        raise ValidationError(_("%(organization)s has joined already, or has left.") % {"organization": partner})
    if said_on > clock.today():
        raise ValidationError({"said_on": _("This day is still to come. When did they say yes?")})
    settle(partner, S.COMMITTED, on=said_on)
    record(
        partner.partnership,
        by,
        gettext_noop("recorded that %(person)s said yes for %(organization)s on %(date)s (%(how)s)"),
        about=partner,
        person=said_by,
        organization=partner.organization,
        date=said_on.isoformat(),
        how=how[:80],
    )


@transaction.atomic
def record_partner(
    partnership: Partnership, *, by: Person, name: str, kind: str, level: str, said_by: str, said_on: date, how: str
) -> Partner:
    """Record an organization that has long been a partner: since when, who said yes, and where that can be seen."""
    name = " ".join(name.split())
    known = Organization.objects.filter(name__iexact=name).first()
    partner = known and Partner.objects.filter(partnership=partnership, organization=known).first()
    if not partner:
        partner = (
            add_candidate(partnership, known, by=by) if known else add_by_name(partnership, by=by, name=name, kind=kind)
        )
    note_commitment(partner, by=by, said_by=said_by, said_on=said_on, how=how)
    if level != partner.level:
        set_level(partner, level, by=by)
    return partner


def settle(partner: Partner, status: str, *, on: date | None = None) -> None:
    partner.status = status
    if status == S.COMMITTED:
        partner.joined_on = on or clock.today()
    partner.save(update_fields=["status", "joined_on"])


@transaction.atomic
def note_left(partner: Partner, *, by: Person, reason: str) -> None:
    """An organization leaves, and its people with it; what they did stays."""
    if partner.convenes:
        raise ValidationError(_("The organization that convenes the partnership cannot leave it; end the partnership."))
    if partner.status != S.COMMITTED:
        raise ValidationError(_("%(organization)s has not joined, so it cannot leave.") % {"organization": partner})
    partner.status, partner.left_on, partner.named_since = S.LEFT, clock.today(), None
    partner.save(update_fields=["status", "left_on", "named_since"])
    record(
        partner.partnership,
        by,
        gettext_noop("noted that %(organization)s left: “%(reason)s”"),
        about=partner,
        organization=partner.organization,
        reason=reason.strip()[:160],
    )
    for participant in present(partner.partnership).filter(organization=partner.organization):
        try:
            leave(participant, by=by)
        except LastCoordinator:
            raise ValidationError(
                _("%(person)s is the only coordinator. Name another one first.") % {"person": participant.person}
            ) from None


@transaction.atomic
def note_request(partnership: Partnership, organization: Organization, *, by: Person, **facts: object) -> Request:
    """Note that an organization asked to join; it becomes a candidate."""
    partner = Partner.objects.filter(partnership=partnership, organization=organization).first()
    if partner is None:
        partner = Partner.objects.create(partnership=partnership, organization=organization)
    elif partner.status in (S.COMMITTED, S.EXPLORING):
        raise ValidationError(_("%(organization)s is here already.") % {"organization": organization})
    asked = Request.objects.create(partnership=partnership, partner=partner, **facts)
    message = gettext_noop("noted that %(organization)s asked to join")
    record(partnership, by, message, about=partner, organization=organization)
    return asked


# Letters


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(
    partner: Partner,
    *,
    by: Participant,
    name: str,
    email: str,
    message: str = "",
    language: str = "en-ca",
    needs: Iterable[Need] = (),
) -> Invitation:
    """Write to a person of a candidate. One letter at a time waits for an answer from the same address."""
    if partner.status in (S.COMMITTED, S.LEFT):
        raise ValidationError(
            _("%(organization)s has joined or left; letters go to candidates.") % {"organization": partner}
        )
    email = email.strip().lower()
    for earlier in partner.invitations.filter(email__iexact=email, status__in=Invitation.WAITING):
        if earlier.waits:
            raise ValidationError(
                {"email": _("A letter to this address waits for an answer. Remind them, or take it back first.")}
            )
    invitation = Invitation.objects.create(
        partnership=partner.partnership,
        partner=partner,
        name=name,
        email=email,
        message=message,
        language=language,
        sent_by=by,
        sent_at=clock.now(),
        expires_at=clock.now() + timedelta(days=DAYS_OPEN),
    )
    for need in needs:
        Shown.objects.create(partnership=partner.partnership, invitation=invitation, need=need)
    if partner.status in (S.IDENTIFIED, S.DECLINED):
        partner.status = S.APPROACHED
        partner.save(update_fields=["status"])
    send(invitation, "invitation")
    message = gettext_noop("invited %(person)s of %(organization)s")
    record(partner.partnership, by.person, message, about=partner, person=name, organization=partner.organization)
    return invitation


def send(invitation: Invitation, letter: str) -> None:
    """Send a letter with a link of its own; earlier links keep what `replaced` says of them."""
    token = secrets.token_urlsafe(32)
    Link.objects.create(partnership=invitation.partnership, invitation=invitation, token_digest=digest_of(token))
    here = invitation.partnership
    subjects = {
        "invitation": lambda: _("%(person)s invites you to talk: %(partnership)s"),
        "reminder": lambda: _("A reminder from %(person)s: %(partnership)s"),
    }
    sender = invitation.sent_by.person.name
    mail.send(
        invitation.email,
        lambda: subjects[letter]() % {"person": sender, "partnership": here.name},
        f"participation/mail/{letter}.txt",
        {
            "invitation": invitation,
            "partnership": here,
            "organization": invitation.partner.organization,
            "sender": sender,
            "until": invitation.expires_at.date(),
            "address": mail.absolute(reverse("participation_public:invitation", args=[token])),
        },
        language=invitation.language,
        kind="invitations",
        of=here,
    )


@transaction.atomic
def remind(invitation: Invitation, *, by: Person) -> None:
    """Write once more; once only. The first letter's link keeps working."""
    refuse_unless_waiting(invitation)
    if invitation.reminded_at:
        raise ValidationError(_("%(person)s was reminded already. Call them instead.") % {"person": invitation.name})
    invitation.reminded_at = clock.now()
    invitation.save(update_fields=["reminded_at"])
    send(invitation, "reminder")
    tell(invitation, by, gettext_noop("reminded %(person)s of %(organization)s"))


@transaction.atomic
def withdraw(invitation: Invitation, *, by: Person) -> None:
    """Take a letter back: its link says so from now on."""
    refuse_unless_waiting(invitation, expired_too=True)
    invitation.status = Invitation.Status.WITHDRAWN
    invitation.save(update_fields=["status"])
    tell(invitation, by, gettext_noop("took back the letter to %(person)s of %(organization)s"))


@transaction.atomic
def resend(invitation: Invitation, *, by: Person) -> None:
    """Send the letter again with a new link for another thirty days; the old links stop working."""
    refuse_unless_waiting(invitation, expired_too=True)
    invitation.links.update(replaced=True)
    invitation.status, invitation.reminded_at = Invitation.Status.SENT, None
    invitation.sent_at = clock.now()
    invitation.expires_at = clock.now() + timedelta(days=DAYS_OPEN)
    invitation.save(update_fields=["status", "reminded_at", "sent_at", "expires_at"])
    send(invitation, "invitation")
    tell(invitation, by, gettext_noop("wrote to %(person)s of %(organization)s again"))


def refuse_unless_waiting(invitation: Invitation, *, expired_too: bool = False) -> None:
    if invitation.status not in Invitation.WAITING:
        raise ValidationError(_("This letter is settled: %(status)s.") % {"status": invitation.get_status_display()})
    if invitation.expired and not expired_too:
        raise ValidationError(_("This letter has expired. Send it again instead."))


def tell(invitation: Invitation, by: Person | None, message: str) -> None:
    partner = invitation.partner
    record(
        invitation.partnership, by, message, about=partner, person=invitation.name, organization=partner.organization
    )


def mark_opened(invitation: Invitation) -> None:
    """The letter's page was looked at. Not a change anybody made, so the timeline does not tell it."""
    Invitation.objects.filter(pk=invitation.pk, status=Invitation.Status.SENT).update(status=Invitation.Status.OPENED)


# Answers


@transaction.atomic
def answer(invitation: Invitation, said: str, *, name: str, reply: str = "", by: Person | None = None) -> None:
    """Record what the invited person says: committed, exploring, declined, or later (a Partner status or "later")."""
    invitation = Invitation.objects.select_for_update().select_related("partner__organization").get(pk=invitation.pk)
    refuse_unless_waiting(invitation)
    partner = invitation.partner
    if partner.status in (S.COMMITTED, S.LEFT):
        raise ValidationError(_("%(organization)s has answered already.") % {"organization": partner})
    answers: dict[str, Invitation.Status] = {
        S.COMMITTED: Invitation.Status.ACCEPTED,
        S.EXPLORING: Invitation.Status.ACCEPTED,
        S.DECLINED: Invitation.Status.DECLINED,
    }
    invitation.status = answers.get(said, Invitation.Status.LATER)
    invitation.reply, invitation.replied_by, invitation.answered_at = reply, name, clock.now()
    invitation.save(update_fields=["status", "reply", "replied_by", "answered_at"])
    if said != "later":
        settle(partner, said)
    tell_sender(invitation, said)
    record(
        invitation.partnership,
        by,
        ANSWERS[said],
        about=partner,
        person=name,
        organization=partner.organization,
    )


def tell_sender(invitation: Invitation, said: str) -> None:
    """Write to whoever sent the letter what was answered."""
    sender, organization = invitation.sent_by.person, invitation.partner.organization
    mail.send(
        sender.email,
        lambda: _("%(organization)s has answered your letter") % {"organization": organization},
        "participation/mail/answered.txt",
        {
            "invitation": invitation,
            "organization": organization,
            "said": said,
            "address": mail.absolute(invitation.get_absolute_url()),
        },
        language=sender.language,
    )


def belongs(organization: Organization, person: Person) -> bool:
    """May a letter's reader act for an organization? Its own people may, and whoever has its e-mail domain.

    Anybody may for an organization that nobody speaks for yet and whose domain is not known. Otherwise a coordinator
    could write to an address of their own and read what is private to an organization they do not work for.
    """
    if organization.memberships.filter(person=person).exists():
        return True
    if organization.email_domain:
        return person.email.rpartition("@")[2] == organization.email_domain.lower()
    return not organization.memberships.exists()


@transaction.atomic
def bring_in(invitation: Invitation, person: Person) -> bool:
    """Make who said yes a representative and signatory; False when the organization's own people must say so first."""
    organization = invitation.partner.organization
    if not belongs(organization, person):
        Claim.objects.get_or_create(organization=organization, person=person, status=Claim.Status.OPEN)
        return False
    first = not organization.memberships.exists()
    role = Membership.Role.ADMIN if first else Membership.Role.MEMBER
    Membership.objects.get_or_create(organization=organization, person=person, defaults={"role": role})
    roles = [Role.REPRESENTATIVE, Role.SIGNATORY, Role.PARTICIPANT]
    take_in(invitation.partnership, person, organization=organization, roles=roles, by=invitation.sent_by.person)
    return True


@transaction.atomic
def answer_with_account(
    invitation: Invitation, said: str, *, name: str, password: str, reply: str = ""
) -> tuple[Person, bool]:
    """Answer yes and open an account; returns the person and whether they take part now."""
    if Person.objects.filter(email__iexact=invitation.email).exists():
        raise ValidationError(
            _("There is an account for %(email)s already. Sign in, and open the link of the letter again.")
            % {"email": invitation.email}
        )
    person = open_account(email=invitation.email, name=name, password=password, language=invitation.language)
    answer(invitation, said, name=name, reply=reply, by=person)
    return person, bring_in(invitation, person)


@transaction.atomic
def answer_as(invitation: Invitation, said: str, *, person: Person, reply: str = "") -> bool:
    """Answer yes with the account the letter was sent to; returns whether they take part now."""
    answer(invitation, said, name=person.name, reply=reply, by=person)
    return bring_in(invitation, person)


# Stakeholders, voices, due diligence, saved searches


@transaction.atomic
def need_voice(voice: Voice, *, by: Person) -> Voice:
    """Name a voice the partnership cannot do without."""
    voice.save()
    record(voice.partnership, by, gettext_noop("named a voice we need: “%(voice)s”"), about=voice, voice=voice.name)
    return voice


@transaction.atomic
def rate(stake: Stake, *, by: Person) -> Stake:
    """Say how interested and how influential an organization is. Who steers sees it; the timeline does not tell it."""
    stake.save()
    partner = stake.partner
    message = gettext_noop("placed %(organization)s on the stakeholder map")
    record(
        stake.partnership, by, message, about=partner, private_to=keepers(partner), organization=partner.organization
    )
    return stake


@transaction.atomic
def look_into(partner: Partner, checks: Iterable[Check], *, by: Person) -> None:
    """Keep the answers to the due-diligence questions, and what was found before them.

    The timeline tells the conveners alone that somebody looked.
    """
    before = {check.question: found_in(check) for check in Check.objects.filter(partner=partner)}
    for check in checks:
        if check.risk and not check.evidence.strip():
            raise ValidationError(_("A risk needs its reason: say how you know."))
        changed = found_in(check) != before.get(check.question, found_in(Check()))
        if changed:
            check.checked_on = clock.today() if check.finding != Check.Finding.OPEN else None
        check.save()
        if changed:
            Look.objects.create(partnership=partner.partnership, subject=check, by=by, **found_in(check))
    message = gettext_noop("went through the checks of %(organization)s")
    record(
        partner.partnership, by, message, about=partner, private_to=keepers(partner), organization=partner.organization
    )


def found_in(check: Check) -> dict[str, Any]:
    """What a look at a question found."""
    return {name: getattr(check, name) for name in ("finding", "evidence", "risk", "look_again_on")}


def keepers(partner: Partner) -> Organization:
    """The organization whose people may read on the timeline that a candidate was looked into: the convening one."""
    return (
        Partner.objects.select_related("organization").get(partnership=partner.partnership, convenes=True).organization
    )


@transaction.atomic
def save_search(partnership: Partnership, *, by: Participant, name: str, asked: dict[str, str]) -> SavedSearch:
    """Keep a search under a name; the same name again replaces what it asked."""
    saved, _created = SavedSearch.objects.update_or_create(
        partnership=partnership,
        owner=by,
        name=name,
        defaults={"asked": asked, "saved_at": clock.now(), "seen": None, "looked_on": None},
    )
    return saved


def write_about(saved: SavedSearch, *, notify: bool) -> bool:
    """Letters about a saved search, or none; nobody else sees either."""
    saved.notify = notify
    saved.save(update_fields=["notify"])
    return notify
