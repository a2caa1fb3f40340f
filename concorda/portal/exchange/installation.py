"""Backup and restore of the whole installation: every table, every file, the keys; the same for every database."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import Storage, default_storage
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, OperationalError, connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from concorda import __version__
from concorda.analysis.problems import Refused
from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.organizations.models import Organization
from concorda.foundation.organizations.services import index_all
from concorda.foundation.partnerships.models import Partnership
from concorda.portal.exchange.container import Archive, Packing, chunks_of, opened, packing
from concorda.portal.exchange.rows import BATCH, as_stored, insert, line, stored_models, stored_rows
from concorda.portal.health import pending_migrations

FORMAT = "concorda-backup"
MANIFEST = "manifest.json"
SECRET = "keys/secret-key"  # noqa: S105  the name of a file
KEY_FOLDER = "keys"
Progress = Callable[[int, int], None]


def tables() -> list[type[models.Model]]:
    return stored_models(apps.get_models(include_auto_created=True))


def applied() -> list[list[str]]:
    """The migrations of this database, as [app, name]."""
    return sorted([app, name] for app, name in MigrationRecorder(connection).applied_migrations())


@contextmanager
def snapshot() -> Iterator[None]:
    """Read the database as it is at one moment, while others go on writing."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        # A deferred transaction in WAL keeps its moment and takes no lock from those who write.
        database: Any = connection
        mode, database.transaction_mode = database.transaction_mode, "DEFERRED"
        try:
            with transaction.atomic():
                yield
        finally:
            database.transaction_mode = mode
        return
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


# Backup


def backup(to: Path, progress: Progress = lambda done, of: None) -> dict[str, Any]:
    """Write everything this installation holds into one file.

    Raises Refused when the file cannot be written or the database is not up to date.
    """
    refuse_unready()
    with packing(to) as archive:
        with snapshot():
            manifest = described()
            for done, model in enumerate(tables(), start=1):
                manifest["tables"][model._meta.label_lower] = dump(archive, model)
                progress(done, len(tables()))
        files = list(names_in(default_storage))
        for name in files:
            with default_storage.open(name) as file:
                archive.add(f"files/{name}", chunks_of(file))
        for name, content in keys().items():
            archive.add(name, [content])
        manifest["files"] = archive.members
        archive.zip.writestr(MANIFEST, line(manifest))
    rows = sum(table["rows"] for table in manifest["tables"].values())
    return {
        "file": str(to),
        "bytes": to.stat().st_size,
        "tables": len(manifest["tables"]),
        "rows": rows,
        "files": len(files),
        "made_at": manifest["made_at"],
        "version": __version__,
    }


def refuse_unready() -> None:
    """Only a database that is reached and up to date can be read as the models say."""
    try:
        pending = pending_migrations()
    except OperationalError as error:
        raise Refused(f"The database cannot be reached ({error}). Check DATABASE_URL.") from error
    if pending:
        raise Refused(
            f"The database is not up to date: {pending} migrations are missing. Use the version of Concorda that wrote "
            "it, or start this one once (concorda serve), which brings the database up to date."
        )


def described() -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": __version__,
        "made_at": clock.now().isoformat(),
        "database": connection.vendor,
        "migrations": applied(),
        "tables": {},
    }


def dump(archive: Packing, model: type[models.Model]) -> dict[str, Any]:
    """Write the rows of one model as JSON lines."""
    count = 0

    def lines() -> Iterator[bytes]:
        nonlocal count
        for row in stored_rows(model._base_manager.all()):
            count += 1
            yield line(row)

    name = f"tables/{model._meta.label_lower}.jsonl"
    archive.add(name, lines())
    return {"file": name, "rows": count, "columns": columns(model)}


def columns(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.local_concrete_fields]


