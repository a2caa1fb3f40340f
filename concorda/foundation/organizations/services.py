"""Writes: an organization and its people, claims and invitations, the reflection and what is shared of it."""

from collections.abc import Iterable, Mapping
from itertools import chain, count, islice
from typing import Any
from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from concorda.foundation.accounts import mail
from concorda.foundation.accounts.models import Person
from concorda.foundation.accounts.services import open_account
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import scopes_disabled
from concorda.foundation.core.text import free_slug
from concorda.foundation.organizations import search
from concorda.foundation.organizations.models import (
    Answer,
    Claim,
    Disclosure,
    Invite,
    KeptColumns,
    Membership,
    Organization,
    Rating,
    Reach,
    Readiness,
    Sought,
    Term,
    Wording,
)
from concorda.foundation.organizations.queries import ideal_partner
from concorda.foundation.organizations.questions import BY_KEY, QUESTIONS
from concorda.foundation.organizations.registers.loading import search_row

RESERVED = {"new", "import", "claims", "join", "registers", "duplicates", "vocabulary"}
INVITE_DAYS = 14
SALT = "concorda.join-organization"
# Hosts whose addresses prove nothing about an organization: anybody can have one there.
ANYBODYS = {
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.co.uk", "live.com", "yahoo.com", "yahoo.ca",
    "yahoo.co.uk", "icloud.com", "me.com", "aol.com", "proton.me", "protonmail.com", "btinternet.com", "videotron.ca",
    "sympatico.ca", "rogers.com", "shaw.ca", "telus.net", "bell.net", "facebook.com", "linkedin.com", "instagram.com",
    "google.com", "wordpress.com", "wixsite.com", "weebly.com", "blogspot.com", "github.io", "sites.google.com",
}  # fmt: skip


class Refusal(Exception):
    """Something people asked for that the rules do not allow; its text is for them."""


def index(organization: Organization) -> None:
    """Let the directory find the organization by what it says now."""
    search.put([search_row(organization, [*organization.terms.all(), *organization.populations.all()])])


def index_all() -> None:
    """Let the directory find every organization by what it says now, whatever it was found by before."""
    search.clear()
    everybody = Organization.objects.order_by("pk").prefetch_related("terms", "populations").iterator(chunk_size=2000)
    while some := list(islice(everybody, 2000)):
        search.put((search_row(one, [*one.terms.all(), *one.populations.all()]) for one in some), new=True)


@transaction.atomic
def create(*, by: Person, name: str, **facts: Any) -> Organization:
    """A new organization in the directory; whoever names it administers it."""
    slug = free_slug(Organization, f"{name} 1" if name.strip().lower() in RESERVED else name)
    organization = Organization.objects.create(name=name, slug=slug, kept=["name", *facts], **facts)
    Membership.objects.create(organization=organization, person=by, role=Membership.Role.ADMIN)
    index(organization)
    return organization


@transaction.atomic
def edit(organization: Organization, facts: Mapping[str, Any], *, by: Person) -> None:
    """Write what its own people say; a register does not change these fields any more."""
    del by  # the door has seen that the person works there; an organization outside any partnership has no timeline
    many = {key: value for key, value in facts.items() if organization._meta.get_field(key).many_to_many}
    for key, value in facts.items():
        if key not in many:
            setattr(organization, key, value)
    for key, value in many.items():
        getattr(organization, key).set(value)
    organization.kept = sorted({*organization.kept, *facts})
    organization.changed_at = clock.now()
    organization.save()
    index(organization)


# Claims


def domain_of(address: str) -> str:
    """The part of an e-mail or web address that names whose it is: `www.x.org/a` and `me@x.org` → `x.org`."""
    host = address.rpartition("@")[2] if "@" in address else (urlsplit(address).hostname or address)
    return host.lower().strip().removeprefix("www.")


def proves(person: Person, organization: Organization) -> bool:
    """Does the person's confirmed address belong to the organization's own domain?"""
    domains = {domain_of(organization.website), domain_of(organization.email_domain)} - {""} - ANYBODYS
    own = EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
    return any(domain_of(email) in domains for email in own)


