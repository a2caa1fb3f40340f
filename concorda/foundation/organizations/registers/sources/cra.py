"""Charities registered with the Canada Revenue Agency."""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from concorda.analysis.problems import Problem, Refused
from concorda.foundation.organizations.registers.entries import PROVINCE_OF, Number, Unusable, readable
from concorda.foundation.organizations.registers.reading import Given, Row, Sheet
from concorda.foundation.organizations.registers.sources.base import TableSource, plain

BUSINESS_NUMBER = re.compile(r"(\d{9})(?:RR(\d{4}))?")
DESIGNATIONS = {
    "A": "A", "B": "B", "C": "C",
    "PUBLIC FOUNDATION": "A", "FONDATION PUBLIQUE": "A", "PRIVATE FOUNDATION": "B", "FONDATION PRIVÉE": "B",
    "CHARITABLE ORGANIZATION": "C", "OEUVRE DE BIENFAISANCE": "C", "ŒUVRE DE BIENFAISANCE": "C",
}  # fmt: skip


class Cra(TableSource):
    """The identification file of the T3010 returns, or the list of charities; alone or in a zip with its code lists."""

    key = "cra"
    label = _("Registered charities of Canada (T3010 identification file)")
    kinds = ("table", "tables")
    own_scheme = "CA-CRA_ACR"
    aliases: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "id": (
            "BN", "BN/Registration Number", "Business Number", "BN/NE", "Registration Number",
            "BN/Numéro d’enregistrement", "NE",
        ),
        "name": ("Legal Name", "Charity Name", "Legal Name/Nom légal", "Nom légal", "Organization Name", "Name"),
        "account": ("Account Name", "Operating Name", "Nom du compte"),
        "city": ("City", "Ville", "City/Ville"),
        "province": ("Province", "Province Code", "Province/Territory", "Prov"),
        "postcode": ("Postal Code", "Code postal"),
        "country": ("Country", "Country Code", "Pays"),
        "category": ("Category", "Category Code", "Catégorie", "Code de catégorie"),
        "subcategory": ("Sub Category", "Sub-Category", "Sub-Category Code", "Subcategory", "Sous-catégorie"),
        "designation": ("Designation", "Designation Code", "Charity Type", "Désignation"),
        "status": ("Status", "Charity Status", "Statut"),
        "registered_on": ("Effective Date of Status", "Registration Date", "Date of Registration"),
        "website": ("Contact URL", "Website", "URL", "Site Web"),
    }  # fmt: skip
    needs = ("id", "name", "designation")

    @classmethod
    def table(cls, given: Given) -> Sheet:
        """The table of charities among its code lists, or the only one."""
        if given.kind == "table":
            return given.sheet
        found = [sheet for sheet in given.sheets.values() if {"id", "name"} <= set(cls.known(sheet))]
        if not found:
            raise Refused(Problem("none of these tables has a business number and a legal name", file=given.file))
        return found[0]

    @classmethod
    def fits(cls, given: Given) -> bool:
        try:
            known = cls.known(cls.table(given))
        except Refused:
            return False
        return {"id", "name"} <= set(known) and (plain(known["id"]).startswith("bn") or "designation" in known)

    def identity(self, row: Row) -> Number:
        scheme, value = super().identity(row)
        number = BUSINESS_NUMBER.fullmatch(re.sub(r"[\s-]", "", value).upper())
        if number is None:
            raise Unusable(self.columns["id"], value, "is not a business number; write it like 123456789RR0001")
        return scheme, f"{number[1]}RR{number[2] or '0001'}"

    def facts(self, row: Row) -> dict[str, Any]:
        facts = super().facts(row)
        account = readable(" ".join(self.said(row, "account").split()))
        if account and account.casefold() != facts["name"].casefold():
            facts["other_names"] = account
        facts["area"] = readable(self.said(row, "city"))[:120]
        facts["place"], facts["town"] = self.place(row), self.said(row, "city")
        facts["kind"] = "funder" if self.designation(row) in ("A", "B") else "charity"
        status = self.said(row, "status").casefold()
        facts["active"] = not status or status.startswith(("registered", "enregistr"))
        return facts

    def place(self, row: Row) -> str:
        province, country = self.said(row, "province").upper(), self.said(row, "country").upper()
        if country not in ("", "CA", "CAN", "CANADA"):
            return "us" if country in ("US", "USA") else "ca"
        if province and province not in PROVINCE_OF:
            reason = "is no province or territory; use a code such as SK"
            raise Unusable(self.columns["province"], province, reason)
        return f"ca/{PROVINCE_OF[province].lower()}" if province else "ca"

    def designation(self, row: Row) -> str:
        said = self.said(row, "designation")
        if said and said.upper() not in DESIGNATIONS:
            reason = "is no designation; there are A (public foundation), B (private foundation), C (charity)"
            raise Unusable(self.columns["designation"], said, reason)
        return DESIGNATIONS.get(said.upper(), "C")

    @cached_property
    def named(self) -> dict[str, str]:
        """Label of a category in either language → its code."""
        from concorda.foundation.organizations.models import Term

        rows = Term.objects.filter(scheme="cra", code__endswith="/").values_list("code", "label_en", "label_fr")
        return {label.casefold(): code for code, *labels in rows for label in labels if label}

    def terms(self, row: Row) -> tuple[str, ...]:
        said, part = self.said(row, "category"), self.said(row, "subcategory").lstrip("0")
        if not said:
            return ()
        category = f"{int(said)}/" if said.isdecimal() else self.named.get(said.casefold(), "")
        if category not in self.named.values():
            raise Unusable(self.columns["category"], said, "is no category of the T3010")
        return self.terms_for("cra", f"{category}{part}")
