"""The seal: a standard tool accepts it, every changed byte is found, and no file of anybody's breaks the check."""

import io
import json
import random
import subprocess
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests
from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.timestamps import DummyTimeStamper
from pypdf import PdfReader, PdfWriter

from concorda.analysis.sealed import Unreadable, read
from concorda.begin.agreements import printing, queries, sealing, services
from concorda.begin.agreements.models import Agreement, SealedCopy
from concorda.cli import main
from concorda.foundation.core import clock
from concorda.foundation.core.documents import compile_pdf
from concorda.foundation.partnerships.models import Final

NOTHING = {"sealed": False, "intact": False, "covers_whole_file": False, "signed_by": []}


@pytest.fixture(autouse=True)
def no_attempts_yet():
    cache.clear()


@pytest.fixture
def version(world, inside):
    return queries.newest(Agreement.objects.get(pk=world.things["agreement.memorandum"].pk))


@pytest.fixture
def pdf(version):
    return printing.sealed(version)


def judge(data):
    return read(data, known=sealing.known())


def command(capsys, *words):
    status = main([*map(str, words), "--json"])
    said = capsys.readouterr()
    return status, json.loads(said.out), said.err


def pdfsig(path):
    return subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False).stdout


def upload(data):
    return Client().post("/verify/", {"file": SimpleUploadedFile("a.pdf", data)}).content.decode()


