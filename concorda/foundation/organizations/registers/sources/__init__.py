"""The kinds of files a register can come as: one class each. To add one, write its class and name it here."""

from concorda.analysis.problems import Problem, Refused
from concorda.foundation.organizations.registers.reading import KINDS, Given
from concorda.foundation.organizations.registers.sources.base import FIELDS, Source
from concorda.foundation.organizations.registers.sources.ccew import Ccew
from concorda.foundation.organizations.registers.sources.cra import Cra
from concorda.foundation.organizations.registers.sources.giving import Giving
from concorda.foundation.organizations.registers.sources.hsds import Hsds
from concorda.foundation.organizations.registers.sources.irs import Irs
from concorda.foundation.organizations.registers.sources.table import Table
from concorda.foundation.organizations.registers.sources.who_what_where import WhoWhatWhere

SOURCES: dict[str, type[Source]] = {
    source.key: source for source in (Ccew, Cra, Irs, Hsds, Giving, WhoWhatWhere, Table)
}
"""By the name one gives to `--source`; the order in which a file is tried when nobody says what it is."""

__all__ = ["FIELDS", "SOURCES", "Source", "guess", "refuse_other_kind"]


def guess(given: Given) -> str:
    """The kind of register a file seems to be; "" when it is none we know."""
    for key, source in SOURCES.items():
        if given.kind in source.kinds and source.fits(given):
            return key
    return ""


def refuse_other_kind(given: Given, key: str) -> None:
    """Refuse a file that cannot be what it is said to be, and say what it seems to be."""
    if given.kind in SOURCES[key].kinds:
        return
    try:
        better = guess(given)
    except Refused:
        better = ""
    hint = f"; it looks like --source {better}" if better not in ("", "csv") else ""
    wanted = " or ".join(KINDS[kind] for kind in SOURCES[key].kinds)
    raise Refused(Problem(f"{key} comes as {wanted}, and this is {KINDS[given.kind]}{hint}", file=given.file))