@transaction.atomic
def claim(organization: Organization, *, by: Person, reason: str = "") -> Claim:
    """Ask to act for an organization of the directory: at once where the address proves it, else a steward answers."""
    if Membership.objects.filter(organization=organization, person=by).exists():
        raise Refusal(_("You work for it here already."))
    claim, _new = Claim.objects.get_or_create(
        organization=organization, person=by, status=Claim.Status.OPEN, defaults={"reason": reason}
    )
    if proves(by, organization):
        answer_claim(claim, granted=True, by=None)
    return claim


@transaction.atomic
def answer_claim(claim: Claim, *, granted: bool, by: Person | None) -> None:
    """Grant or decline. The first person of an organization administers it; later ones are members."""
    claim = Claim.objects.select_for_update().get(pk=claim.pk)
    if claim.status != Claim.Status.OPEN:
        raise Refusal(_("This request has been answered already."))
    claim.status = Claim.Status.GRANTED if granted else Claim.Status.DECLINED
    claim.answered_by, claim.answered_at = by, clock.now()
    claim.save()
    if granted:
        alone = not Membership.objects.filter(organization=claim.organization).exists()
        role = Membership.Role.ADMIN if alone else Membership.Role.MEMBER
        Membership.objects.get_or_create(organization=claim.organization, person=claim.person, defaults={"role": role})
    mail.send(
        claim.person.email,
        lambda: _("Your request for %(name)s") % {"name": claim.organization.name},
        "organizations/mail/claim.txt",
        {"claim": claim, "granted": granted, "address": mail.absolute(claim.organization.get_absolute_url())},
        language=claim.person.language,
    )


# People


@transaction.atomic
def invite(organization: Organization, *, by: Person, email: str, role: str) -> Invite:
    """Send a letter with a link that lets its reader join."""
    email = email.strip().lower()
    if Membership.objects.filter(organization=organization, person__email__iexact=email).exists():
        raise Refusal(_("%(email)s works for it here already.") % {"email": email})
    Invite.objects.filter(organization=organization, email=email, answered_at=None).delete()
    invite = Invite.objects.create(organization=organization, email=email, role=role, by=by)
    known = Person.objects.filter(email__iexact=email).first()
    mail.send(
        email,
        lambda: (
            _("%(name)s invites you to join %(organization)s") % {"name": by.name, "organization": organization.name}
        ),
        "organizations/mail/invite.txt",
        {
            "invite": invite,
            "by": by,
            "organization": organization,
            "address": mail.absolute(join_path(invite)),
            "days": INVITE_DAYS,
        },
        language=known.language if known else by.language,
        kind="invitations",
    )
    return invite


def join_path(invite: Invite) -> str:
    return reverse("organizations:join", args=[signing.dumps(invite.pk, salt=SALT)])


def read_invite(signed: str) -> Invite | None:
    """The open invitation of a link, or None for one that is wrong, answered, withdrawn or too old."""
    try:
        pk = signing.loads(signed, salt=SALT, max_age=INVITE_DAYS * 86400)
    except signing.BadSignature:
        return None
    return Invite.objects.select_related("organization", "by").filter(pk=pk, answered_at=None).first()


@transaction.atomic
def join(invite: Invite, *, by: Person) -> Membership:
    """Accept an invitation."""
    invite = Invite.objects.select_for_update().get(pk=invite.pk, answered_at=None)
    invite.answered_at = clock.now()
    invite.save()
    membership, _new = Membership.objects.get_or_create(
        organization=invite.organization, person=by, defaults={"role": invite.role}
    )
    return membership


@transaction.atomic
def join_anew(invite: Invite, *, name: str, password: str, language: str) -> Person:
    """Accept an invitation without an account: the letter has reached the address, so it counts as confirmed."""
    person = open_account(email=invite.email, name=name, password=password, language=language)
    join(invite, by=person)
    return person


