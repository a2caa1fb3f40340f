"""The clause library: points an agreement should settle, clauses that settle them, filled from what is recorded."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concorda.begin.agreements.models import Agreement, Clause
from concorda.begin.governance.models import Body, Rule
from concorda.connect.capacity.models import Item
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.partnerships.queries import committed

FILE = Path(__file__).with_name("library.toml")
PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Topic:
    """A point an agreement should settle, and the instruments that need it."""

    key: str
    label: Mapping[str, str]
    required: frozenset[str]


@dataclass(frozen=True)
class Entry:
    """A clause of the library, in English and French."""

    key: str
    covers: tuple[str, ...]
    heading: Mapping[str, str]
    why: Mapping[str, str]
    text: Mapping[str, str]


@cache
def topics() -> tuple[Topic, ...]:
    found = tomllib.loads(FILE.read_text(encoding="utf-8"))["topics"]
    return tuple(Topic(key, facts, frozenset(facts["required"])) for key, facts in found.items())


@cache
def entries() -> Mapping[str, Entry]:
    found = tomllib.loads(FILE.read_text(encoding="utf-8"))["clause"]
    return {
        one["key"]: Entry(one["key"], tuple(one["covers"]), one["heading"], one["why"], one["text"]) for one in found
    }


def usual(instrument: str) -> list[Entry]:
    """The clauses to begin with: in the library's order, each one that settles a needed point not settled yet."""
    open_points = {topic.key for topic in topics() if instrument in topic.required}
    chosen = []
    for entry in entries().values():
        if entry.key not in COMBINED and open_points & set(entry.covers):
            open_points -= set(entry.covers)
            chosen.append(entry)
    return chosen


# These settle several points at once; a first draft takes the single ones, which are easier to negotiate one by one.
COMBINED = frozenset(("money", "client_information", "joining_leaving", "review"))


@dataclass(frozen=True)
class Completeness:
    """Which of the points this kind of agreement should settle are settled by its clauses."""

    settled: tuple[Topic, ...]
    open: tuple[Topic, ...]

    @property
    def total(self) -> int:
        return len(self.settled) + len(self.open)

    def open_labels(self, language: str) -> list[str]:
        return [topic.label[language] for topic in self.open]


def completeness(instrument: str, clauses: Iterable[Clause]) -> Completeness:
    covered = {point for clause in clauses if clause.key in entries() for point in entries()[clause.key].covers}
    needed = [topic for topic in topics() if instrument in topic.required]
    return Completeness(
        tuple(topic for topic in needed if topic.key in covered),
        tuple(topic for topic in needed if topic.key not in covered),
    )


# Filling


def fill(text: str, facts: Mapping[str, str]) -> str:
    """`text` with its {places} filled; a place without a fact is marked for completing by hand."""
    return PLACE.sub(lambda found: facts.get(found[1]) or marker(found[1]), text)


def marker(place: str) -> str:
    return _("[to be completed: %(what)s]") % {"what": places()[place]}


def places() -> dict[str, str]:
    return {
        "partnership": _("name of the partnership"),
        "partners": _("legal names of the partners"),
        "convener": _("the organization that convenes"),
        "purpose": _("purpose"),
        "start": _("first day"),
        "end": _("last day"),
        "body": _("the body that decides"),
        "rule": _("the rule it decides by"),
        "contributions": _("what each partner contributes"),
        "notice_days": _("days of notice"),
    }


UNFILLED = re.compile(r"\[(?:to be completed|à compléter)[^\]]*\]")


def unfilled(text: str) -> bool:
    """Whether a clause still has a place to be completed."""
    return UNFILLED.search(text) is not None


def facts_of(agreement: Agreement) -> dict[str, str]:
    """What the partnership has recorded, as words in the agreement's language."""
    with in_language(agreement.language):
        return facts_in_words(agreement, agreement.partnership)


def in_language(language: str) -> Any:
    """Speak the language of an agreement's text for a while."""
    return translation.override(f"{language}-ca")


def facts_in_words(agreement: Agreement, partnership: Partnership) -> dict[str, str]:
    partners = list(committed(partnership))
    rule = (
        Rule.objects.filter(partnership=partnership, in_force=True, matter=Rule.Matter.STRATEGIC)
        .select_related("body")
        .first()
    )
    body = rule.body if rule else Body.objects.filter(partnership=partnership, kind=Body.Kind.COUNCIL).first()
    return {
        "partnership": partnership.name,
        "partners": ", ".join(partner.organization.name for partner in partners),
        "convener": next((partner.organization.name for partner in partners if partner.convenes), ""),
        "purpose": partnership.purpose,
        "start": in_full(agreement.effective_on),
        "end": in_full(agreement.expires_on),
        "body": body.name if body else "",
        "rule": rule_sentence(rule) if rule else "",
        "contributions": contributions(partnership),
        "notice_days": str(agreement.notice_days),
    }


def in_full(day: date | None) -> str:
    return date_format(day, "j F Y") if day else ""


def contributions(partnership: Partnership) -> str:
    """What the partners offered and shared with each other, one line each; nothing that is private to one."""
    offers = Item.objects.filter(partnership=partnership, direction=Item.Direction.OFFER, shared=True).select_related(
        "organization"
    )
    lines = []
    for item in offers.order_by("organization__name", "pk"):
        amount = " ".join(
            part for part in (f"{item.amount.normalize():f}" if item.amount is not None else "", item.unit) if part
        )
        detail = ", ".join(part for part in (amount, item.period) if part)
        lines.append(f"{item.organization.name}: {item.what}" + (f" ({detail})" if detail else ""))
    return "\n".join(lines)


def rule_sentence(rule: Rule) -> str:
    """The rule as a sentence for the text of an agreement."""
    sentence = methods()[rule.method]
    if rule.method == Rule.Method.SUPERMAJORITY:
        sentence = sentence % {"share": rule.threshold}
    parts = [sentence]
    if rule.quorum_count:
        parts.append(
            ngettext(
                "At least %(count)s seat has to take part.",
                "At least %(count)s seats have to take part.",
                rule.quorum_count,
            )
            % {"count": rule.quorum_count}
        )
    if rule.quorum_fraction:
        parts.append(_("At least %(share)s of the seats have to take part.") % {"share": rule.quorum_fraction})
    return " ".join(parts)


def methods() -> dict[str, str]:
    return {
        "consent": _("It decides by consent: a proposal passes when no reasoned objection stands."),
        "consensus": _("It decides by consensus: a proposal passes when nobody blocks it."),
        "majority": _("It decides by more than half of the votes."),
        "supermajority": _("It decides by at least %(share)s of the votes."),
        "unanimity": _("It decides unanimously."),
        "delegated": _("It leaves the decision to the person it names."),
    }
