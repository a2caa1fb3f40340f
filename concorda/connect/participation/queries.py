"""Who is here, who was asked, whose voice is missing. Everything reads what the open scope shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from concorda.connect.participation.models import Check, Invitation, Link, Look, Request, Stake, Voice
from concorda.connect.participation.services import digest_of
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import scopes_disabled
from concorda.foundation.organizations.models import Organization
from concorda.foundation.organizations.public import Named
from concorda.foundation.partnerships.access import Ability, Access
from concorda.foundation.partnerships.models import Entry, Participant, Partner, Partnership
from concorda.foundation.partnerships.timeline import visible

S = Partner.Status
ASKED = (S.APPROACHED, S.EXPLORING, S.COMMITTED, S.DECLINED, S.LEFT)
CANDIDATES = (S.IDENTIFIED, S.APPROACHED, S.EXPLORING)
ENOUGH = 2
"""Planning starts once this many partners have committed."""
PATIENCE = timedelta(days=14)
"""How long a letter may stay without an answer before it waits for whoever sent it."""


def partners(partnership: Partnership) -> QuerySet[Partner]:
    """Every organization that is or was considered, each with `people` and its letters and requests."""
    counted = (
        Participant.objects.filter(partnership=partnership, organization=OuterRef("organization"), left_on=None)
        .order_by()
        .values("organization")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return (
        Partner.objects.filter(partnership=partnership)
        .select_related("organization")
        .prefetch_related(
            Prefetch("invitations", Invitation.objects.all()), Prefetch("requests", Request.objects.all())
        )
        .annotate(people=Coalesce(Subquery(counted), 0))
    )


def committed_count(partnership: Partnership) -> int:
    return Partner.objects.filter(partnership=partnership, status=S.COMMITTED).count()


def asked_to_join(partner: Partner) -> Request | None:
    """The request that still waits for an answer; needs `requests` fetched."""
    return next(iter(partner.requests.all()), None) if partner.status == S.IDENTIFIED else None


def latest_letter(partner: Partner) -> Invitation | None:
    return next(iter(partner.invitations.all()), None)


def unanswered(partnership: Partnership) -> list[Invitation]:
    """Letters without an answer for fourteen days, to candidates nobody else has answered for; oldest first.

    One that asked for time waits another fourteen days from then.
    """
    found = Invitation.objects.filter(
        partnership=partnership, status__in=Invitation.WAITING, partner__status__in=(S.APPROACHED, S.EXPLORING)
    ).select_related("partner__organization", "sent_by__person")
    since = clock.now() - PATIENCE
    return sorted(
        (one for one in found if (one.answered_at or one.sent_at) <= since),
        key=lambda one: (one.answered_at or one.sent_at, one.pk),
    )


def follow_up_on(invitation: Invitation) -> date:
    return ((invitation.answered_at or invitation.sent_at) + PATIENCE).date()


def history(partner: Partner, access: Access) -> QuerySet[Entry]:
    """What happened between the partnership and this organization, newest first."""
    return visible(access.partnership, access.own_organizations).filter(
        target="partnerships.partner", target_id=partner.pk
    )


def speaks_for(access: Access, partner: Partner) -> bool:
    """Is this person the one whose word counts for this candidate?"""
    return bool(
        access.participant.organization_id == partner.organization_id
        and access.can(Ability.AGREE, stage="connect", tool="participation")
    )


def named_partnerships(organization: Organization) -> list[Named]:
    """The partnerships that may be named on an organization's page, with the partners that agreed to be named too.

    A partnership is named once the organization that convenes it has agreed for itself.
    """
    with scopes_disabled():
        named = Partner.objects.filter(status=S.COMMITTED).exclude(named_since=None)
        mine = named.filter(organization=organization).values("partnership")
        found = list(
            named.filter(partnership__in=mine, partnership__status=Partnership.Status.ACTIVE)
            .select_related("partnership", "organization")
            .order_by("partnership__name", "-convenes", "organization__name")
        )
    by_partnership: dict[Partnership, list[Partner]] = {}
    for one in found:
        by_partnership.setdefault(one.partnership, []).append(one)
    return [
        Named(here.name, [one.organization for one in some if one.organization != organization])
        for here, some in by_partnership.items()
        if some[0].convenes
    ]


# Letters, read by people without an account


def letter_of(token: str) -> tuple[Invitation, Link] | None:
    """The invitation a link leads to, whatever became of it; None when there is no such link."""
    with scopes_disabled():
        link = (
            Link.objects.select_related(
                "invitation__partnership",
                "invitation__partner__organization",
                "invitation__sent_by__person",
                "invitation__sent_by__organization",
            )
            .filter(token_digest=digest_of(token))
            .first()
        )
    return (link.invitation, link) if link else None


def standing_of(invitation: Invitation, link: Link) -> str:
    """What a link is good for: open, replaced, withdrawn, answered, closed or expired."""
    if invitation.status == Invitation.Status.WITHDRAWN:
        return "withdrawn"
    if invitation.status in Invitation.ANSWERED:
        return "answered"
    if link.replaced:
        return "replaced"
    if invitation.partner.status in (S.COMMITTED, S.LEFT):
        return "closed"
    return "expired" if invitation.expired else "open"


# Voices


@dataclass(frozen=True)
class Heard:
    """A required voice and the committed organizations through which it is heard."""

    voice: Voice
    through: Sequence[Organization]

    @property
    def missing(self) -> bool:
        return not self.through


def voices(partnership: Partnership) -> list[Heard]:
    """Every required voice with who brings it in; a partner counts from the day it has committed."""
    here = list(
        Partner.objects.filter(partnership=partnership, status=S.COMMITTED)
        .select_related("organization")
        .prefetch_related("organization__populations")
    )
    required = Voice.objects.filter(partnership=partnership).select_related("population")
    return [Heard(voice, [one.organization for one in here if brings(one, voice)]) for voice in required]


def brings(partner: Partner, voice: Voice) -> bool:
    if voice.carried_by_id == partner.pk:
        return True
    if voice.kind == Voice.Kind.SECTOR:
        return bool(voice.sector) and voice.sector == partner.organization.kind
    if voice.kind == Voice.Kind.POPULATION:
        return any(term.pk == voice.population_id for term in partner.organization.populations.all())
    return False


def missing_names(heard: Iterable[Heard]) -> list[str]:
    """Who is not heard yet, each once: the voices by name, people with experience of their own as that."""
    names = dict.fromkeys(
        str(_("lived experience")) if one.voice.kind == Voice.Kind.LIVED else one.voice.name
        for one in heard
        if one.missing
    )
    return list(names)


# For those who steer


def stakeholder_map(partnership: Partnership) -> list[tuple[Stake.Much, list[tuple[Stake.Much, list[Stake]]]]]:
    """Rows of influence, much first, each with interest from little to much and who stands there."""
    stakes = list(Stake.objects.filter(partnership=partnership).select_related("partner__organization"))
    return [
        (
            influence,
            [
                (interest, [one for one in stakes if (one.influence, one.interest) == (influence, interest)])
                for interest in Stake.Much
            ],
        )
        for influence in sorted(Stake.Much, reverse=True)
    ]


def unplaced(found: Iterable[Partner]) -> list[Partner]:
    """Who is here or asked and has no place on the stakeholder map yet."""
    placed = set(Stake.objects.values_list("partner", flat=True))
    return [one for one in found if one.pk not in placed and one.status in (*CANDIDATES, S.COMMITTED)]


def checks_of(partner: Partner) -> list[Check]:
    """The six questions of due diligence, answered or not."""
    known = {check.question: check for check in Check.objects.filter(partner=partner)}
    return [
        known.get(question) or Check(partnership=partner.partnership, partner=partner, question=question)
        for question in Check.Question
    ]


def looks_of(partner: Partner) -> dict[str, list[Look]]:
    """Question → what was found each time somebody looked, newest first."""
    found: dict[str, list[Look]] = {}
    looks = Look.objects.filter(subject__partner=partner).select_related("subject", "by")
    for look in looks:
        found.setdefault(look.subject.question, []).append(look)
    return found


def flags(partnership: Partnership) -> dict[int, int]:
    """Partner → how many risks are open or escalated."""
    counted = (
        Check.objects.filter(partnership=partnership, risk__in=(Check.Risk.OPEN, Check.Risk.ESCALATED))
        .order_by()
        .values("partner")
        .annotate(n=Count("pk"))
    )
    return {row["partner"]: row["n"] for row in counted}


def checks_due(partnership: Partnership) -> QuerySet[Partner]:
    """Organizations with a check to be looked at again today or earlier."""
    due = Q(look_again_on__lte=clock.today())
    return (
        Partner.objects.filter(pk__in=Check.objects.filter(due, partnership=partnership).values("partner"))
        .select_related("organization")
        .order_by(F("organization__name"))
    )
