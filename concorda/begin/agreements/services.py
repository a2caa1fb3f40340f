"""What people do with agreements: draft, negotiate, freeze, sign, decline, leave, record what was signed on paper."""

import hashlib
import logging
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.begin.agreements import consent, library, printing, queries, sealing
from concorda.begin.agreements.letters import tell
from concorda.begin.agreements.models import (
    Agreement,
    AgreementVersion,
    Clause,
    ClauseComment,
    Obligation,
    PaperCopy,
    Reply,
    Round,
    SealedCopy,
    Signature,
    Withdrawal,
)
from concorda.begin.governance.queries import participant_of
from concorda.foundation.accounts import mail
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.core.text import fingerprint, listed
from concorda.foundation.partnerships.access import Role
from concorda.foundation.partnerships.models import Participant, Partner, Partnership
from concorda.foundation.partnerships.queries import committed, with_role
from concorda.foundation.partnerships.timeline import record

log = logging.getLogger(__name__)


class NotPossible(Exception):
    """What was asked cannot be done now; the message says why and what to do."""


class WouldVoid(NotPossible):
    """The change takes signatures away, and nobody said that this is meant."""


# Drafting


@transaction.atomic
def draft(
    partnership: Partnership,
    *,
    title: str,
    instrument: str,
    by: Person,
    keys: Iterable[str] | None = None,
    **facts: Any,
) -> Agreement:
    """Begin an agreement with the clauses its kind usually needs (or those of `keys`), filled from what is recorded."""
    agreement = Agreement.objects.create(partnership=partnership, title=title, instrument=instrument, **facts)
    chosen = library.usual(instrument) if keys is None else [library.entries()[key] for key in keys]
    words = library.facts_of(agreement)
    for entry in chosen:
        put(agreement, entry, words)
    record(partnership, by, gettext_noop("began “%(what)s”"), about=agreement, what=title)
    return agreement


def put(agreement: Agreement, entry: library.Entry, words: dict[str, str]) -> Clause:
    language = agreement.language
    with library.in_language(language):
        text = library.fill(entry.text[language], words)
    return append(agreement, key=entry.key, heading=entry.heading[language], text=text)


def append(agreement: Agreement, **facts: Any) -> Clause:
    last = agreement.clauses.aggregate(last=Max("position"))["last"] or 0
    return Clause.objects.create(partnership=agreement.partnership, agreement=agreement, position=last + 1, **facts)


@transaction.atomic
def add_from_library(agreement: Agreement, key: str, *, by: Person, knowing: bool = False) -> Clause:
    """Add one clause of the library at the end."""
    agreement = open_for_change(agreement, by=by, knowing=knowing)
    if agreement.clauses.filter(key=key).exists():
        raise NotPossible(_("This clause is already in the agreement."))
    clause = put(agreement, library.entries()[key], library.facts_of(agreement))
    tell_clause(clause, by, gettext_noop("added clause %(number)s, “%(what)s”"))
    return clause


@transaction.atomic
def add_own(agreement: Agreement, *, heading: str, text: str, by: Person, knowing: bool = False) -> Clause:
    """Add a clause in the partners' own words at the end."""
    agreement = open_for_change(agreement, by=by, knowing=knowing)
    clause = append(agreement, key="", heading=heading, text=text)
    tell_clause(clause, by, gettext_noop("added clause %(number)s, “%(what)s”"))
    return clause


@transaction.atomic
def reword(clause: Clause, *, heading: str, text: str, by: Person, knowing: bool = False) -> Clause:
    """Change the words of a clause. A clause that was agreed is under discussion again.

    What somebody asked for in words that are now those of the clause counts as taken up.
    """
    if (clause.heading, clause.text) == (heading, text):
        return clause
    open_for_change(clause.agreement, by=by, knowing=knowing)
    clause.heading, clause.text, clause.status = heading, text, Clause.Status.DISCUSSED
    clause.revision += 1
    clause.save(update_fields=["heading", "text", "status", "revision"])
    tell_clause(clause, by, gettext_noop("reworded clause %(number)s, “%(what)s”"))
    asked = clause.comments.filter(outcome=ClauseComment.Outcome.OPEN, suggestion=text)
    asked.update(
        outcome=ClauseComment.Outcome.TAKEN, settled_by=participant_of(clause.partnership, by), settled_at=clock.now()
    )
    return clause


