"""The seal of the installation: its certificate, made on first use, and what it puts under a PDF (PAdES)."""

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from concorda.foundation.core import clock

YEARS = 10
SOON = timedelta(days=90)
"""Before its end, whoever runs the installation is told that the certificate has to be replaced."""
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
NAME = "Seal"


class CannotSeal(Exception):
    """No seal can be put now; the message says why and who can mend it."""


@dataclass(frozen=True)
class Sealer:
    """A certificate with its private key, and the certificates between it and a known authority."""

    certificate: x509.Certificate
    key: Any
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def self_made(self) -> bool:
        return self.certificate.issuer == self.certificate.subject

    @property
    def name(self) -> str:
        found = self.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(found[0].value) if found else self.certificate.subject.rfc4514_string()

    @property
    def issuer(self) -> str:
        return self.certificate.issuer.rfc4514_string()

    @property
    def until(self) -> datetime:
        return self.certificate.not_valid_after_utc

    @property
    def since(self) -> datetime:
        return self.certificate.not_valid_before_utc

    @property
    def expired(self) -> bool:
        return clock.now() > self.until

    @property
    def ends_soon(self) -> bool:
        return clock.now() > self.until - SOON

    @property
    def days_left(self) -> int:
        return max((self.until - clock.now()).days, 0)

    @cached_property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


def folder() -> Path:
    return Path(settings.VAR) / "keys"


def own_file() -> Path:
    return folder() / "seal.p12"


def current() -> Sealer:
    """The certificate to seal with: the one named in `CONCORDA_SEAL`, else the installation's own."""
    if settings.SEAL:
        return load(Path(settings.SEAL), settings.SEAL_PASSWORD)
    if not own_file().exists():
        write(make(), own_file(), replace=False)
    return load(own_file(), "")


def load(path: Path, password: str) -> Sealer:
    """Read a PKCS#12 file."""
    try:
        return unpacked(path.read_bytes(), password, str(path))
    except OSError as problem:
        raise CannotSeal(_("The certificate in %(file)s cannot be read.") % {"file": path}) from problem


def unpacked(data: bytes, password: str, name: str) -> Sealer:
    """Certificate and key from the bytes of a PKCS#12 file called `name`."""
    where = {"file": name}
    try:
        key, certificate, chain = pkcs12.load_key_and_certificates(data, password.encode() or None)
    except ValueError as problem:
        raise CannotSeal(
            _("%(file)s is not a PKCS#12 file, or its password (CONCORDA_SEAL_PASSWORD) is wrong.") % where
        ) from problem
    if certificate is None or not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise CannotSeal(_("%(file)s needs a certificate with its private key, RSA or elliptic curve.") % where)
    return Sealer(certificate, key, tuple(chain))


def make() -> Sealer:
    """A certificate of the installation's own, signed by itself: RSA, since every reader of PDF knows it."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, f"Concorda, {host}"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, host),
        ]
    )
    start = clock.now().astimezone(UTC) - timedelta(days=1)
    usage = dict.fromkeys(("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign"), False)
    built = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
                **usage,
            ),
            critical=True,
        )
        .add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Sealer(built, key)


def write(sealer: Sealer, path: Path, *, replace: bool) -> None:
    """Keep certificate and key for their owner's eyes only; of two processes that make one at once, the first wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_bytes(
        pkcs12.serialize_key_and_certificates(b"seal", sealer.key, sealer.certificate, sealer.chain, NoEncryption())
    )
    if replace:
        draft.replace(path)
        return
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def remember(sealer: Sealer) -> None:
    """Keep the certificate, without its key, so that what it sealed is known when another one has taken its place."""
    kept = folder() / "known" / f"{sealer.fingerprint}.pem"
    if not kept.exists():
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept.write_bytes(sealer.certificate.public_bytes(Encoding.PEM))


def replace(sealer: Sealer | None = None) -> Sealer:
    """Seal with another certificate from now on: one that is brought along, or a new one of the installation's own.

    What the present one sealed stays known. Refused while the settings name the certificate, and for one that expired.
    """
    if settings.SEAL:
        raise CannotSeal(_("The certificate is the one named in CONCORDA_SEAL. Put the new one there."))
    if own_file().exists():
        remember(load(own_file(), ""))
    made = sealer or make()
    require_valid(made, clock.now())
    write(made, own_file(), replace=True)
    remember(made)
    return made


def known_certificates() -> list[Sealer]:
    """Every certificate that ever sealed here, without its key, the newest first."""
    found = [x509.load_der_x509_certificate(der) for der in known().values()]
    return sorted((Sealer(one, None) for one in found), key=lambda one: one.since, reverse=True)


