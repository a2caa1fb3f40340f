"""Exempt organizations of the United States."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from concorda.foundation.organizations.registers.entries import Number, Unusable, readable
from concorda.foundation.organizations.registers.reading import Row
from concorda.foundation.organizations.registers.sources.base import TableSource

PRIVATE_FOUNDATIONS = {"2", "3", "4"}


class Irs(TableSource):
    """The business master file of exempt organizations (EO BMF); whoever stands in "in care of" is not taken over."""

    key = "irs"
    label = _("Exempt organizations of the United States (EO BMF)")
    own_scheme = "US-EIN"
    aliases = {
        "id": ("EIN",),
        "name": ("NAME",),
        "sort_name": ("SORT_NAME",),
        "city": ("CITY",),
        "state": ("STATE",),
        "postcode": ("ZIP",),
        "ntee": ("NTEE_CD",),
        "subsection": ("SUBSECTION",),
        "foundation": ("FOUNDATION",),
        "ruling": ("RULING",),
        "income": ("REVENUE_AMT", "INCOME_AMT"),
        "status": ("STATUS",),
    }

    def identity(self, row: Row) -> Number:
        scheme, value = super().identity(row)
        digits = value.replace("-", "")
        if not digits.isdecimal() or not 7 <= len(digits) <= 9:
            raise Unusable(self.columns["id"], value, "is not an EIN; write its nine digits, like 010130427")
        return scheme, digits.zfill(9)  # spreadsheets drop leading zeros

    def facts(self, row: Row) -> dict[str, Any]:
        facts = super().facts(row)
        other = readable(" ".join(self.said(row, "sort_name").split()))
        if other and other.casefold() != facts["name"].casefold():
            facts["other_names"] = other
        where = [readable(self.said(row, "city")), self.said(row, "state").upper()]
        foundation, subsection = (self.said(row, field).lstrip("0") for field in ("foundation", "subsection"))
        facts["kind"] = (
            "funder" if foundation in PRIVATE_FOUNDATIONS else "charity" if subsection in ("", "3") else "nonprofit"
        )
        facts |= {"area": ", ".join(filter(None, where))[:120], "place": "us", "registered_on": self.ruling(row)}
        return facts

    def ruling(self, row: Row) -> date | None:
        """The first of the month the exemption was ruled in; 000000 is not known."""
        said = self.said(row, "ruling").strip("0 ") and self.said(row, "ruling")
        if not said:
            return None
        if not (len(said) == 6 and said.isdecimal() and 1 <= int(said[4:]) <= 12 and int(said[:4]) >= 1800):
            raise Unusable(self.columns["ruling"], said, "is not a month; write it like 199204")
        return date(int(said[:4]), int(said[4:]), 1)

    def terms(self, row: Row) -> tuple[str, ...]:
        return self.terms_for("ntee", self.said(row, "ntee").upper())
