"""A backup holds everything, is whole or not there, and comes back only where and as it should."""

import io
import json
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from concorda.analysis.problems import Refused
from concorda.cli import main
from concorda.foundation.accounts.models import Person
from concorda.foundation.core.scoping import scopes_disabled
from concorda.foundation.organizations import search
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.models import Entry
from concorda.portal.exchange import installation
from concorda.portal.exchange.container import packing
from concorda.portal.exchange.installation import names_in
from concorda.portal.exchange.rows import stored_rows

STORED = "agreements/kept.pdf"


@pytest.fixture
def files(tmp_path, settings):
    """An installation with one uploaded file and a folder of keys."""
    settings.VAR = tmp_path / "var"
    (settings.VAR / "keys").mkdir(parents=True)
    (settings.VAR / "keys" / "seal.pem").write_bytes(b"a key")
    default_storage.save(STORED, ContentFile(b"signed on paper"))
    yield tmp_path
    for name in list(names_in(default_storage)):
        default_storage.delete(name)


@pytest.fixture
def saved(world, files):
    to = files / "all.zip"
    installation.backup(to)
    return to


def everything():
    return {model._meta.label: list(stored_rows(model._base_manager.all())) for model in installation.tables()}


def rewritten(source, to, change):
    """A copy of an archive in which `change(name, content)` says what stands in each member; None leaves it out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return to


def with_manifest(source, to, **changes):
    def change(name, content):
        return json.dumps(json.loads(content) | changes) if name == "manifest.json" else content

    return rewritten(source, to, change)


def test_a_backup_brings_back_every_row_and_every_file(world, saved, settings):
    before, kept = everything(), sorted(installation.names_in(default_storage))
    assert sum(map(len, before.values())) > 3000
    with scopes_disabled():
        Organization.objects.filter(pk=world.organizations["county"].pk).update(name="Altered")
        Entry._base_manager.order_by("-pk")[:1].get()
        Entry._base_manager.filter(number=1).update(message="altered")
        Person.objects.create(email="late@concorda.example", name="Late")
    default_storage.delete(STORED)
    default_storage.save("later.txt", ContentFile(b"came later"))
    (settings.VAR / "keys" / "seal.pem").write_bytes(b"another")
    assert everything() != before
    installation.restore(saved, replace=True)
    assert everything() == before
    assert sorted(installation.names_in(default_storage)) == kept
    assert STORED in kept
    assert default_storage.open(STORED).read() == b"signed on paper"
    assert (settings.VAR / "keys" / "seal.pem").read_bytes() == b"a key"


def test_rows_can_be_added_after_a_restore(world, saved):
    last = Person.objects.order_by("-pk")[0].pk
    installation.restore(saved, replace=True)
    assert Person.objects.create(email="next@concorda.example", name="Next").pk > last


def test_the_directory_finds_organizations_after_a_restore(world, saved):
    search.clear()
    assert not search.narrow(Organization.objects.all(), "housing").organizations.exists()
    installation.restore(saved, replace=True)
    assert search.narrow(Organization.objects.all(), "housing").organizations.exists()


def test_a_backup_tells_what_it_holds_and_only_its_owner_reads_it(saved):
    with zipfile.ZipFile(saved) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        listed = {*manifest["files"], "manifest.json"}
        assert listed == set(archive.namelist())
    assert manifest["format"] == "concorda-backup"
    assert manifest["tables"]["accounts.person"]["rows"] == Person.objects.count()
    assert saved.stat().st_mode & 0o077 == 0


def test_the_command_speaks_json(world, files, capsys):
    to = files / "all.zip"
    stored = len(list(installation.names_in(default_storage)))
    assert main(["backup", str(to), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["file"], said["files"], said["bytes"]) == (str(to), stored, to.stat().st_size)
    assert main(["restore", str(to), "--replace", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == said["rows"]


def test_what_is_here_is_not_lost_by_accident(world, saved, capsys):
    before = everything()
    assert main(["restore", str(saved)]) == 1
    assert "--replace" in capsys.readouterr().err
    assert everything() == before


def test_a_backup_that_fails_leaves_nothing_behind(world, files, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    (files / "all.zip").write_bytes(b"the backup of yesterday")
    with monkeypatch.context() as broken:
        broken.setattr(installation, "names_in", fail)
        with pytest.raises(Refused, match="No space left"):
            installation.backup(files / "all.zip")
    assert (files / "all.zip").read_bytes() == b"the backup of yesterday"
    assert sorted(path.name for path in files.iterdir()) == ["all.zip", "var"]


def test_a_folder_that_is_not_there_is_named(world, tmp_path):
    with pytest.raises(Refused, match="cannot be written"):
        installation.backup(tmp_path / "nowhere" / "all.zip")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda name, content: None if name == "tables/accounts.person.jsonl" else content, "missing"),
        (lambda name, content: content + b"{}\n" if name == "tables/accounts.person.jsonl" else content, "checksum"),
        (lambda name, content: b"other" if name == f"files/{STORED}" else content, "checksum"),
        (lambda name, content: None if name == "manifest.json" else content, "not a backup"),
        (lambda name, content: b"[]" if name == "manifest.json" else content, "not a backup"),
        (lambda name, content: b"{" if name == "manifest.json" else content, "not JSON"),
    ],
)
def test_a_damaged_backup_changes_nothing(world, saved, tmp_path, damage, words):
    before = everything()
    with pytest.raises(Refused, match=words):
        installation.restore(rewritten(saved, tmp_path / "damaged.zip", damage), replace=True)
    assert everything() == before


def test_half_a_file_and_no_archive_at_all_are_refused(world, saved, tmp_path):
    half = tmp_path / "half.zip"
    half.write_bytes(saved.read_bytes()[: saved.stat().st_size // 2])
    for path in (half, tmp_path, tmp_path / "none.zip"):
        with pytest.raises(Refused, match=r"not a whole zip archive|is a folder|There is no file"):
            installation.restore(path, replace=True)


@pytest.mark.parametrize(
    ("name", "words"),
    [("../out.txt", "leads out"), ("/etc/out.txt", "leads out"), ("extra.txt", "not in the archive's list")],
)
def test_a_file_that_does_not_belong_there_is_refused(world, saved, tmp_path, name, words):
    copy = rewritten(saved, tmp_path / "more.zip", lambda _, content: content)
    with zipfile.ZipFile(copy, "a") as archive:
        archive.writestr(name, b"more")
    with pytest.raises(Refused, match=words):
        installation.restore(copy, replace=True)


def test_another_version_is_told_apart(world, saved, tmp_path, monkeypatch):
    migrations = [["accounts", "0001_initial"], ["portal", "0001_initial"]]
    monkeypatch.setattr(installation, "applied", lambda: migrations)
    newer = with_manifest(
        saved, tmp_path / "newer.zip", migrations=[*migrations, ["portal", "0099_later"]], version="9.0"
    )
    with pytest.raises(Refused, match=r"made by Concorda 9\.0.*It is newer"):
        installation.restore(newer, replace=True)
    older = with_manifest(saved, tmp_path / "older.zip", migrations=migrations[1:])
    with pytest.raises(Refused, match="It is older"):
        installation.restore(older, replace=True)


def test_a_table_of_another_shape_is_named(world, saved, tmp_path):
    with zipfile.ZipFile(saved) as archive:
        tables = json.loads(archive.read("manifest.json"))["tables"]
    tables["accounts.person"]["columns"].remove("name")
    with pytest.raises(Refused, match=r"accounts\.person"):
        installation.restore(with_manifest(saved, tmp_path / "other.zip", tables=tables), replace=True)


def test_rows_that_cannot_be_stored_are_named_and_nothing_changes(world, files, saved):
    """Checksums that fit do not make a row fit: file, row and column are said."""
    before, forged = everything(), files / "forged.zip"
    with zipfile.ZipFile(saved) as old, packing(forged) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "tables/partnerships.partnership.jsonl":
                content = content.replace(b'"started_on": "', b'"started_on": "not ')
            if name != "manifest.json":
                new.add(name, io.BytesIO(content))
        manifest = json.loads(old.read("manifest.json")) | {"files": new.members}
        new.zip.writestr("manifest.json", json.dumps(manifest))
    with pytest.raises(Refused) as refused:
        installation.restore(forged, replace=True)
    problem = refused.value.problems[0]
    assert (problem.file, problem.row, problem.column) == (
        "forged.zip:tables/partnerships.partnership.jsonl",
        1,
        "started_on",
    )
    assert everything() == before


def test_a_database_that_is_behind_is_not_backed_up_halfway(world, files, monkeypatch):
    monkeypatch.setattr(installation, "pending_migrations", lambda: 3)
    with pytest.raises(Refused, match="not up to date"):
        installation.backup(files / "all.zip")
    assert not (files / "all.zip").exists()


def test_the_secret_key_of_the_backup_is_used_from_the_next_start(world, saved, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_GIVEN = "the key of a new installation, long enough", False
    notes = installation.restore(saved, replace=True)["notes"]
    assert "Start Concorda again" in notes[0]
    assert (settings.VAR / "secret-key").read_text() == "only for tests, where nothing is secret"
    settings.SECRET_KEY_GIVEN = True
    assert "CONCORDA_SECRET_KEY" in installation.restore(saved, replace=True)["notes"][0]


def test_every_table_of_the_database_is_in_a_backup(db):
    """Without a model: the migrations, which the manifest names, and the words of the search, which are made anew."""
    held = {model._meta.db_table for model in installation.tables()}
    others = {table for table in connection.introspection.table_names() if not table.startswith(search.TABLE)} - held
    assert others <= {"django_migrations"}
