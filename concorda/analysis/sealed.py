"""Reading the seal of an agreement in a PDF: whose it is, whether every sealed byte is as it was, whether that is all.

A seal is a PAdES signature (ETSI EN 319 142-1) over the whole file as it was made; two attachments inside the sealed
part say what it is about. What anybody may have added is never parsed: only bytes whose seal holds are.
"""

import hashlib
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from concorda.analysis.problems import Problem, Refused

EVIDENCE = "evidence.json"
"""Attachment: who signed what, when and how."""
CONTENT = "content.json"
"""Attachment: the bytes whose SHA-256 is the fingerprint that was signed."""
RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
ENCRYPTED = re.compile(rb"/Encrypt\s+\d+\s+\d+\s+R")
MOST_SEALS = 8
"""A file with more signatures than this is not one of ours; the others are not looked at."""

Certificates = Mapping[str, bytes]
"""SHA-256 of a certificate, in hexadecimal → the certificate in DER."""
Doubt = Literal["", "none", "foreign", "altered", "too_late", "not_ours", "added"]


class Unreadable(Refused):
    """This is not a PDF that can be looked into; `why` is not_pdf, cut_off or encrypted."""

    def __init__(self, why: str, reason: str, file: str | None = None) -> None:
        super().__init__(Problem(reason, file=file))
        self.why = why