def changed(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_a_standard_tool_confirms_the_seal_and_finds_tampering(pdf, tmp_path):
    path = tmp_path / "sealed.pdf"
    path.write_bytes(pdf)
    said = pdfsig(path)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    path.write_bytes(changed(pdf, len(pdf) // 3))
    assert "Signature is Valid" not in pdfsig(path)


def test_the_command_says_what_was_sealed(version, pdf, tmp_path, capsys):
    path = tmp_path / "sealed.pdf"
    path.write_bytes(pdf)
    status, found, said = command(capsys, "verify", path)
    assert status == 0
    assert list(found) == ["sealed", "intact", "covers_whole_file", "signed_by", "agreement", "version", "hash"]
    assert (found["sealed"], found["intact"], found["covers_whole_file"]) == (True, True, True)
    assert (found["agreement"], found["version"], found["hash"]) == (version.contents["title"], 2, version.digest)
    assert [one["name"] for one in found["signed_by"]] == [
        "Farida Noorzai",
        "Tom Hendry",
        "Grace Adeyemi",
        "Luc Thériault",
    ]
    assert sealing.current().fingerprint in said
    assert main(["verify", str(path)]) == 0
    assert "signed for Maitland Newcomer Centre by Farida Noorzai" in capsys.readouterr().out


def test_every_changed_byte_is_found(pdf):
    """Outside of the seal's own container, whose bytes no signature can cover, whatever byte is changed."""
    rng = random.Random(5)
    start = pdf.index(b"/Contents <") + len(b"/Contents ")
    end = pdf.index(b">", start)
    outside = rng.sample([at for at in range(len(pdf)) if not start < at < end], 150)
    for at in (*outside, start, end):
        try:
            found = judge(changed(pdf, at))
        except Unreadable:
            continue
        assert not (found.sealed and found.intact), at
        assert not found.evidence
    for at in rng.sample(range(start + 1, end), 150):
        try:
            found = judge(changed(pdf, at))
        except Unreadable:
            continue
        assert not found.intact or found.covers_whole_file
    hidden = pdf[: end - 64] + b"ab" * 32 + pdf[end:]
    assert judge(hidden).doubt == "altered"


def test_what_is_added_after_the_seal_is_found(pdf, capsys, tmp_path):
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    writer.root["/PageLayout"] = writer.add_object(writer.root["/Lang"])
    writer.update_root()
    later = io.BytesIO()
    writer.write(later)
    for data in (pdf + b"\n% more", pdf + b"\0" * 5000, later.getvalue()):
        found = judge(data)
        assert (found.sealed, found.covers_whole_file, found.doubt) == (True, False, "added")
        assert "Something was added to this file" in upload(data)
    path = tmp_path / "added.pdf"
    path.write_bytes(later.getvalue())
    status, found, said = command(capsys, "verify", path)
    assert (status, found["covers_whole_file"]) == (0, False)
    assert "something was added" in said
    assert "Not total document signed" in pdfsig(path)


def test_cutting_it_anywhere_is_noticed(pdf):
    for at in (2000, len(pdf) // 2, len(pdf) - 7000, len(pdf) - 300, len(pdf) - 1):
        with pytest.raises(Unreadable) as refused:
            judge(pdf[:at])
        assert refused.value.why == "cut_off"


def locked(pdf):
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.encrypt("secret", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_files_that_are_not_ours(version, capsys, tmp_path):
    plain = printing.pdf(version)
    path = tmp_path / "file.pdf"
    path.write_bytes(plain)
    status, found, said = command(capsys, "verify", path)
    assert status == 0
    assert {key: found[key] for key in NOTHING} == NOTHING
    assert "no seal" in said
    for data, why in (
        (b"", "not a PDF"),
        (b"\x89PNG\r\n" * 9, "not a PDF"),
        (plain[: len(plain) // 2], "cut off"),
        (locked(plain), "locked with a password"),
    ):
        path.write_bytes(data)
        status, found, said = command(capsys, "verify", path)
        assert (status, found["problems"][0]["file"]) == (1, str(path))
        assert why in said
    status, found, _said = command(capsys, "verify", tmp_path / "nowhere.pdf")
    assert status == 1
    assert "cannot be read" in found["problems"][0]["reason"]
    broken = b"%PDF-1.7\n/ByteRange [0 9 40 9]\n" + b"zz" * 30 + b"\n%%EOF"
    assert judge(broken).intact is False
    assert judge(b"%PDF-1.7\n/ByteRange [0 9 4 9] /ByteRange [9 9 9 9]\n%%EOF").sealed is False


def test_someone_elses_seal_is_not_ours(version, pdf, capsys, tmp_path):
    forger = sealing.make()
    forged = sealing.put(forger, printing.pdf(version), at=clock.now(), reason="x")
    assert judge(forged).doubt == "foreign"
    assert "was not sealed here" in upload(forged)
    assert "Farida" not in upload(forged)
    path, relied_on = tmp_path / "other.pdf", tmp_path / "other.pem"
    path.write_bytes(forged)
    assert command(capsys, "verify", path)[1]["sealed"] is False
    relied_on.write_bytes(forger.certificate.public_bytes(Encoding.PEM))
    assert command(capsys, "verify", path, "--certificate", relied_on)[1]["intact"] is True
    relied_on.write_bytes(b"no certificate")
    assert command(capsys, "verify", path, "--certificate", relied_on)[0] == 1


def test_where_no_certificate_is_known_a_seal_is_taken_at_its_word(pdf, capsys, tmp_path, settings):
    settings.VAR = tmp_path
    path = tmp_path / "sealed.pdf"
    path.write_bytes(pdf)
    status, found, said = command(capsys, "verify", path)
    assert (status, found["sealed"], found["intact"]) == (0, True, True)
    assert "No certificate is known here" in said
    assert "was not sealed here" in upload(pdf)


def test_evidence_of_another_text_is_no_evidence(version):
    facts = printing.facts(version)
    facts["attached"]["content"] = facts["attached"]["content"].replace("90 days", "9 days")
    made = compile_pdf(printing.TEMPLATE, facts, at=version.at)
    assert judge(sealing.seal(made, reason="x")).doubt == "not_ours"


def test_the_certificate_is_made_once_for_its_owner_only(tmp_path, settings, version):
    settings.VAR = tmp_path
    first = sealing.current()
    assert sealing.current().fingerprint == first.fingerprint
    assert sealing.own_file().stat().st_mode & 0o777 == 0o600
    assert sealing.folder().stat().st_mode & 0o777 == 0o700
    sealing.write(sealing.make(), sealing.own_file(), replace=False)
    assert sealing.current().fingerprint == first.fingerprint  # of two made at once, the first stays
    assert [path.name for path in sealing.folder().iterdir()] == ["seal.p12"]
    old = printing.sealed(version)
    assert main(["certificate", "--new"]) == 0
    assert sealing.current().fingerprint != first.fingerprint
    assert judge(old).intact  # what was sealed before is known still
    assert set(sealing.known()) == {first.fingerprint, sealing.current().fingerprint}


def test_an_expired_certificate_seals_nothing_new_and_spoils_nothing_old(version, pdf, sign_in, capsys, tmp_path):
    url = f"/p/{version.partnership.slug}/begin/agreements/versions/{version.pk}/pdf/"
    with clock.at(clock.now() + timedelta(days=366 * sealing.YEARS)):
        with pytest.raises(sealing.CannotSeal, match="expired on"):
            printing.sealed(version)
        page = sign_in("priya").get(url, follow=True).content.decode()
        assert "The certificate that seals agreements expired on" in page
        assert judge(pdf).intact
        said = upload(pdf)
        assert "The certificate has expired since" in said
        assert "as it was sealed here" in said
        path = tmp_path / "old.pdf"
        path.write_bytes(pdf)
        assert "The certificate expired on" in command(capsys, "verify", path)[2]
        assert command(capsys, "certificate")[1]["expired"] is True
        home = sign_in("priya").get(f"/p/{version.partnership.slug}/begin/agreements/").content.decode()
        assert "nothing new can be sealed" in home
    late = sealing.put(
        sealing.current(),
        printing.pdf(version),
        at=clock.now() + timedelta(days=366 * sealing.YEARS),
        reason="x",
    )
    assert judge(late).doubt == "too_late"
    assert "The certificate was good until" in upload(late)


@pytest.fixture
def administrator(world, sign_in):
    person = world.people["priya"]
    person.is_superuser = True
    person.save()
    return sign_in("priya")


def test_whoever_runs_the_installation_sees_and_replaces_the_certificate(
    version, administrator, sign_in, settings, tmp_path
):
    settings.VAR = tmp_path
    old = printing.sealed(version)
    first = sealing.current()
    page = administrator.get("/certificate/").content.decode()
    assert first.fingerprint in page
    assert administrator.post("/certificate/", {"which": "new"}).status_code == 302
    second = sealing.current()
    assert second.fingerprint != first.fingerprint
    assert judge(old).intact
    assert first.fingerprint in administrator.get("/certificate/").content.decode()
    own_certificate(tmp_path / "bought.p12", b"sesame")
    issued = (tmp_path / "bought.p12").read_bytes()
    for data, password, words in (
        (issued, "wrong", "password"),
        (b"nothing of the kind", "", "not a PKCS#12 file"),
        (b"", "", "Choose the file"),
    ):
        file = SimpleUploadedFile("bought.p12", data) if data else ""
        typed = {"which": "file", "file": file, "password": password}
        assert words in administrator.post("/certificate/", typed).content.decode()
        assert sealing.current().fingerprint == second.fingerprint
    typed = {"which": "file", "file": SimpleUploadedFile("bought.p12", issued), "password": "sesame"}
    with clock.at(clock.now() + timedelta(days=91)):
        assert "expired on" in administrator.post("/certificate/", typed).content.decode()
    typed["file"] = SimpleUploadedFile("bought.p12", issued)
    assert administrator.post("/certificate/", typed).status_code == 302
    assert sealing.current().name == "Partners’ Association"
    assert "days left" in administrator.get("/certificate/").content.decode()
    home = f"/p/{version.partnership.slug}/begin/agreements/"
    assert "is good until" in administrator.get(home).content.decode()
    settings.SEAL = str(tmp_path / "bought.p12")
    assert "CONCORDA_SEAL" in administrator.get("/certificate/").content.decode()


def test_the_certificate_is_shown_to_administrators_only(db, sign_in):
    for key in ("tom", "denise"):
        assert sign_in(key).get("/certificate/").status_code == 403
        assert sign_in(key).post("/certificate/", {"which": "new"}).status_code == 403
    assert Client().get("/certificate/").status_code == 302


def own_certificate(path, password=None):
    """A certificate on an elliptic curve, signed by an authority, as PKCS#12."""
    authority, key = sealing.make(), ec.generate_private_key(ec.SECP256R1())
    start = clock.now() - timedelta(days=1)
    built = (
        x509.CertificateBuilder(
            authority.certificate.subject,
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Partners’ Association")]),
            key.public_key(),
        )
        .serial_number(7)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=90))
        .sign(authority.key, hashes.SHA256())
    )
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    path.write_bytes(serialize_key_and_certificates(b"x", key, built, [authority.certificate], encryption))


def test_a_certificate_of_ones_own(version, tmp_path, settings, capsys):
    path = tmp_path / "own.p12"
    own_certificate(path, b"sesame")
    settings.VAR, settings.SEAL, settings.SEAL_PASSWORD = tmp_path, str(path), "sesame"
    found = judge(printing.sealed(version))
    assert (found.intact, found.certificate) == (True, sealing.current().fingerprint)
    status, shown, _said = command(capsys, "certificate")
    assert (status, shown["name"], shown["self_made"]) == (0, "Partners’ Association", False)
    assert command(capsys, "certificate", "--new")[0] == 1
    settings.SEAL_PASSWORD = "wrong"
    with pytest.raises(sealing.CannotSeal, match="password"):
        sealing.current()
    settings.SEAL = str(tmp_path / "nowhere.p12")
    with pytest.raises(sealing.CannotSeal, match="cannot be read"):
        sealing.current()


@pytest.fixture
def authority():
    """A timestamp authority that answers without any network."""
    made = sealing.make()
    start = clock.now() - timedelta(days=1)
    built = (
        x509.CertificateBuilder(made.certificate.subject, made.certificate.subject, made.key.public_key())
        .serial_number(9)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=900))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(made.key, hashes.SHA256())
    )
    key = made.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return built, DummyTimeStamper(
        asn1.Certificate.load(built.public_bytes(Encoding.DER)), keys.PrivateKeyInfo.load(key), fixed_dt=clock.now()
    )


@pytest.mark.parametrize("long_term", [False, True])
def test_a_timestamp_says_when(version, authority, monkeypatch, tmp_path, settings, long_term):
    certificate, answers = authority
    monkeypatch.setattr(sealing, "authority", lambda: answers)
    if long_term:
        roots = tmp_path / "roots.pem"
        roots.write_bytes(certificate.public_bytes(Encoding.PEM))
        settings.TIMESTAMP_ROOTS = str(roots)
    made = printing.sealed(version)
    found = judge(made)
    assert (found.intact, found.covers_whole_file, found.sealed_at) == (True, True, clock.now())
    assert (b"/DSS" in made) is long_term
    path = tmp_path / "stamped.pdf"
    path.write_bytes(made)
    assert "Signature is Valid" in pdfsig(path)


@pytest.fixture
def responder(authority):
    """The authority as an HTTP server (RFC 3161, 3.4) on this machine; gives its address and what it was asked."""
    _certificate, answers = authority
    asked = []

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self):
            request = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((self.headers["Content-Type"], request))
            reply = answers.request_tsa_response(request).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_words):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.enable_socket
def test_a_timestamp_authority_is_asked_over_http(version, responder, settings, tmp_path, capsys):
    settings.TIMESTAMP_URL, asked = responder
    made = printing.sealed(version)
    content_type, request = asked[-1]
    assert content_type == "application/timestamp-query"
    assert request["message_imprint"]["hash_algorithm"]["algorithm"].native == "sha256"
    assert request["cert_req"].native
    found = judge(made)
    assert (found.intact, found.stamped, found.sealed_at) == (True, True, clock.now())
    path = tmp_path / "stamped.pdf"
    path.write_bytes(made)
    assert "Signature is Valid" in pdfsig(path)
    with clock.at(clock.now() + timedelta(days=366 * sealing.YEARS)):
        assert "before, by a timestamp authority" in command(capsys, "verify", path)[2]
        assert "independent timestamp authority confirms when" in upload(made)


def test_a_timestamp_authority_that_is_silent_is_named(version, settings, monkeypatch):
    def silent(*_args, **_kwargs):
        raise requests.ConnectionError("refused")

    monkeypatch.setattr(requests, "post", silent)
    settings.TIMESTAMP_URL = "http://127.0.0.1:9/"
    with pytest.raises(sealing.CannotSeal, match="did not answer"):
        printing.sealed(version)


def sign_all(world, version):
    for key in ("denise", "harpreet", "marisol"):
        person = world.participant(key)
        services.sign(version, by=person, typed_name=person.person.name, digest=version.digest)


def test_when_all_have_signed_one_sealed_copy_is_kept(world, version, sign_in):
    here = version.partnership
    services.seal_complete(here)
    assert not SealedCopy.objects.exists()
    sign_all(world, version)
    services.seal_complete(here)
    services.seal_complete(here)
    kept = SealedCopy.objects.get()
    url = f"/p/{here.slug}/begin/agreements/versions/{version.pk}/pdf/"
    first, second = sign_in("tom").get(url), sign_in("denise").get(url)
    assert first.content == second.content
    found = judge(first.content)
    assert (len(found.evidence["signed_by"]), found.evidence["state"]) == (7, "coming")
    assert services.keep_sealed(version, b"another") is None
    with pytest.raises(Final):
        kept.save()


def test_nothing_is_kept_while_it_cannot_be_sealed(world, version, settings, tmp_path, caplog):
    sign_all(world, version)
    settings.SEAL = str(tmp_path / "nowhere.p12")
    services.seal_complete(version.partnership)
    assert not SealedCopy.objects.exists()
    assert "cannot be read" in caplog.text


def test_anyone_has_a_file_checked(world, version, pdf):
    page = upload(pdf)
    assert "as it was sealed here" in page
    assert "Farida Noorzai" in page
    assert "out for signature" in page
    assert "MFIPPA" not in page
    assert "changed after it was sealed" in upload(changed(pdf, 500))
    assert "carries no seal" in upload(printing.pdf(version))
    assert "not a PDF file" in upload(b"MZ")
    assert "cut off" in upload(pdf[:4000])
    assert "10 MB is the most" in upload(pdf + b"\0" * (10 * 1024 * 1024))
    assert "Fill this in" in Client().post("/verify/").content.decode()


def test_the_check_is_limited(pdf):
    for _attempt in range(20):
        upload(b"no")
    assert "Too many questions" in upload(pdf)
    assert "Too many questions" in Client().get("/verify/", {"hash": "0" * 64}).content.decode()
    assert Client().get("/verify/").status_code == 200


def test_the_check_speaks_french(pdf):
    client = Client(headers={"accept-language": "fr-CA"})
    page = client.post("/verify/", {"file": SimpleUploadedFile("a.pdf", pdf)}).content.decode()
    assert "n’a été modifié" in page
