"""A report as open data: what the evaluator gets without names, an IATI activity, grants as 360Giving tells them."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from concorda.foundation.core.documents import printable
from concorda.foundation.core.tables import harmless
from concorda.monitor.evaluation.questions import TITLES
from concorda.monitor.reports.document import document, snapshot_of
from concorda.monitor.reports.files import moment_of
from concorda.monitor.reports.models import Report
from concorda.monitor.reports.parts import Table
from concorda.monitor.reports.sheets import explained

# Without names


def data(report: Report) -> bytes:
    """A ZIP file of tables as CSV, the codebook, and the list of what is not shown."""
    found = document(report)
    tables = {f"{part.key}.csv": list(exact_rows(part.table)) for part in found.parts if part.table}
    tables["answers.csv"] = list(answers(snapshot_of(report)))
    tables["not_shown.csv"] = [[_("What is not shown, or missing")], *([line] for line in found.checks)]
    codebook = [[_("File"), _("Column"), _("Kind"), _("Meaning")]]
    for part in found.parts:
        if part.table:
            codebook += [[f"{part.key}.csv", *line] for line in explained(part.table)]
    tables["codebook.csv"] = codebook + [["answers.csv", *line] for line in answers_explained()]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in tables.items():
            stamp = moment_of(report).timetuple()[:6]
            archive.writestr(zipfile.ZipInfo(name, stamp), as_csv(rows), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def exact_rows(table: Table) -> Iterator[list[str]]:
    yield [column.label for column in table.columns]
    for row in table.rows:
        yield [text if value is None else str(value) for text, value in zip(row.cells, row.exact, strict=True)]


def answers(snapshot: dict[str, Any]) -> Iterator[list[str]]:
    """One row for each question of each check-in: how many said yes of how many, or why that is not told."""
    yield [line[0] for line in answers_explained()]
    for one in snapshot["check_ins"]:
        for side in one["sides"]:
            told = ["", ""] if side["hidden"] else [str(side["yes"]), str(side["total"])]
            yield [one["title"], one["stage"], one["on"], str(TITLES[side["key"]]), *told, side["hidden"] or ""]


def answers_explained() -> list[list[str]]:
    return [
        [_("Check-in"), _("text"), _("A short question round in one stage")],
        [_("Stage"), _("text"), _("The stage it asked about")],
        [_("Closed on"), _("day"), _("The last day of answers")],
        [_("Question"), _("text"), _("What was asked")],
        [_("Said yes"), _("number"), _("People who said yes, of those who answered this question")],
        [_("Answered"), _("number"), _("People who answered this question")],
        [_("Not shown because"), _("text"), _("few_people, few_organizations, complement or successive; empty: shown")],
    ]


def as_csv(rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


# 360Giving


def grants(report: Report) -> bytes | None:
    """The grants as a 360Giving package (version 1.4); None while no grant is entered."""
    rows = snapshot_of(report)["grants"]
    if not rows:
        return None
    package = {
        "version": "1.4",
        "title": report.title,
        "issued": moment_of(report).date().isoformat(),
        "grants": [grant(one, report) for one in rows],
    }
    return json.dumps(package, ensure_ascii=False, indent=1).encode()


def grant(one: dict[str, Any], report: Report) -> dict[str, Any]:
    host = urlsplit(settings.SITE_URL).hostname
    known = {
        "id": one["number"] or f"{host}-grant-{one['pk']}",
        "title": one["title"],
        "description": one["description"] or one["title"],
        "currency": one["currency"],
        "amountAwarded": float(one["amount"]),
        "awardDate": one["awarded_on"],
        "fundingOrganization": [organization(one["funder_number"], one["funder"])],
        "recipientOrganization": [organization(one["recipient_number"], one["recipient"])],
        "grantProgramme": [{"title": report.partnership.name}],
    }
    days = {"startDate": one["starts_on"], "endDate": one["ends_on"]}
    planned = {name: day for name, day in days.items() if day}
    return known | ({"plannedDates": [planned]} if planned else {})


def organization(number: str, name: str) -> dict[str, str]:
    """A register's number, or one made of the name: the standard asks for some identifier."""
    return {"id": number or f"{urlsplit(settings.SITE_URL).hostname}-{'-'.join(name.lower().split())}", "name": name}