@transaction.atomic
def remove(clause: Clause, *, by: Person, knowing: bool = False) -> None:
    """Take a clause out."""
    agreement = open_for_change(clause.agreement, by=by, knowing=knowing)
    tell_clause(clause, by, gettext_noop("took out clause %(number)s, “%(what)s”"))
    clause.delete()
    renumber(agreement)


@transaction.atomic
def move(clause: Clause, *, up: bool, by: Person, knowing: bool = False) -> None:
    """Move a clause one place; at the end it stays where it is."""
    order = list(clause.agreement.clauses.all())
    at = order.index(clause)
    to = at - 1 if up else at + 1
    if not 0 <= to < len(order):
        return
    agreement = open_for_change(clause.agreement, by=by, knowing=knowing)
    order.insert(to, order.pop(at))
    renumber(agreement, order)
    clause.position = to + 1
    tell_clause(clause, by, gettext_noop("moved “%(what)s” to place %(number)s"))


def renumber(agreement: Agreement, order: list[Clause] | None = None) -> None:
    rows = order if order is not None else list(agreement.clauses.all())
    for position, clause in enumerate(rows, start=1):
        clause.position = position
    Clause.objects.bulk_update(rows, ["position"])


@transaction.atomic
def mark(clause: Clause, status: str, *, by: Person) -> None:
    """Say how far the partners are with a clause; its words stay."""
    if clause.status == status:
        return
    clause.status = Clause.Status(status)
    clause.save(update_fields=["status"])
    said = {
        "draft": gettext_noop("set clause %(number)s, “%(what)s”, back to draft"),
        "discussed": gettext_noop("opened clause %(number)s, “%(what)s”, for discussion"),
        "agreed": gettext_noop("noted that clause %(number)s, “%(what)s”, is agreed"),
    }
    tell_clause(clause, by, said[status])


@transaction.atomic
def comment(clause: Clause, *, text: str, by: Participant, suggestion: str = "") -> ClauseComment:
    """Ask for a change in a clause; a clause that was only drafted is under discussion from then on."""
    made = ClauseComment.objects.create(
        partnership=clause.partnership,
        clause=clause,
        author=by,
        organization=by.organization,
        text=text,
        suggestion=suggestion,
    )
    Clause.objects.filter(pk=clause.pk).exclude(status=Clause.Status.AGREED).update(status=Clause.Status.DISCUSSED)
    tell_clause(clause, by.person, gettext_noop("commented on clause %(number)s, “%(what)s”"))
    return made


@transaction.atomic
def settle(asked: ClauseComment, outcome: str, *, by: Participant, answer: str = "") -> None:
    """Say what became of what somebody asked for: taken up, or not, and why."""
    if outcome == ClauseComment.Outcome.ASIDE and not answer.strip():
        raise NotPossible(_("Say in a sentence why it is not taken up."))
    asked.outcome, asked.answer = ClauseComment.Outcome(outcome), answer.strip()
    opened = outcome == ClauseComment.Outcome.OPEN
    asked.settled_by, asked.settled_at = (None, None) if opened else (by, clock.now())
    asked.revision += 1
    asked.save(update_fields=["outcome", "answer", "settled_by", "settled_at", "revision"])
    said = {
        "open": gettext_noop("opened again what was asked for in clause %(number)s, “%(what)s”"),
        "taken": gettext_noop("took up what was asked for in clause %(number)s, “%(what)s”"),
        "aside": gettext_noop("did not take up what was asked for in clause %(number)s, “%(what)s”"),
    }
    tell_clause(asked.clause, by.person, said[outcome])


def tell_clause(clause: Clause, by: Person, message: str) -> None:
    record(clause.partnership, by, message, about=clause, number=clause.position, what=clause.heading)


