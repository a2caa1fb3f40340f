"""What is asked about bodies, seats, rules and decisions. Everything reads what the open scope shows."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from concorda.analysis.governance_form import TOP, Fit, Predictor, Recommendation, crowd, recommend, trust_density
from concorda.analysis.tally import Outcome
from concorda.begin.governance.deciding import tally
from concorda.begin.governance.models import (
    AGREEING,
    Answer,
    Arrangement,
    Ballot,
    Body,
    Decision,
    Delegation,
    EarlierReply,
    HandOver,
    Interest,
    LookedAgain,
    Notice,
    Rule,
    Seat,
    Trust,
    WorkingAgreement,
)
from concorda.begin.governance.naming import starting, the
from concorda.begin.governance.worksheet import LARGE, NEEDS, STYLES
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_moment
from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.organizations.models import Membership, Organization
from concorda.foundation.partnerships.access import Ability, Access, Role
from concorda.foundation.partnerships.models import Participant, Partnership
from concorda.foundation.partnerships.queries import committed
from concorda.foundation.process.stages import Text, Waiting
from concorda.foundation.process.worksheet import Question

NOTICE = timedelta(days=60)
"""How long before its end a term is announced."""

WITH_PEOPLE = (
    "body",
    "partner__organization",
    "holder__person",
    "holder__organization",
    "alternate__person",
    "alternate__organization",
)


def seats() -> QuerySet[Seat]:
    """The seats with all that a page says about them."""
    return Seat.objects.select_related(*WITH_PEOPLE)


def bodies(partnership: Partnership) -> list[Body]:
    """The bodies with their seats, parents before children is not promised."""
    found = Body.objects.filter(partnership=partnership).select_related("parent")
    return list(found.prefetch_related(Prefetch("seats", queryset=seats()), "rules"))


def main_body(found: Sequence[Body]) -> Body | None:
    """The body that steers: the first council, or the first body there is."""
    return next((body for body in found if body.kind == Body.Kind.COUNCIL), found[0] if found else None)


def arrangement(partnership: Partnership) -> Arrangement:
    """What holds for the governance as a whole; a new, empty one when nothing was written down."""
    return Arrangement.objects.filter(partnership=partnership).first() or Arrangement(partnership=partnership)


def vacancies(found: Iterable[Seat]) -> list[Seat]:
    return [seat for seat in found if seat.vacant]


def ending(found: Iterable[Seat], today: date | None = None) -> list[Seat]:
    """The seats whose term has ended or ends within 60 days."""
    until = (today or clock.today()) + NOTICE
    soon = [seat for seat in found if seat.term_ends and seat.term_ends <= until]
    return sorted(soon, key=lambda seat: (seat.term_ends, seat.pk))


def may_name(access: Access, seat: Seat) -> bool:
    """May this person say who sits there? Only the seat's own organization does: who speaks for it, or runs it."""
    if access.organization is None or access.organization.pk != seat.partner.organization_id:
        return False
    return access.has_role(Role.REPRESENTATIVE) or is_admin(access.person, access.organization)


def is_admin(person: Person, organization: Organization) -> bool:
    return Membership.objects.filter(person=person, organization=organization, role=Membership.Role.ADMIN).exists()


# Rules


def rules(partnership: Partnership) -> list[Rule]:
    """The rules in force, in the order of the classes."""
    found = Rule.objects.filter(partnership=partnership, in_force=True).select_related("body")
    order = list(Rule.Matter.values)
    return sorted(found, key=lambda rule: order.index(rule.matter))


def rule_for(partnership: Partnership, matter: str) -> Rule | None:
    """The rule in force for one class of decisions."""
    return Rule.objects.filter(partnership=partnership, matter=matter, in_force=True).select_related("body").first()


def delegations(partnership: Partnership) -> list[Delegation]:
    """What may be decided without asking, as far as it is in force."""
    found = Delegation.objects.filter(partnership=partnership, ended_at=None)
    found = found.select_related("body", "person__person", "person__organization", "given_by")
    return [one for one in found if one.in_force]