@dataclass(frozen=True)
class Reading:
    """What a file shows by itself.

    `doubt` says what is wrong: no seal at all, the seal of a certificate unknown here, sealed bytes altered, sealed
    outside of the certificate's time, a seal on something else than an agreement, something added after the seal.
    """

    sealed: bool
    intact: bool
    covers_whole_file: bool
    doubt: Doubt
    certificate: str = ""
    sealed_at: datetime | None = None
    valid_until: datetime | None = None
    stamped: bool = False
    evidence: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The stable answer of `concorda verify --json`."""
        return {
            "sealed": self.sealed,
            "intact": self.intact,
            "covers_whole_file": self.covers_whole_file,
            "signed_by": list(self.evidence.get("signed_by", [])),
            "agreement": self.evidence.get("agreement"),
            "version": self.evidence.get("version"),
            "hash": self.evidence.get("hash"),
        }


@dataclass(frozen=True)
class Place:
    """Where a seal lies: everything before `start` and from `resume` to `end` is sealed, the seal is between."""

    start: int
    resume: int
    end: int


def read(data: bytes, *, known: Certificates, anyone: bool = False, file: str | None = None) -> Reading:
    """Judge a file by itself. `anyone`: a seal of whatever certificate counts, for those who know none.

    Raises `Unreadable` when it is not a PDF, is cut off, or asks for a password and carries no seal.
    """
    if b"%PDF-" not in data[:1024]:
        raise Unreadable("not_pdf", "This is not a PDF file, whatever its name says.", file)
    places = [Place(*numbers) for numbers in ranges(data)]
    if any(place.end > len(data) for place in places):
        raise Unreadable("cut_off", "This PDF is cut off: it ends before its seal does. Copy the whole file.", file)
    readings = [judge(data, place, known, anyone) for place in places]
    if readings:
        return max(readings, key=lambda one: (one.sealed, one.intact, one.covers_whole_file))
    if not ended(data):
        raise Unreadable("cut_off", "This PDF is cut off: its end is missing. Copy the whole file.", file)
    if ENCRYPTED.search(data):
        raise Unreadable("encrypted", "This PDF is locked with a password; an agreement sealed here never is.", file)
    return Reading(False, False, False, "none")


def ended(data: bytes) -> bool:
    """Whether the last thing in the file is its end, and not an addition that breaks off."""
    at = data.rfind(b"%%EOF")
    return at >= 0 and len(data) - at <= 1024 and b" obj" not in data[at:]


def ranges(data: bytes) -> list[tuple[int, int, int]]:
    found = []
    for match in list(RANGE.finditer(data))[:MOST_SEALS]:
        first, length, resume, rest = map(int, match.groups())
        if first == 0 and length < resume:
            found.append((length, resume, resume + rest))
    return found


def judge(data: bytes, place: Place, known: Certificates, anyone: bool) -> Reading:
    from asn1crypto import cms  # what reads seals is loaded only where there is one

    whole = place.end == len(data)
    try:
        container = bytes.fromhex(data[place.start + 1 : place.resume - 1].decode("ascii"))
        signed = cms.ContentInfo.load(container)["content"]
        (signer,) = signed["signer_infos"]
        certificate, told = signer_of(signed, signer, known, anyone)
        if certificate is None:
            return Reading(False, False, False, "foreign", told)
        if not holds(data, place, container, signed, signer, certificate):
            return Reading(True, False, whole, "altered", told)
    except (ValueError, TypeError, KeyError):  # the seal itself cannot be read any more
        return Reading(True, False, whole, "altered")
    return describe(data[: place.end], signer, certificate, told, whole=whole)


def signer_of(signed: Any, signer: Any, known: Certificates, anyone: bool) -> tuple[Any, str]:
    """The certificate the seal names, if it is one to rely on, and its fingerprint."""
    from asn1crypto import x509

    named = signer["sid"].chosen
    own = (x509.Certificate.load(der) for der in known.values())
    carried = [one.chosen for one in signed["certificates"]]
    for certificate in [*own, *(carried if anyone else [])]:
        if (certificate.issuer, certificate.serial_number) == (named["issuer"], named["serial_number"].native):
            return certificate, certificate.sha256.hex()
    return None, carried[0].sha256.hex() if carried else ""


def holds(data: bytes, place: Place, container: bytes, signed: Any, signer: Any, certificate: Any) -> bool:
    """Whether digest and signature are right, and nothing is hidden in what no signature covers."""
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    kind = signer["digest_algorithm"]["algorithm"].native
    if kind not in {"sha256", "sha384", "sha512"}:
        return False
    digest = hashlib.new(kind, data[: place.start])
    digest.update(data[place.resume : place.end])
    right, valid = validate_sig_integrity(signer, certificate, "data", digest.digest())
    padding = container[len(signed_bytes(container)) :]
    gap = data[place.start : place.start + 1] + data[place.resume - 1 : place.resume]
    carried = certificate.dump() in {one.chosen.dump() for one in signed["certificates"]}
    return bool(right and valid and carried and gap == b"<>" and not padding.strip(b"\0"))


def signed_bytes(container: bytes) -> bytes:
    from asn1crypto import cms

    return bytes(cms.ContentInfo.load(container).dump())


def describe(sealed: bytes, signer: Any, certificate: Any, told: str, *, whole: bool) -> Reading:
    """What a seal that holds is about; `sealed` is nobody's but the sealer's."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    reader = PdfFileReader(io.BytesIO(sealed))
    stamp = timestamp_of(signer)
    at = stamp or reader.embedded_signatures[-1].self_reported_timestamp
    facts: dict[str, Any] = {
        "certificate": told,
        "sealed_at": at,
        "valid_until": certificate.not_valid_after,
        "stamped": stamp is not None,
    }
    if at is None or not certificate.not_valid_before <= at <= certificate.not_valid_after:
        return Reading(True, False, whole, "too_late", **facts)
    evidence = attachments(reader)
    if evidence is None:
        return Reading(False, False, False, "not_ours", **facts)
    return Reading(True, True, whole, "" if whole else "added", **facts, evidence=evidence)


def timestamp_of(signer: Any) -> datetime | None:
    """When a timestamp authority saw this very signature, if one did."""
    for attribute in signer["unsigned_attrs"] or ():
        if attribute["type"].native == "signature_time_stamp_token":
            token = attribute["values"][0]["content"]["encap_content_info"]["content"].parsed
            imprint = token["message_imprint"]
            kind = imprint["hash_algorithm"]["algorithm"].native
            if imprint["hashed_message"].native == hashlib.new(kind, signer["signature"].native).digest():
                moment: datetime = token["gen_time"].native
                return moment
    return None


def attachments(reader: Any) -> Mapping[str, Any] | None:
    """The evidence, if it is an agreement's and its fingerprint is that of the content beside it."""
    try:
        names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
        files = {str(names[at]): names[at + 1]["/EF"]["/F"].data for at in range(0, len(names), 2)}
        evidence = json.loads(files[EVIDENCE])
        content = hashlib.sha256(files[CONTENT]).hexdigest()
    except (KeyError, ValueError, TypeError):
        return None
    return evidence if isinstance(evidence, dict) and evidence.get("hash") == content else None
