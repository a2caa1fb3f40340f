"""A version as PDF: title, parties, clauses, and a page of evidence about its signatures."""

import json
import tempfile
from datetime import UTC
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from concorda.begin.agreements.library import in_language
from concorda.begin.agreements.models import Agreement, AgreementVersion
from concorda.begin.agreements.queries import Party, parties_of
from concorda.foundation.accounts.mail import absolute

TEMPLATE = Path(__file__).with_name("agreement.typ")


def pdf(version: AgreementVersion) -> bytes:
    """The version as a tagged PDF/UA-1 in its own language; the same records always give the same bytes."""
    import typst  # 80 MB: only where a PDF is made

    with in_language(version.contents["language"]):
        data = json.dumps(facts(version), ensure_ascii=False)
    with tempfile.TemporaryDirectory() as root:
        compiler = typst.Compiler(TEMPLATE.read_bytes(), root=root, ignore_system_fonts=True, sys_inputs={"data": data})
        made = compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=int(version.at.timestamp()))
    assert isinstance(made, bytes)
    return made


def facts(version: AgreementVersion) -> dict[str, Any]:
    contents = version.contents
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
        "verify": absolute(reverse("agreements_public:verify")) + f"?hash={version.digest}",
        "parties": [
            {"name": one.name, "signed": one.signature is not None, "lines": lines(one)} for one in parties_of(version)
        ],
        "words": {
            "version": _("version %(number)s") % {"number": version.number},
            "between": _("Between"),
            "evidence": _("Evidence of signature"),
            "evidence_says": _(
                "Each signature below was put under the text above as it stood under this fingerprint. Changing one "
                "letter changes the fingerprint."
            ),
            "fingerprint": _("Fingerprint"),
            "verify": _("Anyone can check the present state of this version at"),
            "nature": _(
                "This page lists what the system recorded about each signature. It is not a digital seal inside the "
                "file: check the fingerprint at the address above."
            ),
        },
    }


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


def lines(party: Party) -> list[str]:
    """What is known of one party's signature; times in UTC, so that everyone's copy reads the same."""
    if party.on_paper:
        return [_("Signed on paper")]
    if party.signature is None:
        return [_("Not signed")]
    one = party.signature
    at = one.at.astimezone(UTC)
    return [
        one.typed_name,
        ", ".join(part for part in (one.signatory.person.name, one.title) if part),
        _("%(day)s at %(time)s UTC; %(means)s")
        % {"day": date_format(at.date(), "j F Y"), "time": f"{at:%H:%M:%S}", "means": one.get_means_display()},
    ]
