"""Any table, with the columns named by the person who loads it."""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from concorda.foundation.organizations.registers.entries import LIMITS, Unusable, place_of
from concorda.foundation.organizations.registers.reading import Given, Row
from concorda.foundation.organizations.registers.sources.base import FIELDS, TableSource
from concorda.foundation.organizations.vocabulary import our_codes


class Table(TableSource):
    """Columns as mapped; a column that is called like a field needs no mapping."""

    key = "csv"
    label = _("Another table (CSV or XLSX)")
    mapped = True
    aliases: ClassVar[Mapping[str, tuple[str, ...]]] = {field: (field,) for field in FIELDS}

    @classmethod
    def fits(cls, given: Given) -> bool:
        return len(given.sheet.columns) > 1

    def facts(self, row: Row) -> dict[str, Any]:
        facts = super().facts(row)
        if "kind" in self.columns:
            facts["kind"] = self.kind(row)
        if {"town", "region", "country"} & set(self.columns):
            facts |= self.whereabouts(row)
        if "languages" in self.columns:
            facts["languages"] = [part for part in re.split(r"[\s,;|]+", self.said(row, "languages").lower()) if part]
        return facts

    def whereabouts(self, row: Row) -> dict[str, str]:
        """Country or province as a code, and the town as it is written, which is its area if nothing else is said."""
        town, region = self.said(row, "town"), self.said(row, "region")
        place = place_of(self.said(row, "country"), region)
        if region and not place and not self.said(row, "country"):
            reason = "is no province or territory; write it like SK or Saskatchewan, or say the country as well"
            raise Unusable(self.columns["region"], region, reason)
        told = {"place": place, "town": town}
        return told | ({"area": town[: LIMITS["area"]]} if town and not self.said(row, "area") else {})

    def kind(self, row: Row) -> str:
        from concorda.foundation.organizations.models import Organization

        said = self.said(row, "kind").lower()
        known = {value: value for value in Organization.Kind.values}
        known |= {str(label).lower(): value for value, label in Organization.Kind.choices}
        if said and said not in known:
            raise Unusable(
                self.columns["kind"], said, f"is not a kind we know; use one of {', '.join(Organization.Kind.values)}"
            )
        return known.get(said, Organization.Kind.NONPROFIT.value)

    @cached_property
    def ours(self) -> frozenset[str]:
        return our_codes()

    def terms(self, row: Row) -> tuple[str, ...]:
        said = [part for part in re.split(r"[\s,;|]+", self.said(row, "terms")) if part]
        for code in said:
            if code not in self.ours:
                raise Unusable(self.columns["terms"], code, "is not a code of our vocabulary")
        return tuple(dict.fromkeys(said))
