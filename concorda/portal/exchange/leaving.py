"""A partnership, or one organization's share of it, as an archive that can be read without Concorda."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Q
from django.utils import translation
from django_scopes.state import get_scope

from concorda import __version__
from concorda.foundation.core import clock
from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.organizations.models import Identifier, Organization, Place, Term
from concorda.foundation.partnerships.models import (
    Entry,
    OrganizationPrivate,
    OrganizationShared,
    Participant,
    Partner,
    Partnership,
)
from concorda.foundation.partnerships.timeline import KEPT_BACK, WITHHELD, numbers
from concorda.portal.exchange import package
from concorda.portal.exchange.container import Packing, chunks_of, packing
from concorda.portal.exchange.package import DESCRIPTION, FORMAT, OUTSIDE, Moved, Row, label
from concorda.portal.exchange.readme import readme
from concorda.portal.exchange.rows import as_json, line

EVERYTHING, PARTNERSHIP, SHARE = "everything", "partnership", "organization"
Tables = dict[type[models.Model], list[Row]]


def export(partnership: Partnership, to: Path) -> dict[str, Any]:
    """Write the archive of a partnership with all its data, what is private to each organization too.

    For whoever runs the installation and could read its database. Raises Refused when the file cannot be written.
    """
    with packing(to) as archive:
        told = write_everything(archive, partnership)
    return {"file": str(to), "bytes": to.stat().st_size, "partnership": partnership.slug, **told}


def write_everything(archive: Packing, partnership: Partnership) -> dict[str, Any]:
    with transaction.atomic(), within(partnership, EVERY):
        return write(archive, partnership, rows_in_scope(package.owned()), EVERYTHING)


def write_partnership(archive: Packing, partnership: Partnership) -> dict[str, Any]:
    """What the coordinator in scope may read: of what is private only their own organization's, nobody's answers."""
    models_ = [model for model in package.owned() if label(model) not in package.NOBODYS]
    return write(archive, partnership, rows_in_scope(models_), PARTNERSHIP)


def write_share(archive: Packing, partnership: Partnership, organization: Organization) -> dict[str, Any]:
    """The share of the organization in scope: what is its own or shared with it, and what that speaks of."""
    return write(archive, partnership, share(partnership, organization), SHARE)


# What is taken


def rows_in_scope(models_: Iterable[type[models.Model]]) -> Tables:
    """The rows in scope, without those that a model hides from everybody for a time: how an open secret vote goes."""

    def rows(model: type[models.Model]) -> Iterable[models.Model]:
        found = model._default_manager.order_by("pk")
        return model.told(found) if hasattr(model, "told") else found

    found = {model: [row_of(model, one) for one in rows(model)] for model in models_}
    return {model: rows for model, rows in found.items() if rows or model is Entry}


def row_of(model: type[models.Model], one: models.Model) -> Row:
    """A row as the archive holds it: each column by its name."""
    row = {field.name: as_json(getattr(one, field.attname)) for field in package.fields_of(model)}
    files = [field.name for field in package.fields_of(model) if isinstance(field, models.FileField)]
    return row | {name: str(row[name]) for name in files}


def share(partnership: Partnership, organization: Organization) -> Tables:
    """Rows that carry what is private or shared, rows about this partner, and whatever these point to."""
    partner = Partner.objects.filter(organization=organization).first()
    wanted: dict[type[models.Model], set[int]] = {}
    owned = package.owned()
    for model in owned:
        if model is Entry or label(model) in package.NOBODYS:
            continue
        about = Q(pk__in=[])
        for field in model._meta.local_concrete_fields:
            if field.related_model is Organization:
                about |= Q(**{field.name: organization})
            elif field.related_model is Partner and partner:
                about |= Q(**{field.name: partner})
        rows = model._default_manager.all()
        private = issubclass(model, OrganizationPrivate | OrganizationShared)
        take(wanted, model, (rows if private else rows.filter(about)).values_list("pk", flat=True))
    take(wanted, Partner, Partner.objects.values_list("pk", flat=True))
    take(wanted, Participant, Participant.objects.filter(organization=organization).values_list("pk", flat=True))
    wanted = {kind: keys for kind, keys in wanted.items() if label(kind) not in STEERED}
    found: Tables = {}
    while wanted:
        kind, keys = wanted.popitem()
        have = {row["id"] for row in found.get(kind, ())}
        fresh = [row_of(kind, one) for one in kind._default_manager.filter(pk__in=keys - have).order_by("pk")]
        found.setdefault(kind, []).extend(fresh)
        for field in package.fields_of(kind):
            target: Any = field.related_model
            if field.is_relation and target in owned:
                new = {row[field.name] for row in fresh} - {None} - {row["id"] for row in found.get(target, ())}
                take(wanted, target, new)
    return {kind: sorted(rows, key=lambda row: row["id"]) for kind, rows in found.items() if rows}


# What those who steer note about a partner is not that partner's to take.
STEERED = {
    *("participation.check", "participation.stake", "participation.request", "participation.invitation"),
    *("participation.inquiry", "participation.application", "participation.mark", "participation.reviewer"),
}


def take(wanted: dict[type[models.Model], set[int]], model: Any, keys: Iterable[int]) -> None:
    if keys := set(keys):
        wanted.setdefault(model, set()).update(keys)


# What is written


def write(archive: Packing, partnership: Partnership, tables: Tables, holds: str) -> dict[str, Any]:
    prepare(tables)
    outside = outside_of(partnership, tables, with_email=holds != SHARE)
    resources = [write_table(archive, model, rows) for model, rows in {**outside, **tables}.items()]
    resources += [write_file(archive, name) for name in files_of(tables)]
    for name, text in readme(partnership, holds, {label(model): len(rows) for model, rows in tables.items()}).items():
        resources.append(resource(archive, name, [text.encode()]) | {"format": "md", "mediatype": "text/markdown"})
    rows = sum(len(rows) for rows in tables.values())
    archive.zip.writestr(DESCRIPTION, line(described(partnership, holds, resources)))
    return {"rows": rows, "tables": len(tables), "files": len(files_of(tables)), "timeline": len(tables.get(Entry, ()))}


def prepare(tables: Tables) -> None:
    """Keep back what is private, and give what names rows by bare numbers its final form."""
    kept = {label(model): {row["id"]: row["id"] for row in rows} for model, rows in tables.items()}
    if Entry in tables:
        lines = {entry.pk: entry for entry in Entry.objects.all()}
        kept["partnerships.partnership"] = {one: one for one in {entry.partnership_id for entry in lines.values()}}
        tables[Entry] = [line_of(row, lines[row["id"]]) for row in tables[Entry]]
    moved = Moved(kept)
    for model, rows in tables.items():
        rewrite = package.REWRITTEN.get(label(model))
        for row in rows if rewrite else ():
            rewrite(row, moved)  # type: ignore[misc]  # there are no rows to go through without it


def line_of(row: Row, entry: Entry) -> Row:
    """A line of the timeline with the numbers its hash was made with; without its words where they are private."""
    own = get_scope()["organization"]
    if own is not EVERY and entry.private_to_id is not None and entry.private_to_id not in own:
        empty: Row = {"by": None, "by_name": "", "organization_name": "", "tool": "", "facts": {}, "target": ""}
        silent = {"target_id": None, "private_to": None, "message": WITHHELD, "recorded": KEPT_BACK}
        return row | empty | silent
    return row | {"recorded": entry.recorded or numbers(entry)}


def outside_of(partnership: Partnership, tables: Tables, *, with_email: bool) -> Tables:
    """What the rows point to outside the partnership, and the partnership itself."""
    asked: dict[Any, set[int]] = {model: set() for model in OUTSIDE}
    for model, rows in tables.items():
        for field in package.fields_of(model):
            if field.is_relation and field.related_model in asked:
                asked[field.related_model] |= {row[field.name] for row in rows} - {None}
    asked[type(partnership)] = {partnership.pk}
    organizations = list(organizations_of(asked[Organization], asked))
    found: Tables = {}
    for model in OUTSIDE:
        if model is Organization:
            found[model] = organizations
            continue
        if model in (Place, Term):
            with_parents(model, asked[model])
        rows = [row_of(model, one) for one in model._default_manager.filter(pk__in=asked[model]).order_by("pk")]
        left_out = set() if with_email else {"email"}
        found[model] = [{name: value for name, value in row.items() if name not in left_out} for row in rows]
    return found


def organizations_of(keys: set[int], asked: Mapping[Any, set[int]]) -> Iterator[Row]:
    known: dict[int, list[Row]] = {}
    for one in Identifier.objects.filter(organization__in=keys).order_by("scheme", "value"):
        known.setdefault(one.organization_id, []).append({"scheme": one.scheme, "value": one.value})
    found = Organization.objects.filter(pk__in=keys).order_by("pk").prefetch_related(*package.MANY)
    for organization in found:
        many = {name: sorted(term.pk for term in getattr(organization, name).all()) for name in package.MANY}
        asked[Term].update(*many.values())
        asked[Place].update({organization.place_id} - {None})  # type: ignore[arg-type]  # None is taken out
        yield row_of(Organization, organization) | many | {package.IDENTIFIERS: known.get(organization.pk, [])}


def with_parents(model: Any, keys: set[int]) -> None:
    fresh = set(keys)
    while fresh:
        fresh = set(model.objects.filter(pk__in=fresh).exclude(parent=None).values_list("parent", flat=True)) - keys
        keys |= fresh


def write_table(archive: Packing, model: type[models.Model], rows: list[Row]) -> Row:
    more = (*package.MANY, package.IDENTIFIERS) if model is Organization else ()
    written = resource(archive, f"data/{label(model)}.jsonl", map(line, rows), name=label(model))
    with translation.override("en-ca"):
        title, schema = str(model._meta.verbose_name_plural), package.schema(model, more)
    return written | {"title": title, "format": "ndjson", "mediatype": "application/x-ndjson", "schema": schema}


def files_of(tables: Tables) -> list[str]:
    """The uploaded files the rows name."""
    return sorted(
        {
            row[field.name]
            for model, rows in tables.items()
            for field in package.fields_of(model)
            if isinstance(field, models.FileField)
            for row in rows
            if row[field.name]
        }
    )


def write_file(archive: Packing, name: str) -> Row:
    with default_storage.open(name) as file:
        return resource(archive, f"files/{name}", chunks_of(file))


def resource(archive: Packing, path: str, chunks: Iterable[bytes], *, name: str = "") -> Row:
    made = archive.add(path, chunks)
    plain = "".join(letter if letter.isalnum() or letter in "._-" else "-" for letter in path.lower())
    return {"name": name or plain, "path": path, "bytes": made["bytes"], "hash": f"sha256:{made['sha256']}"} | (
        {"encoding": "utf-8"} if not path.startswith("files/") else {}
    )


def described(partnership: Partnership, holds: str, resources: list[Row]) -> Row:
    return {
        "profile": "data-package",
        "name": partnership.slug,
        "title": partnership.name,
        "created": clock.now().isoformat(),
        "concorda": {"format": FORMAT, "version": package.VERSION, "made_by": __version__, "holds": holds},
        "resources": resources,
    }
