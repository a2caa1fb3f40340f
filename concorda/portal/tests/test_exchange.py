"""A partnership leaves with everything and comes back the same; what is private stays where it belongs."""

import hashlib
import io
import json
import zipfile

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction

from concorda.analysis.problems import Refused
from concorda.begin.agreements.models import Agreement, AgreementVersion, PaperCopy
from concorda.begin.agreements.queries import parties_of
from concorda.begin.governance import services as governance
from concorda.begin.governance.deciding import explained
from concorda.begin.governance.models import Decision, Rule
from concorda.connect.motivation.models import Motive
from concorda.foundation.accounts.models import Person
from concorda.foundation.core.scoping import EVERY, scopes_disabled, within
from concorda.foundation.organizations.models import Identifier, Organization
from concorda.foundation.partnerships.models import (
    Entry,
    OrganizationPrivate,
    OrganizationShared,
    Participant,
    Partnership,
    PartnershipOwned,
)
from concorda.foundation.partnerships.timeline import first_break, record
from concorda.portal.exchange import package
from concorda.portal.exchange.arriving import import_partnership
from concorda.portal.exchange.leaving import export
from concorda.portal.exchange.package import Moved

SECRET = "only the County may read this"
OUTSIDE = {package.label(model) for model in package.OUTSIDE}


@pytest.fixture
def full(world, inside):
    """The main partnership, with a document and a line of the timeline that is private to the County."""
    agreement = world.things["agreement.memorandum"]
    agreement = Agreement.objects.get(pk=agreement.pk)
    name = default_storage.save("agreements/signed.pdf", ContentFile(b"on paper"))
    PaperCopy.objects.create(
        partnership=inside,
        agreement=agreement,
        file=name,
        size=8,
        digest=hashlib.sha256(b"on paper").hexdigest(),
        signed_on="2026-01-05",
    )
    county = world.organizations["county"]
    with transaction.atomic():
        record(inside, world.people["denise"], "noted %(what)s", private_to=county, what=SECRET)
        record(inside, world.people["priya"], "said %(what)s", what="hello")
    Motive.objects.create(partnership=inside, organization=county, kind="funding", hope=SECRET, shared=False)
    yield inside
    for kept in default_storage.listdir("agreements")[1]:
        default_storage.delete(f"agreements/{kept}")


@pytest.fixture
def archive(full, tmp_path):
    export(full, tmp_path / "all.zip")
    return tmp_path / "all.zip"


def tables(source):
    """Kind → rows of an archive."""
    with zipfile.ZipFile(source) as zipped:
        names = [name for name in zipped.namelist() if name.startswith("data/")]
        return {name[5:-6]: [json.loads(line) for line in zipped.read(name).splitlines()] for name in names}


def alike(source):
    """The content of an archive with every number replaced by the place of its row among its kind."""
    found = tables(source)
    places = {kind: {row["id"]: place for place, row in enumerate(rows, 1)} for kind, rows in found.items()}
    moved = Moved(places)
    for kind, rows in found.items():
        model = apps.get_model(kind)
        for row in rows:
            if rewrite := package.REWRITTEN.get(kind):
                rewrite(row, moved)
            for field in package.fields_of(model):
                if field.is_relation and row[field.name] is not None:
                    row[field.name] = places[package.label(field.related_model)][row[field.name]]
                if isinstance(field, models.FileField):
                    row[field.name] = bool(row[field.name])
            row["id"] = places[kind][row["id"]]
            row["terms"] = sorted(places["organizations.term"][key] for key in row.get("terms", ()))
            row["populations"] = sorted(places["organizations.term"][key] for key in row.get("populations", ()))
    del found["partnerships.partnership"][0]["slug"]
    return found


