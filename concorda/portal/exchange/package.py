"""What belongs to a partnership and leaves with it, built from the models themselves; the shape of its archive.

Every model that is `PartnershipOwned` is in the archive by being one. What it points to outside the partnership is in
it as far as needed to find or make it elsewhere (`OUTSIDE`). Where a row names another by a bare number, `REWRITTEN`
says so.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.apps import apps
from django.db import models

from concorda.foundation.accounts.models import Person
from concorda.foundation.organizations.models import Organization, Place, Term
from concorda.foundation.partnerships.models import Partnership, PartnershipOwned
from concorda.portal.exchange.rows import stored_models

FORMAT, VERSION = "concorda-partnership", 1
DESCRIPTION = "datapackage.json"
Row = dict[str, Any]

OUTSIDE: Mapping[type[models.Model], tuple[str, ...]] = {
    Place: (
        "kind",
        "code",
        "parent",
        "label_en",
        "label_fr",
        "latitude",
        "longitude",
        "time_zone",
        "population",
        "keys",
    ),
    Term: ("scheme", "code", "parent", "label_en", "label_fr"),
    Organization: (
        *("slug", "name", "short_name", "other_names", "kind", "activities", "website", "languages"),
        *("place", "area", "postcode", "active"),
    ),
    Person: ("email", "name", "language", "time_zone"),
    Partnership: (
        *("slug", "name", "short_name", "purpose", "origin", "status", "time_zone", "place_name"),
        *("started_on", "created_at", "length", "head"),
    ),
}
IDENTIFIERS = "identifiers"
MANY = ("terms", "populations")

# Wiring of one installation: elsewhere it would call out unasked, with a secret that must not leave.
STAYS: Mapping[str, str] = {
    "api.hook": "where this installation tells other programs what happened",
    "api.hookdelivery": "what it has told them",
}
# What nobody reads row by row on any page leaves only with the whole installation's own command.
NOBODYS: Mapping[str, str] = {
    "evaluation.checkinanswer": "anonymous answers",
    "evaluation.checkinticket": "who has answered",
    "boundary_crossers.askedtie": "everybody's own answers about others",
    "communication.card": "telephone numbers, and what each person lets others see",
    "participation.savedsearch": "searches of one person",
    "participation.link": "secret addresses in letters",
    "working_groups.feed": "private calendar addresses",
    "working_groups.workhours": "when one person works",
}


def owned() -> list[type[PartnershipOwned]]:
    """Every kind of row a partnership owns and can take along."""
    found = [model for model in stored_models(apps.get_models()) if issubclass(model, PartnershipOwned)]
    return [model for model in found if label(model) not in STAYS]


def label(model: Any) -> str:
    return str(model._meta.label_lower)


def made_anew(field: models.Field) -> bool:
    """A text that may stand only once in an installation (a secret's digest): it stays behind and is made anew."""
    return field.unique and not field.is_relation and not field.primary_key


def fields_of(model: type[models.Model]) -> list[models.Field]:
    """The columns of a kind of row in the archive, its number first."""
    if model in OUTSIDE:
        return [model._meta.pk, *(model._meta.get_field(name) for name in OUTSIDE[model])]  # type: ignore[list-item]
    return [
        field for field in model._meta.local_concrete_fields if field.name != "partnership" and not made_anew(field)
    ]


# Numbers of rows


class Moved:
    """The numbers rows had in an archive → the numbers they have here."""

    def __init__(self, numbers: Mapping[str, Mapping[int, int]]) -> None:
        self.numbers = numbers

    def to(self, kind: str, number: int | None) -> int | None:
        """The number of a row here; of a row that is not there (any more) the same below zero, which no row has."""
        if number is None:
            return None
        return self.numbers.get(kind, {}).get(number, -abs(number))

    def word(self, kind: str, number: str) -> str:
        """The same for a number kept as text; what is no number stays."""
        return str(self.to(kind, int(number))) if number.lstrip("-").isdecimal() else number


def move_entry(row: Row, moved: Moved) -> None:
    row["target_id"] = moved.to(row["target"], row["target_id"])


def move_decision(row: Row, moved: Moved) -> None:
    """What it is about, and the seats and partners in the rule, the electorate and the reasons it keeps."""
    row["subject_id"] = moved.to(row["subject"], row["subject_id"])
    seat = "governance.seat"
    for one in row["rule_then"].get("electorate", ()):
        one |= {"id": moved.word(seat, one["id"]), "partner": moved.to("partnerships.partner", one["partner"])}
    if chair := row["rule_then"].get("rule", {}).get("chair"):
        row["rule_then"]["rule"]["chair"] = moved.word(seat, chair)
    for reason in row["result"].get("reasons", ()):
        by = reason.get("by")
        if isinstance(by, str):
            reason["by"] = moved.word(seat, by)
        elif isinstance(by, list):
            reason["by"] = [moved.word(seat, one) for one in by]


def move_version(row: Row, moved: Moved) -> None:
    """The frozen words stay as they were signed; beside them stands what their partners and clauses are called here."""
    called = {}
    kinds = (("parties", "partner", "partnerships.partner"), ("clauses", "clause", "agreements.clause"))
    for part, name, kind in kinds:
        known = row["numbers"].get(name, {})
        there = [one[name] for one in row["contents"].get(part, ())]
        called[name] = {str(one): moved.to(kind, known.get(str(one), one)) for one in there}
    row["numbers"] = called


SUBJECTS = {
    "indicator": "strategic_plan.indicator",
    "agreement": "agreements.agreement",
    "need": "motivation.need",
    "obligation": "agreements.obligation",
    "goal": "strategic_plan.goal",
}


def move_review(row: Row, moved: Moved) -> None:
    kind, _, number = row["subject"].partition(":")
    if kind in SUBJECTS:
        row["subject"] = f"{kind}:{moved.word(SUBJECTS[kind], number)}"


REWRITTEN: Mapping[str, Callable[[Row, Moved], None]] = {
    "partnerships.entry": move_entry,
    "governance.decision": move_decision,
    "agreements.agreementversion": move_version,
    "future_plans.review": move_review,
}
# Columns of free shape that `REWRITTEN` takes care of, and those in which no row is named by its number.
CARED_FOR = {
    "partnerships.entry.target_id",
    "governance.decision.subject_id",
    "governance.decision.rule_then",
    "governance.decision.result",
    "agreements.agreementversion.contents",
    "agreements.agreementversion.numbers",
}
WITHOUT_NUMBERS = {
    "partnerships.entry.facts": "words and counts",
    "partnerships.entry.recorded": "numbers of elsewhere, for the hash",
    "participation.savedsearch.asked": "words of a search",
    "participation.savedsearch.seen": "names of organizations in addresses, and how each matched",
    "reports.report.snapshot": "frozen whole; its numbers are its own",
    "growth.passage.settled": "names of steps",
    "governance.handover.passed": "words",
    "agreements.agreement.basis": "what partners knew, in words",
    "communication.documentversion.size": "bytes",
}


# Description


TYPES: tuple[tuple[type[models.Field], str], ...] = (
    (models.BooleanField, "boolean"),
    (models.DateTimeField, "datetime"),
    (models.DateField, "date"),
    (models.IntegerField, "integer"),
    (models.DecimalField, "number"),
    (models.FloatField, "number"),
    (models.JSONField, "any"),
)


def schema(model: type[models.Model], more: Iterable[str] = ()) -> Row:
    """The table schema of a kind of row, as Frictionless describes it."""
    fields = fields_of(model)
    keys = [
        {"fields": field.name, "reference": {"resource": label(field.related_model), "fields": "id"}}
        for field in fields
        if field.is_relation
    ]
    described = [described_field(field) for field in fields] + [{"name": name, "type": "array"} for name in more]
    return {"fields": described, "primaryKey": "id"} | ({"foreignKeys": keys} if keys else {})


def described_field(field: models.Field) -> Row:
    plain = field.target_field if isinstance(field, models.ForeignKey) else field
    kind = next((name for known, name in TYPES if isinstance(plain, known)), "string")
    limits: Row = {"required": True} if not field.null else {}
    if isinstance(plain, models.CharField) and plain.max_length and not field.choices:
        limits |= {"maxLength": plain.max_length}
    return {"name": field.name, "type": kind, "title": str(field.verbose_name)} | (
        {"constraints": limits} if limits else {}
    )