def known() -> dict[str, bytes]:
    """Every certificate this installation has sealed with: SHA-256 → DER."""
    return {
        one.fingerprint(hashes.SHA256()).hex(): one.public_bytes(Encoding.DER)
        for path in sorted((folder() / "known").glob("*.pem"))
        for one in certificates_in(path)
    }


def certificates_in(path: Path) -> Iterator[x509.Certificate]:
    """The certificates of a PEM or DER file."""
    data = path.read_bytes()
    try:
        yield from (
            x509.load_pem_x509_certificates(data) if b"-----BEGIN" in data else [x509.load_der_x509_certificate(data)]
        )
    except ValueError as problem:
        raise CannotSeal(_("%(file)s is not a certificate.") % {"file": path}) from problem


def require_valid(sealer: Sealer, at: datetime) -> None:
    if at > sealer.until:
        raise CannotSeal(
            _(
                "The certificate that seals agreements expired on %(day)s. Nothing new can be sealed until "
                "whoever runs this installation replaces it (concorda certificate --new); what was sealed before stays "
                "valid."
            )
            % {"day": date_format(sealer.until, "j F Y")}
        )
    if at < sealer.certificate.not_valid_before_utc:
        raise CannotSeal(
            _("The certificate that seals agreements is valid only from %(day)s on.")
            % {"day": date_format(sealer.certificate.not_valid_before_utc, "j F Y")}
        )


def seal(pdf: bytes, *, reason: str) -> bytes:
    """The PDF with the installation's seal on all of it: PAdES B-B; with a timestamp authority B-T, or B-LT if its
    roots are known (ETSI EN 319 142-1). Raises `CannotSeal`.
    """
    sealer, at = current(), clock.now()
    require_valid(sealer, at)
    sealed = put(sealer, pdf, at=at, reason=reason, authority=authority())
    remember(sealer)
    return sealed


def authority() -> Any:
    """The timestamp authority, if one is set."""
    if not settings.TIMESTAMP_URL:
        return None
    from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

    return RequestsHTTPTimeStamper(settings.TIMESTAMP_URL, timeout=15)


def put(sealer: Sealer, pdf: bytes, *, at: datetime, reason: str, authority: Any = None) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
    from pyhanko.sign.timestamps import TimestampRequestError

    class AtThisMoment(signers.PdfSigner):
        """Signs at the moment of Concorda's clock instead of the machine's."""

        def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
            session = super().init_signing_session(*args, **kwargs)
            session.system_time = at
            return session

    roots = trusted_roots() if authority else []
    facts = signers.PdfSignatureMetadata(
        field_name=NAME,
        name=sealer.name,
        reason=reason,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        embed_validation_info=bool(roots),
        validation_context=trusting(sealer, roots) if roots else None,
        dss_settings=DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE),
    )
    # Hidden from view and from assistive technology: the evidence page says in words what the seal stands for.
    hidden = fields.InvisSigSettings(set_print_flag=False, set_hidden_flag=True, box_out_of_bounds=True)
    place = fields.SigFieldSpec(NAME, invis_sig_settings=hidden, readable_field_name=reason)
    signer = AtThisMoment(facts, signer_of(sealer), timestamper=authority, new_field_spec=place)
    try:
        made = signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)))
    except (TimestampRequestError, OSError) as problem:
        raise CannotSeal(
            _("The timestamp authority at %(url)s did not answer. Try again later.") % {"url": settings.TIMESTAMP_URL}
        ) from problem
    except SigningError as problem:
        raise CannotSeal(_("The seal could not be put: %(reason)s") % {"reason": problem}) from problem
    return bytes(made.getvalue())


def signer_of(sealer: Sealer) -> Any:
    """Certificate and key as the signing library takes them."""
    from asn1crypto import keys
    from asn1crypto import x509 as asn1
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    store = SimpleCertificateStore()
    store.register_multiple(asn1.Certificate.load(one.public_bytes(Encoding.DER)) for one in sealer.chain)
    private = sealer.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return SimpleSigner(asn1.Certificate.load(sealer.der), keys.PrivateKeyInfo.load(private), store)


def trusted_roots() -> list[x509.Certificate]:
    return list(certificates_in(Path(settings.TIMESTAMP_ROOTS))) if settings.TIMESTAMP_ROOTS else []


def trusting(sealer: Sealer, roots: list[x509.Certificate]) -> Any:
    """What the validation of seal and timestamp relies on, kept in the file for readers in later years."""
    from asn1crypto import x509 as asn1
    from pyhanko_certvalidator import ValidationContext

    top = sealer.chain[-1] if sealer.chain else sealer.certificate
    anchors = [asn1.Certificate.load(one.public_bytes(Encoding.DER)) for one in [top, *roots]]
    return ValidationContext(trust_roots=anchors, allow_fetching=True)
