"""Charities of England and Wales."""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _

from concorda.foundation.organizations.gazetteer import postal_area
from concorda.foundation.organizations.registers.entries import Number
from concorda.foundation.organizations.registers.reading import Given, Row
from concorda.foundation.organizations.registers.sources.base import TableSource


class Ccew(TableSource):
    """The register of charities of England and Wales; the combined file has some of Scotland and Northern Ireland."""

    key = "ccew"
    label = _("Register of charities of England and Wales")
    mapped = True
    own_scheme = "GB-CHC"
    slashes = "%d/%m/%Y"
    # The combined file, the downloads, the search page.
    aliases = {
        "id": ("org_id", "registered_charity_number", "charity_number", "reg_number", "regno"),
        "name": ("name", "charity_name"),
        "other_names": ("other_names",),
        "activities": ("activities", "charity_activities"),
        "mandate": ("objects", "charitable_objects"),
        "website": ("website", "charity_contact_web", "charity website", "web"),
        "area": ("constituency",),
        "postcode": ("postcode", "charity_contact_postcode", "contact postcode"),
        "income": ("income", "latest_income", "charity income", "total income"),
        "registered_on": ("date_registered", "date_of_registration", "registration date"),
        "status": ("charity_registration_status", "status"),
        "removed": ("date_of_removal",),
        "ukcat": ("ukcat",),
        "icnptso": ("icnptso",),
        "what": ("what",),
        "who": ("who",),
        "how": ("how",),
        "linked": ("linked_charity_number",),
    }

    @classmethod
    def fits(cls, given: Given) -> bool:
        known = cls.known(given.sheet)
        own = {"ukcat", "who", "how", "linked", "status"} & set(known)
        return {"id", "name"} <= set(known) and (len(own) > 1 or "charity" in known["id"])

    def identity(self, row: Row) -> Number:
        scheme, value = super().identity(row)
        linked = self.said(row, "linked")
        return scheme, f"{value}-{linked}" if linked not in ("", "0") else value

    def facts(self, row: Row) -> dict[str, Any]:
        facts = super().facts(row)
        facts["active"] = not self.said(row, "removed") and self.said(row, "status").lower() not in (
            "removed",
            "deregistered",
        )
        how = self.said(row, "how").lower()
        facts["kind"] = "funder" if "makes grants" in how and "provides" not in how else "charity"
        facts["place"] = "gb"
        if not facts.get("area"):
            facts["area"] = postal_area(self.said(row, "postcode"))
        return facts

    def terms(self, row: Row) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for scheme, said in (("ukcat", self.said(row, "ukcat").split(";")), ("icnptso", [self.said(row, "icnptso")])):
            for code in said:
                found |= dict.fromkeys(self.terms_for(scheme, code.strip()))
        for field in ("what", "who", "how"):
            for phrase in re.split(r"[,\n;]", self.said(row, field)):
                found |= dict.fromkeys(self.terms_for("ccew", phrase.strip()))
        return tuple(found)
