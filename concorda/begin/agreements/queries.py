"""Reading agreements: who has signed, who is waited for, what changed between versions, what is due."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from concorda.begin.agreements import library
from concorda.begin.agreements.models import (
    Agreement,
    AgreementVersion,
    Clause,
    ClauseComment,
    Confirmation,
    Obligation,
    Reply,
    Round,
    Signature,
    Withdrawal,
)
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import scopes_disabled
from concorda.foundation.core.text import Change, word_changes
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.access import Access, Role
from concorda.foundation.partnerships.models import Participant, Partner, Partnership
from concorda.foundation.partnerships.queries import with_role

SOON = timedelta(days=30)
SHORTEST = 16
"""Characters of a hash that are enough to look it up: 64 bits, so that nobody finds a version by guessing."""


@dataclass
class Party:
    """One organization of a version: its signature, or what it said instead."""

    partner: int
    name: str
    organization: Organization | None = None
    signature: Signature | None = None
    reply: Reply | None = None
    withdrawal: Withdrawal | None = None
    signatories: list[Participant] = field(default_factory=list)
    on_paper: bool = False
    step: int = 1
    turn: bool = True

    @property
    def gone(self) -> bool:
        """Whether it signed, gave notice, and its last day has passed."""
        return self.withdrawal is not None and self.withdrawal.over

    @property
    def state(self) -> str:
        if self.signature or self.on_paper:
            return "signed"
        return "declined" if self.reply and self.reply.kind == Reply.Kind.DECLINED else "waiting"


def parties_of(version: AgreementVersion) -> list[Party]:
    """The parties of a version as it names them: signed first in order of signing, then waiting, then declined."""
    paper = "paper" in version.contents
    found = {
        one["partner"]: Party(one["partner"], one["name"], on_paper=paper, step=one.get("step", 1))
        for one in version.parties
    }
    for partner in Partner.objects.filter(pk__in=found).select_related("organization"):
        found[partner.pk].organization = partner.organization
    for signature in Signature.objects.filter(version=version).select_related("signatory__person"):
        found[signature.partner_id].signature = signature
    turn = version.whose_turn([pk for pk, one in found.items() if one.signature])
    for one in found.values():
        one.turn = one.partner in turn
    for reply in Reply.objects.filter(version=version).select_related("by__person", "clause"):
        if reply.partner_id in found:
            found[reply.partner_id].reply = reply
    for withdrawal in Withdrawal.objects.filter(agreement=version.agreement_id):
        if withdrawal.partner_id in found:
            found[withdrawal.partner_id].withdrawal = withdrawal
    order = ("signed", "waiting", "declined")
    return sorted(
        found.values(),
        key=lambda one: (order.index(one.state), str(one.signature.at) if one.signature else "", one.step),
    )


def bound_by(agreement: Agreement) -> list[Partner]:
    """The partners an agreement in force binds today: those who signed it, without those whose notice has run out."""
    version = agreement.in_force_version
    if version is None:
        return []
    gone = {one.partner_id for one in Withdrawal.objects.filter(agreement=agreement) if one.over}
    named = {one["partner"] for one in version.parties} - gone
    return list(Partner.objects.filter(pk__in=named).select_related("organization"))


def with_signatories(parties: list[Party], partnership: Partnership) -> list[Party]:
    """The parties with the people who may sign for each."""
    by_organization: dict[int | None, list[Participant]] = {}
    for person in with_role(partnership, Role.SIGNATORY):
        by_organization.setdefault(person.organization_id, []).append(person)
    for one in parties:
        one.signatories = by_organization.get(one.organization.pk, []) if one.organization else []
    return parties


def newest(agreement: Agreement) -> AgreementVersion | None:
    """The newest version that was not withdrawn: out for signature, or in force."""
    return AgreementVersion.objects.filter(agreement=agreement, voided_at=None).select_related("agreement").first()


@dataclass
class ClauseLine:
    """A clause on the page of its agreement: with what was said, and what changed since the version before."""

    clause: Clause
    number: int
    comments: list[ClauseComment]
    changes: list[Change] | None = None
    entry: library.Entry | None = None
    declined: list[Reply] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return self.changes is not None and any(change.kind != "same" for change in self.changes)

    @property
    def state(self) -> str:
        """agreed, changed, open or draft."""
        if self.clause.status == Clause.Status.DISCUSSED:
            return "open"
        if self.changed:
            return "changed"
        return "agreed" if self.clause.status == Clause.Status.AGREED else "draft"

    @property
    def unfilled(self) -> bool:
        return library.unfilled(self.clause.text)


def lines_of(agreement: Agreement, base: AgreementVersion | None) -> list[ClauseLine]:
    """The clauses in order, compared with the version `base` where there is one."""
    said: dict[int, list[ClauseComment]] = {}
    comments = ClauseComment.objects.filter(clause__agreement=agreement)
    for one in comments.select_related("author__person", "organization", "settled_by__person"):
        said.setdefault(one.clause_id, []).append(one)
    before = {one["clause"]: one["text"] for one in base.clauses} if base else None
    found = []
    for number, clause in enumerate(agreement.clauses.all(), start=1):
        changes = None if before is None else list(word_changes(before.get(clause.pk, ""), clause.text))
        found.append(ClauseLine(clause, number, said.get(clause.pk, []), changes, library.entries().get(clause.key)))
    return found


def compared_with(agreement: Agreement, versions: list[AgreementVersion]) -> AgreementVersion | None:
    """The version the present text is shown against: the newest one that says something else."""
    now = [(one.pk, one.heading, one.text) for one in agreement.clauses.all()]
    for version in versions:
        clauses = version.clauses
        if [(one["clause"], one["heading"], one["text"]) for one in clauses] != now:
            return version
    return None


def asked_for(agreement: Agreement) -> list[ClauseComment]:
    """What was asked for in each clause, what is open first."""
    found = ClauseComment.objects.filter(clause__agreement=agreement).select_related(
        "clause", "author__person", "organization", "settled_by__person"
    )
    return sorted(found, key=lambda one: (one.outcome != ClauseComment.Outcome.OPEN, one.clause.position, one.pk))


@dataclass(frozen=True)
class Asked:
    """A round of confirmation with the answer of each party, and who has not answered."""

    round: Round
    answers: list[tuple[Partner, Confirmation | None]]

    @property
    def stands(self) -> int:
        return sum(bool(one and one.stands) for _partner, one in self.answers)

    @property
    def open(self) -> bool:
        return self.round.outcome == Round.Outcome.OPEN

    def answer_of(self, organization: Organization | None) -> tuple[Partner, Confirmation | None] | None:
        return next((pair for pair in self.answers if pair[0].organization == organization), None)


def asked_of(agreement: Agreement) -> Asked | None:
    """The newest round, if there was one."""
    newest_round = agreement.rounds.first()
    if newest_round is None:
        return None
    said = {one.partner_id: one for one in newest_round.confirmations.select_related("by__person")}
    parties = bound_by(agreement) if newest_round.outcome == Round.Outcome.OPEN else answered(said)
    return Asked(newest_round, [(partner, said.get(partner.pk)) for partner in parties])


def answered(said: Collection[int]) -> list[Partner]:
    return list(Partner.objects.filter(pk__in=said).select_related("organization"))


def to_confirm(access: Access) -> list[Round]:
    """The open rounds this person could answer for its organization, which has not answered yet."""
    if not (access.has_role(Role.SIGNATORY) or access.has_role(Role.REPRESENTATIVE)) or access.organization is None:
        return []
    said = Confirmation.objects.filter(partner__organization=access.organization).values("round")
    found = Round.objects.filter(outcome=Round.Outcome.OPEN).exclude(pk__in=said).select_related("agreement")
    ours = access.organization
    return [one for one in found if any(party.organization == ours for party in bound_by(one.agreement))]


@dataclass(frozen=True)
class ClauseChange:
    """One clause in two texts, word by word; `kind` is same, changed, added or removed."""

    number: int | None
    heading: str
    kind: str
    title: list[Change]
    changes: list[Change]


def compare(old: dict[str, Any], new: dict[str, Any]) -> list[ClauseChange]:
    """Every clause of two frozen texts: those of the new one in order, then those that are gone."""
    before = {one["clause"]: one for one in old.get("clauses", [])}
    found = []
    for one in new.get("clauses", []):
        earlier = before.pop(one["clause"], None)
        was = earlier or {"heading": "", "text": ""}
        title, changes = (list(word_changes(was[name], one[name])) for name in ("heading", "text"))
        changed = any(change.kind != "same" for change in title + changes)
        kind = "added" if earlier is None else "changed" if changed else "same"
        found.append(ClauseChange(one["number"], one["heading"], kind, title, changes))
    return found + [
        ClauseChange(
            None, one["heading"], "removed", [Change("removed", one["heading"])], [Change("removed", one["text"])]
        )
        for one in before.values()
    ]


def redline(old: AgreementVersion, new: AgreementVersion) -> list[ClauseChange]:
    """What is different from one version to another, clause by clause; unchanged clauses are left out."""
    return [one for one in compare(old.as_here, new.as_here) if one.kind != "same"]


# For the map, and for what waits


def leading(partnership: Partnership) -> Agreement | None:
    """The agreement the partnership is busy with: out for signature, else in draft, else in force."""
    rank = {Agreement.Status.SIGNING: 0, Agreement.Status.DRAFT: 1, Agreement.Status.IN_FORCE: 2}
    found = sorted(
        Agreement.objects.filter(partnership=partnership),
        key=lambda one: (rank.get(one.status, 3), -one.pk),
    )
    return found[0] if found else None


def to_sign(access: Access) -> QuerySet[AgreementVersion]:
    """The versions this person could sign for their organization and nobody there has signed."""
    if not access.has_role(Role.SIGNATORY) or access.organization is None:
        return AgreementVersion.objects.none()
    theirs = Signature.objects.filter(partner__organization=access.organization).values("version")
    open_ones = AgreementVersion.objects.filter(voided_at=None, agreement__on_paper=False).exclude(pk__in=theirs)
    standing = Agreement.objects.exclude(in_force_version=None).values("in_force_version")
    return open_ones.exclude(pk__in=standing).select_related("agreement")


def overdue(partnership: Partnership) -> QuerySet[Obligation]:
    return Obligation.objects.filter(partnership=partnership, delivered_on=None, due__lt=clock.today())


def owed_by(access: Access) -> QuerySet[Obligation]:
    """What this person sees to and is due soon; with no person named, it waits for the representatives."""
    mine = Q(owner=access.participant)
    if access.has_role(Role.REPRESENTATIVE) and access.organization:
        mine |= Q(owner=None, partner__organization=access.organization)
    soon = clock.today() + SOON
    return Obligation.objects.filter(mine, delivered_on=None, due__lte=soon).select_related("agreement")


def unsettled(partnership: Partnership) -> list[Reply]:
    """The refusals that stand on versions out for signature."""
    standing = Reply.objects.filter(
        partnership=partnership, version__voided_at=None, kind=Reply.Kind.DECLINED
    ).select_related("partner__organization", "clause", "version__agreement")
    latest = {(one.version_id, one.partner_id): one for one in standing}
    signed = set(Signature.objects.filter(version__voided_at=None).values_list("version", "partner"))
    return [one for key, one in latest.items() if key not in signed]


def expiring(partnership: Partnership) -> list[tuple[Agreement, int]]:
    """Agreements in force that end within 180 days, with the days left."""
    last = clock.today() + timedelta(days=180)
    found = Agreement.objects.filter(partnership=partnership, status=Agreement.Status.IN_FORCE, expires_on__lte=last)
    return [(one, (one.expires_on - clock.today()).days) for one in found if one.expires_on and not one.lapsed]


# For anyone


@dataclass(frozen=True)
class Finding:
    """What anyone may know about a version whose hash they hold."""

    title: str
    partnership: str
    number: int
    groups: str
    sent_on: date
    state: str
    in_force_since: date | None
    expires_on: date | None
    intact: bool
    parties: list[Party]


def look_up(prefix: str) -> list[Finding]:
    """The versions whose hash begins so; at most two, since two already mean that more characters are needed."""
    with scopes_disabled():
        found = AgreementVersion.objects.filter(digest__startswith=prefix).select_related("agreement__partnership")[:2]
        return [finding(one) for one in found]


def finding(version: AgreementVersion) -> Finding:
    agreement = version.agreement
    return Finding(
        version.contents.get("title", ""),
        agreement.partnership.name,
        version.number,
        version.groups,
        version.at.date(),
        version_state(version),
        agreement.in_force_since if agreement.in_force_version_id == version.pk else None,
        agreement.expires_on,
        version.intact,
        parties_of(version),
    )


def version_state(version: AgreementVersion) -> str:
    """withdrawn, in_force, coming, lapsed, ended, superseded, or signing."""
    agreement = version.agreement
    if version.voided_at:
        return "withdrawn"
    if agreement.in_force_version_id != version.pk:
        later = agreement.in_force_version_id and agreement.in_force_version_id > version.pk
        return "superseded" if later else "signing"
    if agreement.status == Agreement.Status.ENDED:
        return "ended"
    if agreement.lapsed:
        return "lapsed"
    return "in_force" if agreement.holds else "coming"


def count_signed(parties: Iterable[Party]) -> tuple[int, int]:
    found = list(parties)
    return sum(one.state == "signed" for one in found), len(found)


def summary(agreements: list[Agreement]) -> list[dict[str, Any]]:
    """Each agreement with how many have signed its newest version, in three queries whatever the number."""
    versions: dict[int, AgreementVersion] = {}
    for version in AgreementVersion.objects.filter(agreement__in=agreements, voided_at=None).order_by("number"):
        versions[version.agreement_id] = version
    signed: dict[int, int] = {}
    for pk in Signature.objects.filter(version__in=versions.values()).values_list("version", flat=True):
        signed[pk] = signed.get(pk, 0) + 1
    found = []
    for one in agreements:
        newest_version = versions.get(one.pk)
        total = len(newest_version.parties) if newest_version else 0
        done = total if one.on_paper else signed.get(newest_version.pk, 0) if newest_version else 0
        found.append({"agreement": one, "version": newest_version, "signed": done, "parties": total})
    return found