def names_in(storage: Storage, folder: str = "") -> Iterator[str]:
    """Every file of a storage, by its name there."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from sorted(f"{folder}/{name}" if folder else name for name in files)
    for inner in sorted(folders):
        yield from names_in(storage, f"{folder}/{inner}" if folder else inner)


def keys() -> dict[str, bytes]:
    """The keys in use, by their name in the archive: the secret key, and what lies in the folder of keys."""
    folder = settings.VAR / KEY_FOLDER
    others = (path for path in sorted(folder.rglob("*")) if path.is_file()) if folder.is_dir() else ()
    found = {f"{KEY_FOLDER}/folder/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in others}
    return {SECRET: settings.SECRET_KEY.encode(), **found}


# Restore


def restore(source: Path, *, replace: bool = False, progress: Progress = lambda done, of: None) -> dict[str, Any]:
    """Make this installation what the backup says it was.

    Nothing is changed before the whole archive was found intact. Raises Refused for a file that is no backup, is
    damaged or was made by another version, and for an installation that holds something unless `replace`.
    """
    with opened(source) as archive:
        manifest = looked_through(archive)
        bring_up_to_date()
        refuse_other_version(archive, manifest)
        if not replace:
            refuse_full()
        rows = load(archive, manifest, progress)
        files = [name for name in manifest["files"] if name.startswith("files/")]
        remove_stray({name.removeprefix("files/") for name in files})
        notes = put_keys(archive, manifest)
    return {
        "file": str(source),
        "made_at": manifest["made_at"],
        "version": manifest["version"],
        "tables": len(manifest["tables"]),
        "rows": rows,
        "files": len(files),
        "notes": notes,
    }


def bring_up_to_date() -> None:
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except OperationalError as error:
        raise Refused(f"The database cannot be reached ({error}). Check DATABASE_URL.") from error


def looked_through(archive: Archive) -> dict[str, Any]:
    """The manifest of a backup that is intact to the last byte."""
    if MANIFEST not in archive.sizes:
        raise archive.refusal("this is not a backup of Concorda: it has no manifest.json")
    manifest = archive.document(MANIFEST)
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise archive.refusal("this is not a backup of Concorda", MANIFEST)
    shape = {"version": str, "made_at": str, "migrations": list, "tables": dict, "files": dict}
    for name, kind in shape.items():
        if not isinstance(manifest.get(name), kind):
            raise archive.refusal(f"“{name}” is missing or not what it should be", MANIFEST)
    archive.verify(manifest["files"], besides=[MANIFEST])
    return manifest


def refuse_other_version(archive: Archive, manifest: dict[str, Any]) -> None:
    theirs, ours = manifest["migrations"], applied()
    made = f"This backup was made by Concorda {manifest['version']}; this is Concorda {__version__}. "
    if [one for one in theirs if one not in ours]:
        raise archive.refusal(made + "It is newer: bring this installation up to that version first, then restore.")
    if [one for one in ours if one not in theirs]:
        raise archive.refusal(made + "It is older: restore it with that version, then bring that one up to date.")
    expected = {model._meta.label_lower: columns(model) for model in tables()}
    for label, names in expected.items():
        table = manifest["tables"].get(label)
        if not isinstance(table, dict) or table.get("columns") != names:
            raise archive.refusal(made + f"The table {label} is not the same in both. Use that version to restore it.")
    if strange := sorted({*manifest["tables"]} - {*expected}):
        raise archive.refusal(made + f"The table {strange[0]} is not known here. Use that version to restore it.")


def refuse_full() -> None:
    kinds = {"people": Person, "organizations": Organization, "partnerships": Partnership}
    names = " and ".join(name for name, model in kinds.items() if model._base_manager.exists())
    if names:
        raise Refused(
            f"This installation is not empty: it has {names}. Restore into an empty one, "
            "or add --replace to lose what is here and have the backup instead."
        )


def load(archive: Archive, manifest: dict[str, Any], progress: Progress) -> int:
    """Empty every table and fill it from the backup, in one transaction; the number of rows."""
    count = 0
    try:
        with transaction.atomic():
            for model in reversed(tables()):
                model._base_manager.all()._raw_delete(using=connection.alias)  # noqa: SLF001  no cascade is wanted
            for done, model in enumerate(tables(), start=1):
                name = manifest["tables"][model._meta.label_lower]["file"]
                count += sum(fill(model, batch) for batch in batches(archive, model, name))
                progress(done, len(tables()))
            put_files(archive, manifest)
            set_sequences()
            index_all()
            connection.check_constraints()
    except DatabaseError as error:
        raise archive.refusal(f"the database does not take its rows ({error}). Nothing was changed") from error
    return count


def batches(archive: Archive, model: type[models.Model], name: str) -> Iterator[list[models.Model]]:
    batch: list[models.Model] = []
    for number, row in archive.rows(name):
        batch.append(read(archive, model, name, number, row))
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def read(archive: Archive, model: type[models.Model], name: str, number: int, row: dict[str, Any]) -> models.Model:
    found = model()
    for field in model._meta.local_concrete_fields:
        try:
            setattr(found, field.attname, as_stored(field, row[field.attname]))
        except (KeyError, ValidationError) as error:
            reason = f"this cannot be stored ({error})"
            raise archive.refusal(reason, name, number, field.attname) from error
    return found


def fill(model: type[models.Model], rows: list[models.Model]) -> int:
    if rows:
        insert(model, rows)
    return len(rows)


def set_sequences() -> None:
    """The next number of each table comes after those restored."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables()):
            cursor.execute(statement)


def put_files(archive: Archive, manifest: dict[str, Any]) -> None:
    for name in sorted(manifest["files"]):
        if not name.startswith("files/"):
            continue
        stored = name.removeprefix("files/")
        if default_storage.exists(stored):
            if checksum(stored) == manifest["files"][name]["sha256"]:
                continue
            default_storage.delete(stored)
        with archive.open(name) as content:
            default_storage.save(stored, File(content, name=stored))


def checksum(name: str) -> str:
    digest = hashlib.sha256()
    with default_storage.open(name) as file:
        for chunk in chunks_of(file):
            digest.update(chunk)
    return digest.hexdigest()


def remove_stray(kept: Iterable[str]) -> None:
    for name in {*names_in(default_storage)} - {*kept}:
        default_storage.delete(name)


def put_keys(archive: Archive, manifest: dict[str, Any]) -> list[str]:
    """Put the keys back; what a person has to do about them."""
    notes = []
    for name in sorted(manifest["files"]):
        if name == SECRET:
            notes += put_secret(b"".join(archive.chunks(name)).decode())
        elif name.startswith(f"{KEY_FOLDER}/folder/"):
            path = settings.VAR / KEY_FOLDER / name.removeprefix(f"{KEY_FOLDER}/folder/")
            path.parent.mkdir(parents=True, exist_ok=True)
            write_private(path, b"".join(archive.chunks(name)))
    return notes


def put_secret(secret: str) -> list[str]:
    if secret == settings.SECRET_KEY:
        return []
    if settings.SECRET_KEY_GIVEN:
        note = (
            "CONCORDA_SECRET_KEY is not the key of the backup: links that were sent and sessions have ended. "
            "To keep them, set it to the key in the backup (keys/secret-key) and start again."
        )
        return [note]
    write_private(settings.VAR / "secret-key", secret.encode())
    return ["The secret key of the backup is back. Start Concorda again so that it is used."]


def write_private(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)