def changed(source, to, path, change):
    """A copy in which `change(text)` says what stands in one file, with checksums that fit."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        content = {name: old.read(name) for name in old.namelist()}
        content[path] = change(content[path].decode()).encode()
        if path != "datapackage.json":
            description = json.loads(content["datapackage.json"])
            for one in description["resources"]:
                one["hash"] = "sha256:" + hashlib.sha256(content[one["path"]]).hexdigest()
            content["datapackage.json"] = json.dumps(description).encode()
        for name, text in content.items():
            new.writestr(name, text)
    return to


def state():
    with scopes_disabled():
        return {model: model._base_manager.count() for model in apps.get_models()}


# What leaves


def test_every_kind_of_row_a_partnership_owns_is_in_the_archive(archive):
    """A new tool is in the archive because its rows are owned by a partnership."""
    owned = {
        model._meta.label_lower
        for model in apps.get_models()
        if issubclass(model, PartnershipOwned) and not model._meta.proxy
    } - {*package.STAYS}
    assert {package.label(model) for model in package.owned()} == owned
    with scopes_disabled():
        partnership = Partnership.objects.get(slug="maitland-valley-local-immigration-partnership")
        held = {
            package.label(model): model._base_manager.filter(partnership=partnership).count()
            for model in package.owned()
        }
    rows = tables(archive)
    assert {kind: len(rows.get(kind, ())) for kind in held} == held
    assert sum(map(bool, held.values())) > 60


def test_every_column_of_free_shape_was_looked_at_for_numbers_of_rows():
    free = {
        f"{package.label(model)}.{field.name}"
        for model in package.owned()
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.JSONField)
        or (isinstance(field, models.BigIntegerField) and not field.primary_key)
        or field.name == "object_id"
    }
    assert free == package.CARED_FOR | {*package.WITHOUT_NUMBERS}, "say in package.py what the new column names"


def test_nothing_everybody_reads_points_at_what_one_organization_keeps_to_itself():
    """So that leaving out what is private leaves no hole."""
    left = set(package.NOBODYS)
    for model in package.owned():
        for field in model._meta.local_concrete_fields:
            target = field.related_model
            if field.is_relation and package.label(model) not in left:
                assert package.label(target) not in left
                if not issubclass(model, OrganizationPrivate | OrganizationShared):
                    assert not issubclass(target, OrganizationPrivate | OrganizationShared)


def test_the_archive_describes_itself(archive):
    with zipfile.ZipFile(archive) as zipped:
        description = json.loads(zipped.read("datapackage.json"))
        assert description["profile"] == "data-package"
        listed = {one["path"] for one in description["resources"]}
        assert listed | {"datapackage.json"} == set(zipped.namelist())
        names = [one["name"] for one in description["resources"]]
        assert len(names) == len(set(names))
        for one in description["resources"]:
            content = zipped.read(one["path"])
            assert one["bytes"] == len(content)
            assert one["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
            if one["path"].startswith("data/"):
                columns = {field["name"] for field in one["schema"]["fields"]}
                assert all(set(json.loads(line)) == columns for line in content.splitlines())
                for key in one["schema"].get("foreignKeys", ()):
                    assert key["reference"]["resource"] in OUTSIDE | {package.label(model) for model in package.owned()}
        assert "Every file can be read without Concorda" in zipped.read("README.md").decode()
        assert "se lit sans Concorda" in zipped.read("LISEZMOI.md").decode()
        assert zipped.read("files/agreements/signed.pdf") == b"on paper"


def test_no_secret_leaves(archive):
    secretive = {"secret", "token", "password", "private_key"}
    for model in package.owned():
        assert not secretive & {field.name for field in package.fields_of(model)}, package.label(model)
    rows = tables(archive)
    assert not any("token_digest" in row for row in rows["participation.link"])
    assert all(set(row) == {"id", *package.OUTSIDE[Person]} for row in rows["accounts.person"])


@pytest.mark.parametrize("secrecy", ["secret", "closing"])
def test_how_anyone_votes_in_an_open_hidden_vote_leaves_with_nobody(full, world, tmp_path, secrecy):
    Rule.objects.filter(pk=world.things["rule.operational"].pk).update(secrecy=secrecy, tie="fails")
    rule = Rule.objects.get(pk=world.things["rule.operational"].pk)
    decision = governance.propose(full, title="Buy a van", rule=rule, by=world.people["priya"])
    decision = governance.open_replies(decision, by=world.people["priya"])
    seat = world.things["seat.county"]
    for position in ("against", "for"):
        governance.cast(decision, seat, position=position, reason=SECRET * 2, by=world.people["denise"])
    export(full, tmp_path / "open.zip")
    rows = tables(tmp_path / "open.zip")
    assert decision.pk in {row["id"] for row in rows["governance.decision"]}
    assert decision.pk not in {row["decision"] for row in rows["governance.ballot"]}
    assert decision.pk not in {row["decision"] for row in rows.get("governance.earlierreply", ())}
    assert SECRET * 2 not in str(rows)


# Coming back


def test_a_round_trip_beside_the_first_loses_nothing(archive, full, tmp_path):
    told = import_partnership(archive)
    assert told["partnership"] != full.slug
    assert (told["people_made"], told["organizations_made"]) == (0, 0)
    again = Partnership.objects.get(slug=told["partnership"])
    export(again, tmp_path / "again.zip")
    assert alike(tmp_path / "again.zip") == alike(archive)
    third = import_partnership(tmp_path / "again.zip")
    export(Partnership.objects.get(slug=third["partnership"]), tmp_path / "third.zip")
    assert alike(tmp_path / "third.zip") == alike(archive)


def test_a_partnership_comes_where_nobody_knows_it(archive, full, world, tmp_path):
    """With other people and organizations: as in an installation of its own."""
    with scopes_disabled():
        Organization.objects.update(
            slug=models.functions.Concat(models.Value("z-"), "pk", output_field=models.CharField())
        )
        Identifier.objects.all().delete()
        for person in Person.objects.all():
            Person.objects.filter(pk=person.pk).update(email=f"{person.pk}@before.example")
    told = import_partnership(archive)
    assert told["people_made"] == len(tables(archive)["accounts.person"])
    assert told["organizations_made"] == len(tables(archive)["organizations.organization"])
    export(Partnership.objects.get(slug=told["partnership"]), tmp_path / "again.zip")
    assert alike(tmp_path / "again.zip") == alike(archive)
    assert not Person.objects.get(email="priya@concorda.example").has_usable_password()


def test_what_was_signed_and_decided_still_holds(archive, full, world):
    told = import_partnership(archive)
    again = Partnership.objects.get(slug=told["partnership"])
    assert first_break(again) is None
    assert (again.head, again.length) == (full.head, full.length)
    before, after = [], []
    for partnership, found in ((full, before), (again, after)):
        with within(partnership, EVERY):
            for version in AgreementVersion.objects.order_by("pk"):
                assert version.intact
                found.append([(one.name, one.state) for one in parties_of(version)])
            found += [explained(one) for one in Decision.objects.order_by("pk") if one.result]
            found += [one.sentence for one in Entry.objects.order_by("number")]
    assert any("signed" in str(one) for one in before)
    assert before == after


def test_the_chain_goes_on_and_still_shows_what_is_altered(archive, world):
    again = Partnership.objects.get(slug=import_partnership(archive)["partnership"])
    with transaction.atomic():
        record(again, world.people["priya"], "went on")
    assert first_break(again) is None
    line = Entry._base_manager.filter(partnership=again, number=7)
    other = Person.objects.exclude(pk=line.get().by_id).first()
    for harm in ({"message": "altered"}, {"by": other}, {"target_id": 999999}):
        with transaction.atomic():
            kept = line.values(*harm).get()
            line.update(**harm)
            assert first_break(again) is not None, harm
            line.update(**kept)
    assert first_break(again) is None


def test_pages_of_a_partnership_that_came_in_open(archive, sign_in):
    slug = import_partnership(archive)["partnership"]
    for path in ("", "activity/?check", "thread/", "begin/agreements/", "begin/governance/", "monitor/reports/"):
        assert sign_in("priya").get(f"/p/{slug}/{path}").status_code == 200, path


def test_an_organization_with_the_same_address_but_another_number_is_another(archive, world, full):
    county = world.organizations["county"]
    Identifier.objects.create(organization=county, scheme="X-TEST", value="1")
    source = archive.with_name("numbered.zip")
    export(full, source)
    Identifier.objects.filter(scheme="X-TEST").update(value="2")
    told = import_partnership(source)
    assert told["organizations_made"] == 1


# Broken archives


def first_line(**columns):
    def change(text):
        first, _, rest = text.partition("\n")
        return json.dumps(json.loads(first) | columns) + "\n" + rest

    return change


@pytest.mark.parametrize(
    ("kind", "change", "row", "column", "words"),
    [
        ("motivation.need", first_line(urgency=9), 1, "urgency", "none of the values"),
        ("action_plans.action", first_line(starts_on="2030-01-02", due="2030-01-01"), 1, None, "does not take this"),
        ("motivation.need", first_line(urgency="soon"), 1, "urgency", "integer"),
        ("motivation.need", first_line(statement="x" * 300), 1, "statement", "250"),
        ("motivation.need", first_line(statement=None), 1, "statement", "empty"),
        ("motivation.need", first_line(statement="a\x00b"), 1, "statement", "null character"),
        ("motivation.need", first_line(statement=["a"]), 1, "statement", "text"),
        ("motivation.need", first_line(term=99999), 1, "term", "no organizations.term with this number"),
        ("motivation.need", first_line(colour="red"), 1, "colour", "not known here"),
        ("motivation.need", first_line(id=-4), 1, "id", "number of its own"),
        ("motivation.need", lambda text: text + text, None, "id", "number of its own"),
        ("motivation.need", lambda text: text + "{\n", None, None, "not JSON"),
        ("motivation.need", lambda text: text + "[]\n", None, None, "one JSON object"),
        ("motivation.need", lambda text: text + '{"id": NaN}\n', None, None, "not JSON"),
        ("partnerships.participant", first_line(person=True), 1, "person", "no accounts.person"),
        ("partnerships.roleheld", first_line(role="king"), 1, "role", "none of the values"),
        ("partnerships.entry", first_line(message="altered"), None, "hash", "altered from this line on"),
        ("partnerships.entry", first_line(facts=[]), 1, "facts", "JSON object"),
        (
            "partnerships.partnership",
            lambda text: text + text.replace('"id": ', '"id": 9'),
            None,
            None,
            "one partnership",
        ),
        ("partnerships.partnership", first_line(time_zone="Mars/Olympus"), 1, "time_zone", "time zone"),
        ("accounts.person", first_line(email="nobody"), 1, "email", "e"),
        ("agreements.agreementversion", first_line(text="altered"), 1, "digest", "altered after"),
        ("agreements.agreementversion", first_line(contents={"parties": 5}), 1, None, "cannot be made out"),
        ("agreements.papercopy", first_line(file="../../etc/passwd"), 1, "file", "not in the archive"),
        ("agreements.papercopy", first_line(file="none.pdf"), 1, "file", "not in the archive"),
        ("organizations.organization", first_line(identifiers=[{"scheme": 4}]), 1, "identifiers", "scheme and a value"),
        ("organizations.organization", first_line(terms=["x"]), 1, "terms", "topic"),
    ],
)
def test_a_broken_archive_says_where_and_changes_nothing(archive, tmp_path, kind, change, row, column, words):
    source = changed(archive, tmp_path / "broken.zip", f"data/{kind}.jsonl", change)
    before, files = state(), default_storage.listdir("agreements")
    with pytest.raises(Refused) as refused:
        import_partnership(source)
    problem = refused.value.problems[0]
    assert words in problem.reason
    assert problem.file == f"broken.zip:data/{kind}.jsonl"
    assert row is None or problem.row == row
    assert problem.column == column
    assert state() == before
    assert default_storage.listdir("agreements") == files


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: "{}", "not the archive of a partnership"),
        (lambda text: text.replace('"version": 1', '"version": 2'), "Bring Concorda up to date"),
        (lambda text: text.replace('"holds": "everything"', '"holds": "organization"'), "share of one organization"),
        (lambda text: text.replace('"hash"', '"hush"'), "lacks its name"),
    ],
)
def test_a_description_that_does_not_fit_is_refused(archive, tmp_path, change, words):
    source = changed(archive, tmp_path / "broken.zip", "datapackage.json", change)
    with pytest.raises(Refused, match=words):
        import_partnership(source)


def test_a_file_that_was_altered_leads_out_or_blows_up_is_refused(archive, tmp_path):
    copy = tmp_path / "copy.zip"
    for name, content, words in (
        ("../evil.py", b"x", "leads out"),
        ("C:\\evil.py", b"x", "leads out"),
        ("more.txt", b"x", "not in the archive's list"),
        ("bomb", b"\0" * (300 << 20), "no archive"),
    ):
        copy.write_bytes(archive.read_bytes())
        with zipfile.ZipFile(copy, "a", zipfile.ZIP_DEFLATED) as zipped:
            zipped.writestr(name, content)
        with pytest.raises(Refused, match=words):
            import_partnership(copy)


# The pages


def download(client, world, what):
    answer = client.post(f"/p/{world.partnership.slug}/data/{what}/")
    assert answer.status_code == 200
    assert answer.streaming
    assert "attachment" in answer.headers["Content-Disposition"]
    return io.BytesIO(answer.getvalue())


def words_in(file):
    with zipfile.ZipFile(file) as zipped:
        return b"".join(zipped.read(name) for name in zipped.namelist()).decode()


def test_what_is_private_to_another_organization_is_in_no_download(full, world, sign_in):
    assert SECRET not in words_in(download(sign_in("priya"), world, "archive"))
    assert SECRET not in words_in(download(sign_in("tom"), world, "share"))
    assert SECRET in words_in(download(sign_in("denise"), world, "share"))


def test_nobodys_answers_are_in_no_download(full, world, sign_in):
    for who, what in (("priya", "archive"), ("denise", "share")):
        kinds = set(tables(download(sign_in(who), world, what)))
        assert kinds & {*package.NOBODYS} == set()
        assert len(kinds) > 15


def test_a_share_holds_what_its_own_rows_point_to_and_no_addresses_of_people(full, world, sign_in):
    found = tables(download(sign_in("denise"), world, "share"))
    for kind, rows in found.items():
        for field in package.fields_of(apps.get_model(kind)):
            if field.is_relation:
                there = {row["id"] for row in found.get(package.label(field.related_model), ())}
                assert {row[field.name] for row in rows} - {None} <= there, f"{kind}.{field.name}"
    assert "participation.check" not in found
    assert "partnerships.entry" not in found
    assert all("email" not in row for row in found["accounts.person"])


def test_a_coordinators_archive_comes_back_with_its_chain(full, world, sign_in, tmp_path):
    source = tmp_path / "taken.zip"
    source.write_bytes(download(sign_in("priya"), world, "archive").getvalue())
    again = Partnership.objects.get(slug=import_partnership(source)["partnership"])
    assert first_break(again) is None
    with within(again, EVERY):
        silent = Entry.objects.filter(recorded={"withheld": True})
        assert silent.exists()
        assert not silent.exclude(facts={}).exists()
    silent.filter(number=silent[0].number).update(facts={"what": "forged"})
    assert first_break(again) is not None


def test_taking_a_copy_is_noted_and_only_for_those_who_may(full, world, sign_in):
    before = Partnership.objects.get(pk=full.pk).length
    download(sign_in("priya"), world, "archive")
    assert Partnership.objects.get(pk=full.pk).length == before + 1
    for who, what, status in (("tom", "archive", 403), ("jo", "share", 403), ("walter", "archive", 404)):
        assert sign_in(who).post(f"/p/{full.slug}/data/{what}/").status_code == status
    assert Participant.objects.filter(partnership=full).exists()


@pytest.mark.parametrize(("who", "whole", "own"), [("priya", True, True), ("tom", False, True)])
def test_the_page_offers_what_one_may_take(world, sign_in, who, whole, own):
    body = sign_in(who).get(f"/p/{world.partnership.slug}/data/").content.decode()
    assert ("data/archive/" in body) is whole
    assert ("data/share/" in body) is own


def test_the_page_speaks_french(world, sign_in):
    Person.objects.filter(email="priya@concorda.example").update(language="fr-ca")
    assert (
        "Partir avec toutes les données" in sign_in("priya").get(f"/p/{world.partnership.slug}/data/").content.decode()
    )