def interests(partnership: Partnership) -> QuerySet[Interest]:
    """The interests on record that have not ended."""
    found = Interest.objects.filter(partnership=partnership, ended_on=None)
    return found.select_related("partner__organization", "by__person").order_by("partner__organization__name", "pk")


def gaps(found: Iterable[Rule]) -> list[Rule.Matter]:
    """The classes of decisions without a rule."""
    ruled = {rule.matter for rule in found}
    return [matter for matter in Rule.Matter if matter.value not in ruled]


def rules_are_fixed(partnership: Partnership) -> bool:
    """Once a first decision was taken, a rule in force changes only by a decision."""
    return Decision.objects.filter(partnership=partnership, status=Decision.Status.DECIDED).exists()


# Decisions


def decision_about(instance: models.Model) -> Decision | None:
    """The latest decision about a record, or None."""
    found = Decision.objects.filter(subject=instance._meta.label_lower, subject_id=instance.pk)
    return found.exclude(status=Decision.Status.WITHDRAWN).order_by("-pk").first()


def adopted(partnership: Partnership) -> QuerySet[Decision]:
    """The decisions that hold: adopted, and not replaced by a later one that was adopted."""
    replaced = Decision.objects.filter(supersedes__isnull=False, outcome=Decision.Outcome.ADOPTED)
    return Decision.objects.filter(partnership=partnership, outcome=Decision.Outcome.ADOPTED).exclude(
        pk__in=replaced.values("supersedes")
    )


def readable(access: Access) -> Q:
    """Which ballots and earlier replies this person may read: those not hidden, and their own organizations'."""
    told = Q(decision__secrecy=Rule.Secrecy.OPEN) | Q(decision__status=Decision.Status.DECIDED)
    return told | Q(seat__partner__organization__in=access.own_organizations)


def earlier_replies(access: Access, decision: Decision) -> QuerySet[EarlierReply]:
    """The replies that no longer count, as far as this person may read them."""
    found = decision.earlier_replies.filter(readable(access))
    return found.select_related("seat__partner__organization", "cast_by__person")


def due_again(partnership: Partnership, until: date) -> list[tuple[Decision, date]]:
    """The decisions that hold and are to be looked at again by a day, with the day agreed last."""
    found = adopted(partnership).prefetch_related(Prefetch("looks", LookedAgain.objects.order_by("pk")))
    days = [(decision, next_look(decision)) for decision in found]
    return sorted(((one, day) for one, day in days if day and day <= until), key=lambda pair: (pair[1], pair[0].pk))


def next_look(decision: Decision) -> date | None:
    """When a decision is to be looked at again: as said at the last look, else as decided."""
    looks = list(decision.looks.all())
    return looks[-1].next_on if looks else decision.review_on


def to_take_over(access: Access) -> QuerySet[HandOver]:
    """The hand-overs this person has not said they took."""
    return HandOver.objects.filter(after=access.participant, taken_at=None).select_related("seat__body", "partnership")


def unread(access: Access) -> QuerySet[Notice]:
    """What was decided, and this person must know of, and has not said they read."""
    found = Notice.objects.filter(participant=access.participant, read_at=None)
    return found.select_related("decision__partnership")


def open_decisions(partnership: Partnership) -> QuerySet[Decision]:
    return Decision.objects.filter(partnership=partnership, status=Decision.Status.OPEN).order_by("closes_at", "pk")


def participant_of(partnership: Partnership, person: Person) -> Participant | None:
    """The person as somebody who takes part now."""
    return Participant.objects.filter(partnership=partnership, person=person, left_on=None).first()


def speaks_for(participant: Participant, seat: Seat, *, represents: bool) -> bool:
    """Its holder, the alternate while the holder is away or gone, or a representative of the seat's organization."""
    if seat.speaker is not None and participant.pk == seat.speaker.pk:
        return True
    return represents and participant.organization_id == seat.partner.organization_id