# IATI

FUNDING, IMPLEMENTING = "1", "4"
INCOMING_COMMITMENT = "11"
OUTCOME = "2"


def iati(report: Report) -> bytes:
    """The partnership as one activity of IATI 2.03: who, when, money promised, results.

    Country, sector and the publisher's own reference are the publisher's to add: the records do not hold them.
    """
    snapshot, here = snapshot_of(report), report.partnership
    language = (translation.get_language() or "en")[:2]
    stamp = moment_of(report).strftime("%Y-%m-%dT%H:%M:%SZ")
    root = ET.Element("iati-activities", {"version": "2.03", "generated-datetime": stamp})
    activity = ET.SubElement(root, "iati-activity", {"{http://www.w3.org/XML/1998/namespace}lang": language})
    host = urlsplit(settings.SITE_URL).hostname
    ET.SubElement(activity, "iati-identifier").text = f"{host}-{here.slug}"
    narrate(ET.SubElement(activity, "reporting-org", {"ref": f"{host}-{here.slug}", "type": "90"}), here.name)
    narrate(ET.SubElement(activity, "title"), here.name)
    narrate(ET.SubElement(activity, "description", type="1"), here.purpose or here.name)
    for name in dict.fromkeys(one["funder"] for one in snapshot["grants"]):
        narrate(ET.SubElement(activity, "participating-org", role=FUNDING), name)
    for one in snapshot["partners"]:
        narrate(ET.SubElement(activity, "participating-org", role=IMPLEMENTING), one["name"])
    ET.SubElement(activity, "activity-status", code="2" if here.status == here.Status.ACTIVE else "4")
    ET.SubElement(activity, "activity-date", {"type": "2", "iso-date": here.started_on.isoformat()})
    for one in snapshot["grants"]:
        transaction(activity, one)
    for goal in snapshot["goals"]:
        result(activity, goal["title"], [one for one in snapshot["indicators"] if one["goal"] == goal["pk"]], report)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def narrate(element: ET.Element, text: str) -> None:
    ET.SubElement(element, "narrative").text = printable(text)


def transaction(activity: ET.Element, one: dict[str, Any]) -> None:
    element = ET.SubElement(activity, "transaction")
    ET.SubElement(element, "transaction-type", code=INCOMING_COMMITMENT)
    ET.SubElement(element, "transaction-date", {"iso-date": one["awarded_on"]})
    value = ET.SubElement(element, "value", {"currency": one["currency"], "value-date": one["awarded_on"]})
    value.text = one["amount"]
    narrate(ET.SubElement(element, "description"), one["title"])
    narrate(ET.SubElement(element, "provider-org"), one["funder"])
    narrate(ET.SubElement(element, "receiver-org"), one["recipient"])


def result(activity: ET.Element, goal: str, indicators: list[dict[str, Any]], report: Report) -> None:
    """A goal with its indicators; IATI wants at least one."""
    if not indicators:
        return
    element = ET.SubElement(activity, "result", {"type": OUTCOME, "aggregation-status": "0"})
    narrate(ET.SubElement(element, "title"), goal)
    for one in indicators:
        indicator(element, one, report)


def indicator(parent: ET.Element, one: dict[str, Any], report: Report) -> None:
    rises = None in (one["baseline"], one["target"]) or Decimal(one["target"]) >= Decimal(one["baseline"])
    measure = "2" if one["unit"] == "%" else "1"
    element = ET.SubElement(parent, "indicator", {"measure": measure, "ascending": "1" if rises else "0"})
    narrate(ET.SubElement(element, "title"), one["name"])
    if one["baseline"] is not None and one["baseline_on"]:
        facts = {"year": one["baseline_on"][:4], "iso-date": one["baseline_on"], "value": one["baseline"]}
        ET.SubElement(element, "baseline", facts)
    period = ET.SubElement(element, "period")
    ET.SubElement(period, "period-start", {"iso-date": report.period_from.isoformat()})
    ET.SubElement(period, "period-end", {"iso-date": report.period_to.isoformat()})
    if one["target"] is not None:
        ET.SubElement(period, "target", value=one["target"])
    if one["in_period"]:
        ET.SubElement(period, "actual", value=one["value"])
