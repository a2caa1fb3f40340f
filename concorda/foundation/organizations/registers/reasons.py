"""Why a file or a row was refused, in the reader's language.

Readers give their reasons in English, for the command and its JSON and for the history. A page puts them into words
here, whoever loaded the file and in whatever language they did.
"""

import re
from functools import cache
from typing import Any

from django.utils.translation import gettext, gettext_noop

REASONS = (
    # the whole file
    gettext_noop("the file is empty"),
    gettext_noop("the file cannot be opened: %(why)s"),
    gettext_noop("the file is larger than %(size)s MB; load it with the command instead"),
    gettext_noop("the packed file is damaged: %(why)s"),
    gettext_noop("this is not a table: its first line names only one column"),
    gettext_noop("this is not a table: the zip holds no CSV file"),
    gettext_noop("this is not a table, nor a zip that can be opened: %(why)s"),
    gettext_noop("this is not a table; save it as CSV (comma separated values)"),
    gettext_noop("this is not a text file (it holds zero bytes)"),
    gettext_noop("this workbook cannot be opened: %(why)s"),
    gettext_noop("this is %(kind)s, not one table"),
    gettext_noop("this is %(kind)s, not JSON"),
    gettext_noop("there is no CSV file in this folder"),
    gettext_noop("from here on the file cannot be read: %(why)s"),
    gettext_noop("a quotation mark opened here is never closed"),
    gettext_noop("this is not JSON: %(why)s"),
    gettext_noop("this line is not JSON: %(why)s"),
    gettext_noop("this JSON cannot be used: %(why)s"),
    gettext_noop("this line cannot be used: %(why)s"),
    gettext_noop("%(key)s comes as %(wanted)s, and this is %(kind)s; it looks like --source %(better)s"),
    gettext_noop("%(key)s comes as %(wanted)s, and this is %(kind)s"),
    gettext_noop("there is no source '%(key)s'; there are: %(all)s"),
    # its columns
    gettext_noop("two columns have this name; rename one of them"),
    gettext_noop("the file has no such column; it has: %(columns)s"),
    gettext_noop("there is no field '%(field)s'; there are: %(all)s"),
    gettext_noop("no column is known to hold the %(field)s; name it with --map %(key)s=COLUMN"),
    gettext_noop("no column is known to hold the %(field)s, so this is no file of the kind %(key)s"),
    gettext_noop("%(key)s files say themselves what is where; leave --map out, or use --source csv"),
    gettext_noop("none of these tables has a business number and a legal name"),
    gettext_noop("no columns say who funds whom (Funding Org:Identifier, Recipient Org:Identifier)"),
    gettext_noop("there is no organizations.csv among these tables"),
    gettext_noop("the table of organizations has no such column"),
    gettext_noop("there is no row of HXL hashtags (such as #org, #adm1, #sector) among the first rows"),
    gettext_noop("no column is tagged #org, so nobody is named"),
    gettext_noop('this JSON is no package of grants; there is no list called "grants"'),
    gettext_noop("none of these records is a grant (with fundingOrganization and recipientOrganization)"),
    gettext_noop("this is a package of grants; use --source 360giving"),
    gettext_noop("this JSON lists no organizations and no services"),
    gettext_noop("this JSON lists no organizations and no services (with an id and a name)"),
    # one row
    gettext_noop("the row has %(cells)s cells but the header names %(columns)s"),
    gettext_noop("this number is in row %(row)s already"),
    gettext_noop("the number is missing, so the organization could not be found again"),
    gettext_noop("the number is longer than 80 characters"),
    gettext_noop("there is no name"),
    gettext_noop("is longer than %(most)s characters"),
    gettext_noop("holds a letter that cannot be read; save the file as UTF-8"),
    gettext_noop("the %(what)s holds a letter that cannot be read; save the file as UTF-8"),
    gettext_noop("is not an amount; write it like 75186.00"),
    gettext_noop("is not a date; write it like 2019-10-31"),
    gettext_noop("is not a month; write it like 199204"),
    gettext_noop("is not an EIN; write its nine digits, like 010130427"),
    gettext_noop("is not a business number; write it like 123456789RR0001"),
    gettext_noop("is no province or territory; use a code such as SK"),
    gettext_noop("is no province or territory; write it like SK or Saskatchewan, or say the country as well"),
    gettext_noop("is no designation; there are A (public foundation), B (private foundation), C (charity)"),
    gettext_noop("is no category of the T3010"),
    gettext_noop("is not a kind we know; use one of %(kinds)s"),
    gettext_noop("is not a code of our vocabulary"),
    gettext_noop("the row names no organization"),
    gettext_noop("this is no record of an organization or a service"),
    gettext_noop("this is no grant"),
    gettext_noop("the grant has no identifier, so it could not be found again"),
    gettext_noop("the organization has no identifier, so it could not be found again"),
    gettext_noop("the grant does not say which organization"),
    gettext_noop(
        "another directory has “%(name)s” under this number; "
        "say who publishes this one, so that their numbers stay apart"
    ),
)
WORDS = (
    gettext_noop("a table"),
    gettext_noop("JSON"),
    gettext_noop("a folder or zip of tables"),
    gettext_noop("register's number"),
    gettext_noop("name"),
    gettext_noop("organization"),
    gettext_noop("service or location"),
)
"""What a reason names that has a word of its own in each language."""
GAP = re.compile(r"%\\\((\w+)\\\)s")
"""Where a template has a gap, as re.escape writes it."""


@cache
def patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each reason with the pattern of its English words; the longer ones first, for some begin alike."""
    found = [(said, re.compile(GAP.sub(r"(?P<\1>.+?)", re.escape(said)), re.DOTALL)) for said in REASONS]
    return tuple(sorted(found, key=lambda one: -len(one[0])))


def in_words(reason: str) -> str:
    """A reason in the language of the page; as it is where nobody has put it into words."""
    for said, pattern in patterns():
        if found := pattern.fullmatch(reason):
            return gettext(said) % {key: each_word(value) for key, value in found.groupdict().items()}
    return reason


def each_word(value: str) -> str:
    return " / ".join(gettext(part) if part in WORDS else part for part in value.split(" or "))


def with_place(problem: Any) -> str:
    """A problem of the whole file, with row and column where it has them."""
    row = gettext("row %(row)s") % {"row": problem.row} if problem.row is not None else ""
    column = gettext("column “%(column)s”") % {"column": problem.column} if problem.column else ""
    place = ", ".join(filter(None, (row, column)))
    return f"{place}: {in_words(problem.reason)}" if place else in_words(problem.reason)