def seats_of(access: Access, decisions: Sequence[Decision]) -> dict[int, Seat]:
    """Decision → the seat this person can reply for, in open decisions. A recused seat does not reply.

    Asks once for all of them; prefetch `recusals`.
    """
    asked = [decision for decision in decisions if decision.is_open]
    if not asked or not access.can(Ability.CONTRIBUTE, stage="begin", tool="governance"):
        return {}
    every = set().union(*map(electorate_ids, asked))
    represents = access.has_role(Role.REPRESENTATIVE)
    own = [seat for seat in seats().filter(pk__in=every) if speaks_for(access.participant, seat, represents=represents)]
    found = {}
    for decision in asked:
        ids = electorate_ids(decision) - {recusal.seat_id for recusal in decision.recusals.all()}
        mine = next((seat for seat in own if seat.pk in ids), None)
        if mine:
            found[decision.pk] = mine
    return found


def seat_of(access: Access, decision: Decision) -> Seat | None:
    """The seat this person can reply for in one decision, or None."""
    return seats_of(access, [decision]).get(decision.pk)


def electorate_ids(decision: Decision) -> set[int]:
    return {int(seat["id"]) for seat in decision.rule_then.get("electorate", ()) if not seat["vacant"]}


def still_to_reply(decision: Decision) -> set[int]:
    """The seats that count and have not replied."""
    gone = set(decision.ballots.values_list("seat_id", flat=True))
    return electorate_ids(decision) - gone - set(decision.recusals.values_list("seat_id", flat=True))


POSITIONS: Mapping[str, tuple[str, ...]] = {
    "consent": ("for", "concern", "object", "stand_aside"),
    "consensus": ("for", "concern", "block", "stand_aside"),
    "majority": ("for", "against", "abstain"),
    "supermajority": ("for", "against", "abstain"),
    "unanimity": ("for", "against", "abstain"),
    "delegated": ("for", "against"),
}
"""The positions a reply may take under each method."""

MARKS = {
    "for": "consent",
    "concern": "concern",
    "against": "object",
    "object": "object",
    "block": "object",
    "abstain": "aside",
    "stand_aside": "aside",
    "cast": "aside",
}
"""How a position is drawn (core: `{% position %}`)."""


def position_words(method: str, position: str) -> Text:
    """What a position is called: under a vote "for" is no consent."""
    if position == Ballot.Position.FOR and method not in AGREEING:
        return _("For")
    return Ballot.Position(position).label


@dataclass(frozen=True)
class Reply:
    """Where one seat stands on a decision; what the band draws."""

    seat: Seat
    ballot: Ballot | None
    method: str
    recused: str = ""
    hidden: bool = False

    @property
    def organization(self) -> Organization:
        return self.seat.partner.organization

    @property
    def name(self) -> str:
        return self.organization.short

    @property
    def starting(self) -> str:
        """The name as it begins a sentence."""
        return starting(the(self.name))

    @property
    def pos(self) -> str:
        if self.hidden and self.ballot:
            return "aside"
        return MARKS[self.ballot.position] if self.ballot else "aside" if self.recused else "none"

    @property
    def words(self) -> Text:
        if self.recused:
            return _("Keeps out of it")
        if self.hidden and self.ballot:
            return _("Has voted")
        return position_words(self.method, self.ballot.position) if self.ballot else _("No reply yet")

    @property
    def reason(self) -> str:
        return self.ballot.reason if self.ballot and not self.hidden else ""

    @property
    def person(self) -> str:
        if self.ballot:
            return self.ballot.cast_by.person.name
        return self.seat.speaker.person.name if self.seat.speaker else ""


