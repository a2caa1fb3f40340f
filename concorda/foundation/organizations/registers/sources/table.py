"""Any table, with the columns named by the person who loads it."""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from concorda.foundation.organizations.registers.entries import Unusable
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
        if "languages" in self.columns:
            facts["languages"] = [part for part in re.split(r"[\s,;|]+", self.said(row, "languages").lower()) if part]
        return facts

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