@transaction.atomic
def change_facts(agreement: Agreement, *, by: Person, knowing: bool = False, **facts: Any) -> None:
    """Change title, dates or notice; they are part of what is signed."""
    changed = {name: value for name, value in facts.items() if getattr(agreement, name) != value}
    if not changed:
        return
    locked = open_for_change(agreement, by=by, knowing=knowing)
    Agreement.objects.filter(pk=locked.pk).update(**changed)
    record(
        agreement.partnership,
        by,
        gettext_noop("changed the title or dates of “%(what)s”"),
        about=agreement,
        what=agreement.title,
    )


# Freezing


def open_for_change(agreement: Agreement, *, by: Person, knowing: bool) -> Agreement:
    """Lock the agreement for a change of its words; a version out for signature loses its signatures, knowingly."""
    locked = lock(agreement)
    if locked.on_paper:
        raise NotPossible(_("This agreement was signed on paper. Draft a new one to change it."))
    if locked.status in (Agreement.Status.ENDED, Agreement.Status.LAPSED):
        raise NotPossible(_("This agreement has ended. Draft a new one."))
    pending = pending_version(locked)
    if pending:
        if not knowing:
            raise WouldVoid(
                _("Version %(number)s is out for signature; a change takes its signatures away.")
                % {"number": pending.number}
            )
        void(pending, because=_("its text was changed"), by=by)
    return locked


def lock(agreement: Agreement) -> Agreement:
    return Agreement.objects.select_for_update().get(pk=agreement.pk)


def pending_version(agreement: Agreement) -> AgreementVersion | None:
    """The version that is out for signature, if one is."""
    newest = agreement.versions.filter(voided_at=None).first()
    return newest if newest and newest.pk != agreement.in_force_version_id else None


def void(version: AgreementVersion, *, because: str, by: Person | None) -> None:
    """Withdraw a version from signing; its signatures stay on record but count no longer."""
    AgreementVersion.objects.filter(pk=version.pk).update(voided_at=clock.now(), voided_because=because)
    Agreement.objects.filter(pk=version.agreement_id, status=Agreement.Status.SIGNING).update(
        status=Agreement.Status.DRAFT
    )
    facts = {"number": version.number, "what": version.contents["title"], "count": version.signatures.count()}
    record(
        version.partnership,
        by,
        gettext_noop("withdrew version %(number)s of “%(what)s”; its signatures (%(count)s) no longer count"),
        about=version,
        **facts,
    )


def obstacles(agreement: Agreement) -> list[str]:
    """What keeps the agreement from being sent for signature."""
    clauses, found = list(agreement.clauses.all()), []
    if not clauses:
        found.append(_("It has no clauses yet."))
    if len(parties_to_be(agreement)) < 2:
        found.append(_("An agreement needs at least two partners that have committed."))
    found += [
        _("Clause %(number)s, “%(what)s”, has a place to be completed.")
        % {"number": clause.position, "what": clause.heading}
        for clause in clauses
        if library.unfilled(clause.text)
    ]
    if agreement.expires_on and agreement.expires_on < clock.today():
        found.append(_("Its last day has already passed."))
    return found