@transaction.atomic
def set_role(membership: Membership, role: str, *, by: Person) -> None:
    """Make somebody an administrator or a member; one administrator stays."""
    del by
    if role != Membership.Role.ADMIN:
        keep_an_admin(membership)
    membership.role = role
    membership.save(update_fields=["role"])


@transaction.atomic
def remove(membership: Membership, *, by: Person) -> None:
    """Somebody does not work for the organization any more; what they wrote stays."""
    del by
    keep_an_admin(membership)
    membership.delete()


def keep_an_admin(membership: Membership) -> None:
    admins = Membership.objects.select_for_update().filter(
        organization=membership.organization, role=Membership.Role.ADMIN
    )
    if not [one for one in admins if one.pk != membership.pk]:
        raise Refusal(
            _("%(name)s is the only administrator. Make somebody else one first.") % {"name": membership.person.name}
        )


@transaction.atomic
def open_installation(*, name: str, email: str, password: str, organization: str, language: str) -> Person:
    """The first person of an installation, who administers it, with the first organization."""
    if Person.objects.exists():
        raise Refusal(_("This installation has people already."))
    person = open_account(
        email=email, name=name, password=password, language=language, is_superuser=True, is_steward=True
    )
    create(by=person, name=organization)
    return person


# Registers


def keep_mapping(name: str, columns: dict[str, str], *, by: Person) -> None:
    """Keep under a name which column holds what; the same name again replaces it."""
    facts = {"columns": columns, "by": by, "at": clock.now()}
    KeptColumns.objects.update_or_create(name=name.strip(), defaults=facts)


# The vocabulary


@transaction.atomic
def add_term(*, parent: Term, label_en: str, label_fr: str, by: Person) -> Term:
    """A word of our own in a group of the vocabulary."""
    del by
    base = f"{parent.code}.{slugify(label_en).replace('-', '_')[:40] or 'own'}"
    taken = set(Term.objects.filter(scheme=Term.CONCORDA, code__startswith=base).values_list("code", flat=True))
    numbered = (f"{base}_{number}" for number in count(2))
    code = next(one for one in chain([base], numbered) if one not in taken)
    return Term.objects.create(code=code, parent=parent, label_en=label_en, label_fr=label_fr, local=True)


@transaction.atomic
def change_term(term: Term, *, by: Person, means: Iterable[Term] | None = None, **facts: Any) -> None:
    """Rename a term, retire it or bring it back, or say what a code of another scheme means."""
    del by
    for key, value in facts.items():
        setattr(term, key, value)
    term.local = True
    term.save()
    if means is not None:
        term.means.set(means)
    using = Organization.objects.filter(Q(terms=term) | Q(populations=term)).distinct()
    search.put(
        search_row(one, [*one.terms.all(), *one.populations.all()])
        for one in using.prefetch_related("terms", "populations")
    )


@transaction.atomic
def delete_term(term: Term, *, by: Person) -> None:
    """Delete a word of our own that nothing uses; a used one can only be retired."""
    del by
    if not term.local or term.scheme != Term.CONCORDA:
        raise Refusal(_("This term belongs to the vocabulary that comes with Concorda. Retire it instead."))
    many = [field.name for field in Organization._meta.local_many_to_many if field.related_model is Term]
    if any(Organization.objects.filter(**{name: term}).exists() for name in many) or term.children.exists():
        raise Refusal(_("This term is used. Retire it instead; what uses it keeps it."))
    try:
        with transaction.atomic(), scopes_disabled():
            term.delete()
    except models.ProtectedError:
        raise Refusal(_("This term is used. Retire it instead; what uses it keeps it.")) from None


# The reflection


def answer(organization: Organization, question: str, text: str, *, by: Person) -> None:
    """What one person answers; an empty text takes the answer back."""
    own: dict[str, Any] = {"organization": organization, "person": by, "question": question}
    if text.strip():
        Answer.objects.update_or_create(**own, defaults={"text": text.strip(), "changed_at": clock.now()})
    else:
        Answer.objects.filter(**own).delete()