def waiting_on(
    access: Access, decisions: QuerySet[Decision], objection: Callable[[Decision], Text]
) -> Iterator[Waiting]:
    """What open decisions ask of this person: a reply, an answer to an objection, the count.

    `objection(decision)` is the label for answering one, with places for %(organization)s and %(title)s.
    """
    found = list(decisions.prefetch_related("ballots", "recusals"))
    mine = seats_of(access, found)
    for decision in found:
        url = reverse("governance:decision_detail", args=[access.partnership.slug, decision.pk])
        assert decision.closes_at, "an open decision has a closing time"
        closes: dict[str, Any] = {"url": url, "due": timezone.localtime(decision.closes_at).date()}
        detail = _("Replies close: %(when)s") % {"when": say_moment(decision.closes_at, inside=True)}
        if decision.is_closed_to_replies:
            if access.steers:
                label = _("Count the replies to “%(title)s”") % {"title": decision.title}
                yield Waiting(label, late=True, **closes)
            continue
        seat = mine.get(decision.pk)
        ballots = {ballot.seat_id: ballot for ballot in decision.ballots.all()}
        if seat and seat.pk not in ballots:
            asked = _("Reply for %(organization)s: %(title)s")
            named = {"organization": seat.partner.organization.short, "title": decision.title}
            yield Waiting(asked % named, detail=detail, icon="comment", **closes)
        names = {int(one["id"]): one["name"] for one in decision.rule_then["electorate"]}
        for ballot in ballots.values():
            if ballot.objects_to_it and (access.steers or (seat and seat.pk != ballot.seat_id)):
                named = {"organization": the(names[ballot.seat_id]), "title": decision.title}
                yield Waiting(str(objection(decision) % named), detail=str(detail), **closes)


NEVER = datetime.max.replace(tzinfo=UTC)
ORDER = ("consent", "concern", "aside", "object", "none")


@dataclass(frozen=True)
class Standing:
    """How a decision stands: the replies of its electorate and what they amount to."""

    decision: Decision
    replies: Sequence[Reply]
    outcome: Outcome
    veiled: bool = False

    @cached_property
    def band(self) -> list[Reply]:
        """The replies that count, from agreement to silence."""
        eligible = [reply for reply in self.replies if not reply.recused]
        return sorted(eligible, key=lambda reply: (ORDER.index(reply.pos), reply.ballot.at if reply.ballot else NEVER))

    @property
    def table(self) -> list[Reply]:
        """The same, and then those who keep out of it."""
        return [*self.band, *(reply for reply in self.replies if reply.recused)]

    @property
    def of(self) -> int:
        return len(self.band)

    @property
    def replied(self) -> int:
        return sum(reply.ballot is not None for reply in self.band)

    @property
    def silent(self) -> list[Reply]:
        return [reply for reply in self.band if reply.ballot is None]

    @property
    def quorum(self) -> int:
        return self.outcome.quorum_needed

    @property
    def objections(self) -> list[Reply]:
        """What stands in the way: under consent, objections that say why."""
        consent = self.decision.method == Rule.Method.CONSENT
        return [
            reply
            for reply in self.band
            if reply.ballot and reply.ballot.objects_to_it and (reply.ballot.reason.strip() or not consent)
        ]

    @property
    def settled_early(self) -> bool:
        """Can it be counted before its time? No reply to come can change it, and no objection is left to answer."""
        if self.veiled:
            return False
        return self.outcome.early and self.outcome.outcome in ("adopted", "rejected")


def standing(decision: Decision) -> Standing:
    """The replies to an opened decision, and the tally as it stands (final when decided)."""
    ballots = {
        ballot.seat_id: ballot
        for ballot in decision.ballots.select_related("cast_by__person", "cast_by__organization", "decision")
    }
    recused = dict(decision.recusals.values_list("seat_id", "reason"))
    found = seats().filter(pk__in=electorate_ids(decision))
    replies = [Reply(seat, ballots.get(seat.pk), decision.method, recused.get(seat.pk, "")) for seat in found]
    return Standing(decision, replies, tally(decision, closed=decision.status == Decision.Status.DECIDED))


def seen_by(access: Access, found: Standing) -> Standing:
    """The same as one person may see it: while a vote is veiled, how the others stand is not shown."""
    if not found.decision.is_veiled:
        return found
    own = set(access.own_organizations)
    replies = [replace(reply, hidden=reply.seat.partner.organization_id not in own) for reply in found.replies]
    return replace(found, replies=replies, veiled=True)


# How the organizations work