@transaction.atomic
def send(
    agreement: Agreement,
    *,
    by: Person,
    note: str = "",
    knowing: bool = False,
    steps: Mapping[int, int] | None = None,
) -> AgreementVersion:
    """Freeze the text as a version and ask every committed partner to sign it.

    `steps` (key of a partner → 1, 2, …) has some sign after others: a step begins when everyone before it has signed.
    """
    locked = lock(agreement)
    if found := obstacles(locked):
        raise NotPossible(" ".join(found))
    contents = frozen(locked, steps)
    pending = pending_version(locked)
    if pending and same(pending.as_here, contents):
        raise NotPossible(
            _("Version %(number)s with this very text is already out for signature.") % {"number": pending.number}
        )
    if not pending and in_force_as_it_stands(locked):
        raise NotPossible(_("This text is already in force."))
    locked = open_for_change(locked, by=by, knowing=knowing)
    number = (locked.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = AgreementVersion.objects.create(
        partnership=locked.partnership,
        agreement=locked,
        number=number,
        text=plain(contents),
        contents=contents,
        note=note,
        author=by,
    )
    if locked.in_force_version_id is None:
        Agreement.objects.filter(pk=locked.pk).update(status=Agreement.Status.SIGNING)
    record(
        locked.partnership,
        by,
        gettext_noop("sent version %(number)s of “%(what)s” for signature"),
        about=version,
        number=number,
        what=locked.title,
    )
    return version


def in_force_as_it_stands(agreement: Agreement) -> bool:
    """Whether the working text is, letter for letter, the version in force: nothing is left to sign."""
    return bool(agreement.in_force_version and same_text(agreement.in_force_version.as_here, frozen(agreement)))


def parties_to_be(agreement: Agreement) -> list[Partner]:
    """The partners who are asked to sign: all who committed, but for those who have left this agreement."""
    gone = set(agreement.withdrawals.filter(ends_on__lt=clock.today()).values_list("partner", flat=True))
    return [one for one in committed(agreement.partnership) if one.pk not in gone]


def frozen(agreement: Agreement, steps: Mapping[int, int] | None = None) -> dict[str, Any]:
    """Everything a signature is put under, as plain data."""
    partners = parties_to_be(agreement)
    return {
        "title": agreement.title,
        "instrument": agreement.instrument,
        "language": agreement.language,
        "partnership": agreement.partnership.name,
        "effective_on": agreement.effective_on and agreement.effective_on.isoformat(),
        "expires_on": agreement.expires_on and agreement.expires_on.isoformat(),
        "notice_days": agreement.notice_days,
        "parties": [
            {"partner": one.pk, "name": one.organization.name}
            | ({"step": steps[one.pk]} if steps and steps.get(one.pk, 1) > 1 else {})
            for one in partners
        ],
        "clauses": [
            {"clause": one.pk, "number": number, "key": one.key, "heading": one.heading, "text": one.text}
            for number, one in enumerate(agreement.clauses.all(), start=1)
        ],
    }


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return fingerprint(one) == fingerprint(other)


def same_text(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two frozen texts differ in nothing but who signs after whom."""
    first, second = (
        facts | {"parties": [{**party, "step": 1} for party in facts["parties"]]} for facts in (one, other)
    )
    return same(first, second)


def plain(contents: dict[str, Any]) -> str:
    clauses = "\n\n".join(f"{one['number']}. {one['heading']}\n{one['text']}" for one in contents["clauses"])
    return f"{contents['title']}\n\n{clauses}"


# Signing


@transaction.atomic
def sign(
    version: AgreementVersion, *, by: Participant, typed_name: str, digest: str, means: str = "password"
) -> Signature:
    """Sign a version for one's organization; the last signature puts it in force."""
    agreement, version = for_signing(version)
    partner = party_of(version, by)
    name = " ".join(typed_name.split())
    if len(name) < 2:
        raise NotPossible(_("Type your name as you sign."))
    if digest != version.digest:
        raise NotPossible(_("The text has changed since you opened it. Read it again before you sign."))
    if version.signatures.filter(partner=partner).exists():
        raise NotPossible(_("%(who)s has already signed this version.") % {"who": partner.organization.name})
    require_turn(version, partner)
    signature = Signature.objects.create(
        partnership=version.partnership,
        version=version,
        partner=partner,
        signatory=by,
        typed_name=name,
        title=by.title,
        means=means,
        digest=digest,
    )
    record(
        version.partnership,
        by.person,
        gettext_noop("signed version %(number)s of “%(what)s” for %(who)s"),
        about=signature,
        number=version.number,
        what=agreement.title,
        who=partner.organization.name,
    )
    put_in_force(agreement, version, by.person)
    return signature


def require_turn(version: AgreementVersion, partner: Partner) -> None:
    turn = version.whose_turn(set(version.signatures.values_list("partner", flat=True)))
    if partner.pk not in turn:
        first = listed([one["name"] for one in version.parties if one["partner"] in turn])
        raise NotPossible(_("It is not your turn yet. Before you signs: %(who)s.") % {"who": first})


def for_signing(version: AgreementVersion) -> tuple[Agreement, AgreementVersion]:
    """Agreement and version, locked; refused unless this very version is the one out for signature."""
    agreement = lock(version.agreement)
    version = AgreementVersion.objects.get(pk=version.pk)
    pending = pending_version(agreement)
    if pending is None or pending.pk != version.pk:
        raise NotPossible(_("Version %(number)s is not out for signature any more.") % {"number": version.number})
    if not version.intact:
        raise NotPossible(_("The stored text does not match its fingerprint. Do not sign; tell the coordinator."))
    return agreement, version


def party_of(version: AgreementVersion, by: Participant) -> Partner:
    """The partner this person may sign for."""
    if not by.roles.filter(role=Role.SIGNATORY).exists() or by.left_on:
        raise NotPossible(_("Only a person named as signatory can sign for an organization."))
    partner = Partner.objects.select_related("organization").filter(organization=by.organization_id).first()
    if partner is None or partner.pk not in {one["partner"] for one in version.parties}:
        raise NotPossible(_("Your organization is not a party to this version."))
    return partner


def put_in_force(agreement: Agreement, version: AgreementVersion, by: Person) -> None:
    """When every party has signed: in force from the stated day, or from today if that is later."""
    signed = set(version.signatures.values_list("partner", flat=True))
    if not {one["partner"] for one in version.parties} <= signed:
        return
    since = max(agreement.effective_on or clock.today(), clock.today())
    waiting = Agreement.objects.filter(pk=agreement.pk).exclude(in_force_version=version)
    if waiting.update(status=Agreement.Status.IN_FORCE, in_force_since=since, in_force_version=version):
        consent.rest_on_today(agreement)
        record(
            agreement.partnership,
            by,
            gettext_noop("gave the last signature: “%(what)s” takes effect on %(day)s"),
            about=agreement,
            what=agreement.title,
            day=since,
        )


@transaction.atomic
def answer(
    version: AgreementVersion,
    *,
    by: Participant,
    kind: str,
    reason: str,
    clause: Clause | None = None,
    expected_on: date | None = None,
) -> Reply:
    """Say why one's organization does not sign yet."""
    agreement, version = for_signing(version)
    partner = party_of(version, by)
    if version.signatures.filter(partner=partner).exists():
        raise NotPossible(_("%(who)s has already signed this version.") % {"who": partner.organization.name})
    reply = Reply.objects.create(
        partnership=version.partnership,
        version=version,
        partner=partner,
        by=by,
        kind=kind,
        reason=reason,
        clause=clause,
        expected_on=expected_on,
    )
    said = {
        "declined": gettext_noop("declined to sign version %(number)s of “%(what)s” for now: %(reason)s"),
        "later": gettext_noop("needs more time to sign version %(number)s of “%(what)s”: %(reason)s"),
    }
    record(
        version.partnership,
        by.person,
        said[kind],
        about=reply,
        number=version.number,
        what=agreement.title,
        reason=reason[:120],
    )
    return reply


@transaction.atomic
def remind(agreement: Agreement, *, by: Person) -> list[Participant]:
    """Write to the signatories of the organizations that have neither signed nor declined; once a day at most."""
    locked = lock(agreement)
    version = pending_version(locked)
    if version is None:
        raise NotPossible(_("Nothing is out for signature."))
    if locked.reminded_on == clock.today():
        raise NotPossible(_("They were reminded today already."))
    answered = set(version.signatures.values_list("partner__organization", flat=True))
    answered |= set(version.replies.filter(kind=Reply.Kind.DECLINED).values_list("partner__organization", flat=True))
    turn = version.whose_turn(set(version.signatures.values_list("partner", flat=True)))
    parties = Partner.objects.filter(pk__in=turn).values_list("organization", flat=True)
    waiting = [
        one
        for one in with_role(agreement.partnership, Role.SIGNATORY)
        if one.organization_id in set(parties) - answered
    ]
    url = mail.absolute(reverse("agreements:sign", args=[agreement.partnership.slug, version.pk]))
    for one in waiting:
        facts = {
            "person": one.person,
            "title": locked.title,
            "sender": by,
            "url": url,
            "partnership": locked.partnership,
        }
        mail.send(
            one.person.email,
            lambda: _("Waiting for your signature: %(what)s") % {"what": locked.title},
            "agreements/reminder.txt",
            facts,
            language=one.person.language,
            kind="agreements",
            of=locked.partnership,
        )
    Agreement.objects.filter(pk=locked.pk).update(reminded_on=clock.today())
    names = ", ".join(one.person.name for one in waiting)
    record(
        locked.partnership,
        by,
        gettext_noop("reminded %(names)s to sign “%(what)s”"),
        about=locked,
        names=names,
        what=locked.title,
    )
    return waiting


@transaction.atomic
def withdraw(agreement: Agreement, *, by: Participant, reason: str) -> Withdrawal:
    """Leave an agreement in force, with notice."""
    locked = lock(agreement)
    if locked.in_force_version is None or not locked.status == Agreement.Status.IN_FORCE or locked.lapsed:
        raise NotPossible(_("Only an agreement in force can be left."))
    partner = party_of(locked.in_force_version, by)
    if locked.withdrawals.filter(partner=partner).exists():
        raise NotPossible(_("%(who)s has already given notice.") % {"who": partner.organization.name})
    ends = clock.today() + timedelta(days=locked.notice_days)
    made = Withdrawal.objects.create(
        partnership=locked.partnership, agreement=locked, partner=partner, by=by, reason=reason, ends_on=ends
    )
    record(
        locked.partnership,
        by.person,
        gettext_noop("gave notice that %(who)s leaves “%(what)s” on %(day)s"),
        about=made,
        who=partner.organization.name,
        what=locked.title,
        day=ends,
    )
    tell_leaving(made)
    return made


def tell_leaving(made: Withdrawal) -> None:
    who, title = made.partner.organization.name, made.agreement.title
    facts = {"who": who, "last_day": made.ends_on, "over": made.over}
    tell(made.agreement, lambda: _("%(who)s leaves: %(what)s") % {"who": who, "what": title}, "leaving", facts)


@transaction.atomic
def let_go(withdrawal: Withdrawal) -> None:
    """Note that an organization's last day has passed: it is no party any more. One party alone has no agreement."""
    locked = lock(withdrawal.agreement)
    if not Withdrawal.objects.filter(pk=withdrawal.pk, noted_at=None).update(noted_at=clock.now()):
        return
    who = withdrawal.partner.organization.name
    message = gettext_noop("noted that %(who)s is no longer a party to “%(what)s”")
    record(locked.partnership, None, message, about=withdrawal, who=who, what=locked.title)
    tell_leaving(withdrawal)
    pending = pending_version(locked)
    if pending and withdrawal.partner_id in {one["partner"] for one in pending.parties}:
        void(pending, because=_("%(who)s has left") % {"who": who}, by=None)
    if locked.status != Agreement.Status.IN_FORCE or locked.lapsed:
        return
    left = queries.bound_by(locked)
    if len(left) < 2:
        close(locked, because=_("Only one party was left."), by=None)
        return
    if not locked.rounds.filter(outcome=Round.Outcome.OPEN).exists() and locked.holds:
        with library.in_language(locked.language):
            because = _("%(who)s has left this agreement.") % {"who": who}
        consent.ask(locked, cause=Round.Cause.CHANGE, because=because)


# The end of an agreement, and the time before it

ALERTS = (30, 90, 180)
"""Days before the last day on which the partners are told, the nearest first."""


def by_the_clock(partnership: Partnership) -> None:
    """What is due because time passed: word of an end, lapse, leaving, a round of confirmation, and the seal."""
    soon = clock.today() + timedelta(days=ALERTS[-1])
    ending = Agreement.objects.filter(status=Agreement.Status.IN_FORCE, expires_on__lte=soon)
    for agreement in ending.filter(partnership=partnership):
        watch(agreement)
    over = Withdrawal.objects.filter(partnership=partnership, noted_at=None, ends_on__lt=clock.today())
    for withdrawal in over.select_related("agreement__partnership", "partner__organization"):
        let_go(withdrawal)
    for agreement in Agreement.objects.filter(partnership=partnership, status=Agreement.Status.IN_FORCE):
        consent.watch(agreement)
    seal_complete(partnership)


@transaction.atomic
def watch(agreement: Agreement) -> None:
    """Say once at 180, 90 and 30 days that an agreement ends; note that it lapsed once its last day has passed."""
    locked = lock(agreement)
    if locked.status != Agreement.Status.IN_FORCE or locked.expires_on is None:
        return
    left = (locked.expires_on - clock.today()).days
    if left < 0 and (next_one := locked.renewals.filter(status=Agreement.Status.IN_FORCE).first()):
        close(locked, because=_("It was renewed: %(what)s") % {"what": next_one.title}, by=None)
        return
    if left < 0:
        Agreement.objects.filter(pk=locked.pk).update(status=Agreement.Status.LAPSED)
        message = gettext_noop("noted that “%(what)s” lapsed: its last day was %(day)s")
        record(locked.partnership, None, message, about=locked, what=locked.title, day=locked.expires_on)
        return
    stage = next((days for days in ALERTS if left <= days), None)
    if stage is not None and (locked.alerted_at is None or stage < locked.alerted_at):
        alert(locked, left)
    if stage != locked.alerted_at:
        Agreement.objects.filter(pk=locked.pk).update(alerted_at=stage)


def alert(agreement: Agreement, left: int) -> None:
    """Tell the coordinators and everyone who signs or speaks for a partner that the agreement ends soon."""
    tell(
        agreement,
        lambda: _("Ends in %(days)s days: %(what)s") % {"days": left, "what": agreement.title},
        "expiring",
        {},
    )
    message = gettext_noop("told the partners that “%(what)s” ends on %(day)s")
    record(agreement.partnership, None, message, about=agreement, what=agreement.title, day=agreement.expires_on)


@transaction.atomic
def renew(agreement: Agreement, *, by: Person, effective_on: date, expires_on: date) -> Agreement:
    """Draft the agreement that follows: the same clauses, to be read again and signed by everyone."""
    made = Agreement.objects.create(
        partnership=agreement.partnership,
        title=agreement.title,
        instrument=agreement.instrument,
        language=agreement.language,
        notice_days=agreement.notice_days,
        effective_on=effective_on,
        expires_on=expires_on,
        renews=agreement,
    )
    for clause in agreement.clauses.all():
        append(made, key=clause.key, heading=clause.heading, text=clause.text, status=Clause.Status.DISCUSSED)
    message = gettext_noop("began to renew “%(what)s” until %(day)s")
    record(agreement.partnership, by, message, about=made, what=agreement.title, day=expires_on)
    return made


@transaction.atomic
def end(agreement: Agreement, *, by: Person, reason: str) -> None:
    """Close an agreement before its time; what was signed stays on record."""
    locked = lock(agreement)
    if locked.status == Agreement.Status.ENDED:
        raise NotPossible(_("It has ended already."))
    close(locked, because=reason, by=by)


def close(agreement: Agreement, *, because: str, by: Person | None) -> None:
    """End an agreement that is locked; a version out for signature is withdrawn, an open round is closed."""
    if pending := pending_version(agreement):
        void(pending, because=_("the agreement was ended"), by=by)
    Agreement.objects.filter(pk=agreement.pk).update(status=Agreement.Status.ENDED, ended_because=because[:250])
    agreement.rounds.filter(outcome=Round.Outcome.OPEN).update(outcome=Round.Outcome.DOUBTED, closed_at=clock.now())
    message = gettext_noop("ended “%(what)s”: %(reason)s")
    record(agreement.partnership, by, message, about=agreement, what=agreement.title, reason=because[:120])


# Sealing


def seal_complete(partnership: Partnership) -> None:
    """Make and keep the sealed PDF of each version in force that has none yet; what cannot be sealed waits."""
    complete = AgreementVersion.objects.filter(
        pk__in=Agreement.objects.filter(partnership=partnership, on_paper=False).values("in_force_version"), sealed=None
    )
    for version in complete.select_related("agreement__partnership"):
        try:
            keep_sealed(version, printing.sealed(version))
        except sealing.CannotSeal as problem:
            log.warning("%s, %s: %s", partnership.slug, version, problem)


@transaction.atomic
def keep_sealed(version: AgreementVersion, pdf: bytes) -> SealedCopy | None:
    """Keep the sealed PDF of a version; the first one stays."""
    lock(version.agreement)
    if SealedCopy.objects.filter(version=version).exists():
        return None
    digest = hashlib.sha256(pdf).hexdigest()
    copy = SealedCopy(partnership=version.partnership, version=version, size=len(pdf), digest=digest)
    copy.file.save(f"{version.partnership_id}-{version.pk}-{digest[:16]}.pdf", ContentFile(pdf), save=True)
    record(
        version.partnership,
        None,
        gettext_noop("sealed version %(number)s of “%(what)s”, signed by all"),
        about=version,
        number=version.number,
        what=version.contents["title"],
    )
    return copy


# Signed elsewhere


@transaction.atomic
def record_paper(
    partnership: Partnership,
    *,
    title: str,
    instrument: str,
    signed_on: date,
    parties: Iterable[Partner],
    file: bytes,
    by: Person,
    **facts: Any,
) -> Agreement:
    """Record an agreement that was signed on paper, with a copy of it as PDF."""
    agreement = Agreement.objects.create(
        partnership=partnership, title=title, instrument=instrument, on_paper=True, **facts
    )
    digest = hashlib.sha256(file).hexdigest()
    contents = frozen(agreement) | {
        "parties": [{"partner": one.pk, "name": one.organization.name} for one in parties],
        "paper": {"sha256": digest, "signed_on": signed_on.isoformat()},
    }
    version = AgreementVersion.objects.create(
        partnership=partnership, agreement=agreement, number=1, text=title, contents=contents, author=by
    )
    copy = PaperCopy(partnership=partnership, agreement=agreement, size=len(file), digest=digest, signed_on=signed_on)
    copy.file.save(f"{partnership.pk}-{agreement.pk}-{digest[:16]}.pdf", ContentFile(file), save=True)
    agreement.status, agreement.in_force_version = Agreement.Status.IN_FORCE, version
    agreement.in_force_since = max(agreement.effective_on or signed_on, signed_on)
    agreement.save(update_fields=["status", "in_force_version", "in_force_since"])
    consent.rest_on_today(agreement)
    record(
        partnership,
        by,
        gettext_noop("recorded “%(what)s”, signed on paper on %(day)s"),
        about=agreement,
        what=title,
        day=signed_on,
    )
    return agreement


# Obligations


@transaction.atomic
def promise(agreement: Agreement, *, partner: Partner, what: str, by: Person, **facts: Any) -> Obligation:
    """Note what a partner promised in an agreement."""
    made = Obligation.objects.create(
        partnership=agreement.partnership, agreement=agreement, partner=partner, what=what, **facts
    )
    record(
        agreement.partnership,
        by,
        gettext_noop("noted what %(who)s promised: %(what)s"),
        about=made,
        who=partner.organization.name,
        what=what,
    )
    return made


@transaction.atomic
def deliver(obligation: Obligation, *, on: date, evidence: str, by: Person) -> None:
    """Note that a promise was kept, and what shows it."""
    obligation.delivered_on, obligation.evidence = on, evidence
    obligation.revision += 1
    obligation.save(update_fields=["delivered_on", "evidence", "revision"])
    record(
        obligation.partnership,
        by,
        gettext_noop("noted that a promise was kept: %(what)s"),
        about=obligation,
        what=obligation.what,
    )