@transaction.atomic
def settle(organization: Organization, question: str, text: str, *, by: Person, base: int | None) -> Wording:
    """Keep the wording the organization has settled on; `base` is the revision the writer saw, None for none."""
    stored = Wording.objects.select_for_update().filter(organization=organization, question=question).first()
    if (stored.revision if stored else None) != base:
        raise Refusal(_("Somebody else has changed it meanwhile: “%(text)s”") % {"text": stored.text if stored else ""})
    facts = {"text": text.strip(), "by": by, "changed_at": clock.now(), "revision": 0 if base is None else base + 1}
    wording, _new = Wording.objects.update_or_create(organization=organization, question=question, defaults=facts)
    return wording


@transaction.atomic
def rate(organization: Organization, side: str, given: Iterable[tuple[Term, int, str]], *, by: Person) -> None:
    """Everything one person rates on one side, instead of what they rated before."""
    Rating.objects.filter(organization=organization, side=side, person=by).delete()
    latest = {term: (level, evidence) for term, level, evidence in given}
    Rating.objects.bulk_create(
        Rating(organization=organization, person=by, side=side, term=term, level=level, evidence=evidence)
        for term, (level, evidence) in latest.items()
    )


@transaction.atomic
def say_ready(organization: Organization, given: Mapping[str, tuple[int, str]], *, by: Person) -> None:
    """How ready one person finds the organization, by dimension."""
    for dimension, (level, note) in given.items():
        Readiness.objects.update_or_create(
            organization=organization, person=by, dimension=dimension, defaults={"level": level, "note": note}
        )


@transaction.atomic
def seek(organization: Organization, term: Term, importance: int, *, by: Person) -> None:
    """Set by hand how much a characteristic matters; 0 strikes it from the list."""
    Sought.objects.update_or_create(organization=organization, term=term, defaults={"importance": importance, "by": by})


@transaction.atomic
def disclose(organization: Organization, levels: Mapping[str, int], *, to: Organization | None, by: Person) -> None:
    """Say how much of each part `to` (None: everybody) sees from now on; less than before takes it back."""
    if to == organization:
        raise Refusal(_("Your own people read everything already."))
    for part, level in levels.items():
        own: dict[str, Any] = {"organization": organization, "part": part, "to": to}
        if level:
            facts: dict[str, Any] = {"level": level, "by": by, "at": clock.now()}
            Disclosure.objects.update_or_create(**own, defaults=facts)
        else:
            Disclosure.objects.filter(**own).delete()


SHAREABLE = [question.key for question in QUESTIONS if question.public] + ["reach", "strength", "ideal"]


@transaction.atomic
def share(organization: Organization, parts: Iterable[str], *, by: Person) -> None:
    """Write the chosen parts of the reflection into the public profile, as they are now."""
    facts: dict[str, Any] = {}
    for part in parts:
        facts |= public_facts(organization, part)
    edit(organization, facts, by=by)


def public_facts(organization: Organization, part: str) -> dict[str, Any]:
    """Fields of the public profile that a part fills; none where there is nothing to share."""
    if part == "ideal":
        return {"looking_for": [one.term for one in ideal_partner(organization)]}
    if part == "strength":
        rated = Rating.objects.filter(organization=organization, side=Rating.Side.STRENGTH, level__gte=3)
        return {"terms": list(Term.objects.filter(pk__in=rated.values("term")))}
    if part == "reach":
        reach = Reach.objects.filter(organization=organization).first()
        return reach_facts(reach) if reach else {}
    text = said(organization, part)
    return {BY_KEY[part].public: text} if text else {}


def reach_facts(reach: Reach) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "populations": list(reach.populations.all()),
        "languages": reach.languages,
        "area": reach.area,
    }
    places = list(reach.places.all())
    return facts | ({"place": places[0]} if len(places) == 1 else {})


def said(organization: Organization, question: str) -> str:
    """The settled wording, or the only answer there is."""
    wording = Wording.objects.filter(organization=organization, question=question).first()
    if wording:
        return wording.text
    answers = list(Answer.objects.filter(organization=organization, question=question)[:2])
    return answers[0].text if len(answers) == 1 else ""