@dataclass(frozen=True)
class Difference:
    """The answers to one question side by side: organization → value, and what was agreed about it."""

    question: Question
    values: Mapping[Organization, int]
    comments: Sequence[tuple[Organization, str]]
    agreed: Sequence[WorkingAgreement]

    @property
    def spread(self) -> int:
        return max(self.values.values()) - min(self.values.values()) if self.values else 0

    @property
    def large(self) -> bool:
        return self.spread >= LARGE

    @property
    def open(self) -> bool:
        """A large difference about which nothing was agreed."""
        return self.large and not self.agreed

    @property
    def ends(self) -> tuple[Sequence[Organization], Sequence[Organization]]:
        """Who stands at the low end and who at the high end."""
        low, high = min(self.values.values()), max(self.values.values())
        return [o for o, v in self.values.items() if v == low], [o for o, v in self.values.items() if v == high]


def differences(partnership: Partnership) -> list[Difference]:
    """The nine questions about how the organizations work, with the answers the reader may see."""
    values: dict[str, dict[Organization, Any]] = {}
    comments: dict[str, list[tuple[Organization, str]]] = {}
    for one in answers(partnership, STYLES):
        values.setdefault(one.question, {})[one.organization] = one.value
        if one.comment:
            comments.setdefault(one.question, []).append((one.organization, one.comment))
    agreed: dict[str, list[WorkingAgreement]] = {}
    for agreement in WorkingAgreement.objects.filter(partnership=partnership):
        agreed.setdefault(agreement.question, []).append(agreement)
    return [
        Difference(question, values.get(question.key, {}), comments.get(question.key, ()), agreed.get(question.key, ()))
        for question in STYLES
    ]


def answers(partnership: Partnership, questions: Sequence[Question]) -> QuerySet[Answer]:
    """The answers given to some questions, with their organizations in order of name."""
    keys = [question.key for question in questions]
    found = Answer.objects.filter(partnership=partnership, question__in=keys, value__isnull=False)
    return found.select_related("organization").order_by("organization__name", "pk")


def how_many_said(partnership: Partnership) -> int:
    """How many organizations have said, for the others to read, how they work."""
    return answers(partnership, STYLES).filter(shared=True).values("organization").distinct().order_by().count()


def letters(organizations: Iterable[Organization]) -> dict[Organization, str]:
    """One letter for each organization, none twice: from the words of its short name, else the next one free.

    Names of one word choose first: they have no other letter to go by.
    """
    taken: dict[Organization, str] = {}
    for organization in sorted(organizations, key=lambda one: (len(one.short.split()), one.name)):
        words = [word[0].upper() for word in organization.short.split()]
        free = [letter for letter in words + list("ABCDEFGHIJKLMNOPQRSTUVWXYZ") if letter not in taken.values()]
        taken[organization] = free[0] if free else "?"
    return taken


# Which form of governance would suit

ENOUGH = 5
"""Below this many organizations that answered about trust, its density is not used: it could betray one of them."""


@dataclass(frozen=True)
class Advice:
    """The form recommended, what it rests on, and how many have answered."""

    recommendation: Recommendation
    trust: float | None
    answered_trust: int
    answered: int
    participants: int

    @property
    def top(self) -> Sequence[Fit]:
        return self.recommendation.ranking[:2]


def advice(partnership: Partnership) -> Advice:
    """Which form would suit, from what the organizations answered. Names nobody: trust enters as one density."""
    with within(partnership, EVERY):
        rows = list(Trust.objects.values_list("organization", "toward__organization", "level"))
        judged = list(answers(partnership, NEEDS))
        size = committed(partnership).count()
    asked = {who for who, *_rest in rows}
    density = trust_density([(str(a), str(b), level) for a, b, level in rows]) if len(asked) >= ENOUGH else None
    known = {
        Predictor.TRUST: None if density is None else TOP * density,
        Predictor.PARTICIPANTS: crowd(size) if size else None,
        Predictor.CONSENSUS: mean(judged, "consensus"),
        Predictor.COMPETENCE: mean(judged, "competence"),
    }
    said = len({one.organization_id for one in judged})
    return Advice(recommend(known), density, len(asked), said, size)


def mean(rows: Iterable[Answer], question: str) -> float | None:
    values = [row.value for row in rows if row.question == question and row.value is not None]
    return sum(values) / len(values) if values else None
