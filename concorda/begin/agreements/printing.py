"""A version as PDF: title, parties, clauses, and a page of evidence about its signatures; sealed when asked for."""

from dataclasses import asdict
from datetime import UTC
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from concorda.begin.agreements import queries, sealing
from concorda.begin.agreements.library import in_language
from concorda.begin.agreements.models import Agreement, AgreementVersion, Signature
from concorda.begin.agreements.queries import Party, parties_of, version_state
from concorda.foundation.accounts.mail import absolute
from concorda.foundation.core.documents import compile_pdf
from concorda.foundation.core.text import canonical

TEMPLATE = Path(__file__).with_name("agreement.typ")
REDLINE = Path(__file__).with_name("redline.typ")


def sealed(version: AgreementVersion) -> bytes:
    """The PDF as it stands now, under the seal of the installation. Raises `sealing.CannotSeal`."""
    with in_language(version.contents["language"]):
        reason = _("Agreement %(what)s, version %(number)s") % {
            "what": version.contents["title"],
            "number": version.number,
        }
    return sealing.seal(pdf(version), reason=reason)


def pdf(version: AgreementVersion) -> bytes:
    """The version as a tagged PDF/UA-1 in its own language; the same records always give the same bytes."""
    with in_language(version.contents["language"]):
        return compile_pdf(TEMPLATE, facts(version), at=version.at)


def redline(version: AgreementVersion, since: AgreementVersion) -> bytes:
    """What changed from one version to a later one, as a tagged PDF/UA-1; changes are underlined and struck through."""
    with in_language(version.contents["language"]):
        notes = {"added": _("New clause"), "removed": _("Clause taken out")}
        data = {
            "heading": _("%(what)s: changes from version %(old)s to version %(new)s")
            % {"what": version.contents["title"], "old": since.number, "new": version.number},
            "partnership": version.contents["partnership"],
            "language": version.contents["language"],
            "says": version.note,
            "added": _("added words are underlined"),
            "removed": _("words taken out are struck through"),
            "clauses": [
                asdict(one) | {"note": notes.get(one.kind, ""), **runs(one)} for one in queries.redline(since, version)
            ],
        }
        return compile_pdf(REDLINE, data, at=version.at)


def runs(clause: queries.ClauseChange) -> dict[str, list[dict[str, str]]]:
    return {name: [change._asdict() for change in getattr(clause, name)] for name in ("title", "changes")}


def verify_address(version: AgreementVersion) -> str:
    return absolute(reverse("agreements_public:verify")) + f"?hash={version.digest}"


def facts(version: AgreementVersion) -> dict[str, Any]:
    contents, parties, zone = version.contents, parties_of(version), version.agreement.partnership.time_zone
    return {
        "title": contents["title"],
        "partnership": contents["partnership"],
        "instrument": str(Agreement.Instrument(contents["instrument"]).label),
        "language": contents["language"],
        "state": state(version),
        "term": term(version),
        "clauses": contents["clauses"],
        "hash": version.groups,
        "short": version.groups[:19],
        "verify": verify_address(version),
        "qr": qr(verify_address(version)),
        "parties": [
            {"name": one.name, "signed": one.signature is not None, "lines": lines(one, zone)} for one in parties
        ],
        "attached": {"evidence": canonical(evidence(version, parties)), "content": canonical(version.content())},
        "words": words(version),
    }


def words(version: AgreementVersion) -> dict[str, str]:
    return {
        "version": _("version %(number)s") % {"number": version.number},
        "between": _("Between"),
        "evidence": _("Evidence of signature"),
        "evidence_says": _(
            "Each signature below was put under the text above as it stood under this fingerprint. Changing one "
            "letter changes the fingerprint."
        ),
        "fingerprint": _("Fingerprint"),
        "reference": _("Agreement %(reference)s, version %(number)s")
        % {"reference": reference(version), "number": version.number},
        "verify": _("Anyone can check the present state of this version at"),
        "qr": _("The address above as a square code for a camera"),
        "nature": _(
            "This page lists what the system recorded about each signature. The file as a whole carries the digital "
            "seal of the installation: programs that read PDF say whether a byte was changed since, and the address "
            "above says whether the seal is the right one."
        ),
        "evidence_file": _("The evidence on the last page, for programs"),
        "content_file": _("The text whose SHA-256 is the fingerprint, for programs"),
    }


def reference(version: AgreementVersion) -> str:
    return f"{version.agreement.partnership.slug}/{version.agreement_id}"


def state(version: AgreementVersion) -> str:
    agreement = version.agreement
    number = {"number": version.number, "day": date_format(timezone.localtime(version.at), "j F Y")}
    if version.voided_at:
        return _("Version %(number)s of %(day)s. It was withdrawn and is not in force.") % number
    if agreement.in_force_version_id == version.pk and agreement.in_force_since:
        number["since"] = date_format(agreement.in_force_since, "j F Y")
        return _("Version %(number)s of %(day)s. Signed by all parties; it takes effect on %(since)s.") % number
    return _("Version %(number)s of %(day)s. Not in force: not all parties have signed.") % number


def term(version: AgreementVersion) -> str:
    days = {
        name: date_format(day, "j F Y") if day else ""
        for name, day in (("start", version.starts), ("end", version.ends))
    }
    if days["start"] and days["end"]:
        return _("From %(start)s, or from the last signature if that is later, to %(end)s.") % days
    return _("Until %(end)s.") % days if days["end"] else ""


def lines(party: Party, zone: str) -> list[str]:
    """What is known of one party's signature: by whom, for whom, when, and how that person was identified."""
    if party.on_paper:
        return [_("Signed on paper")]
    if party.signature is None:
        return [_("Not signed")]
    one = party.signature
    return [
        one.typed_name,
        _("%(who)s, signatory for %(organization)s")
        % {
            "who": ", ".join(part for part in (one.signatory.person.name, one.title) if part),
            "organization": party.name,
        },
        moment(one, zone),
        _("Before signing: %(means)s.") % {"means": one.get_means_display()},
    ]


def moment(one: Signature, zone: str) -> str:
    """The moment in UTC, so that everyone's copy reads the same, and as the partnership's clocks showed it."""
    at, local = one.at.astimezone(UTC), one.at.astimezone(ZoneInfo(zone))
    return _("%(day)s at %(time)s UTC (%(local)s in %(zone)s)") % {
        "day": date_format(at.date(), "j F Y"),
        "time": f"{at:%H:%M:%S}",
        "local": f"{date_format(local.date(), 'j F Y')}, {local:%H:%M}",
        "zone": zone,
    }


def evidence(version: AgreementVersion, parties: list[Party]) -> dict[str, Any]:
    """What `concorda verify` reads out of the file; nothing that the pages of the PDF do not say too."""
    return {
        "agreement": version.contents["title"],
        "reference": reference(version),
        "version": version.number,
        "hash": version.digest,
        "state": version_state(version),
        "partnership": version.contents["partnership"],
        "parties": [one.name for one in parties],
        "signed_by": [
            {
                "organization": one.name,
                "name": one.signature.typed_name,
                "title": one.signature.title,
                "at": one.signature.at.astimezone(UTC).isoformat(timespec="seconds"),
                "means": one.signature.means,
            }
            for one in parties
            if one.signature
        ],
        "verify": verify_address(version),
    }


def qr(text: str) -> str:
    """An address as a QR code, drawn as SVG."""
    import qrcode  # only where a PDF is made

    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=2)
    code.add_data(text)
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(rows)} {len(rows)}"><path d="{path}"/></svg>'
