"""Comparing, fingerprinting and putting together texts."""

import difflib
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import nh3
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

WORDS = re.compile(r"\s+|[^\s]+")


class Change(NamedTuple):
    kind: Literal["same", "added", "removed"]
    text: str


def word_changes(before: str, after: str) -> Iterator[Change]:
    """Differences word by word: joining `same` and `added` gives `after`; `same` and `removed` gives `before`."""
    if before == after:  # what most passages of two versions are; comparing word by word would take long to say so
        yield from [Change("same", after)] if after else []
        return
    old, new = WORDS.findall(before), WORDS.findall(after)
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Change("same", "".join(old[a:b]))
            continue
        if b > a:
            yield Change("removed", "".join(old[a:b]))
        if d > c:
            yield Change("added", "".join(new[c:d]))


def merged(base: str, mine: str, theirs: str) -> str | None:
    """What two people made of `base` put together; None where both changed the same or neighbouring words."""
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    words = WORDS.findall(base)
    edits = sorted({*edits_of(words, mine), *edits_of(words, theirs)})
    if any(later[0] <= earlier[1] for earlier, later in pairwise(edits)):
        return None
    found, at = [], 0
    for start, end, text in edits:
        found += [*words[at:start], text]
        at = end
    return "".join([*found, *words[at:]])


def edits_of(words: Sequence[str], text: str) -> list[tuple[int, int, str]]:
    """How `text` differs from `words`: from which word to before which, and what stands there instead."""
    new = WORDS.findall(text)
    steps = difflib.SequenceMatcher(None, words, new, autojunk=False).get_opcodes()
    return [(a, b, "".join(new[c:d])) for tag, a, b, c, d in steps if tag != "equal"]


def canonical(data: Any) -> str:
    """Data as JSON that is always the same, letter for letter, for the same data."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, default=str)


def fingerprint(data: Any) -> str:
    """SHA-256, in hexadecimal, of data as canonical JSON."""
    return hashlib.sha256(canonical(data).encode()).hexdigest()


def free_slug(model: Any, name: str, *, length: int = 60) -> str:
    """A slug for `name` that no row of `model` has yet."""
    stem = slugify(name)[:length].strip("-") or "x"
    taken = set(model.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    if stem not in taken:
        return stem
    number = 2
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"


def listed(names: Sequence[str]) -> str:
    """The names as in "a, b and c", in the reader's language."""
    if len(names) < 2:
        return "".join(names)
    return _("%(most)s and %(last)s") % {"most": ", ".join(names[:-1]), "last": names[-1]}


def say_money(amount: Decimal) -> str:
    """“$12,500” or “12 500 $”, in the reader's language; cents only where there are some."""
    whole = amount == amount.to_integral_value()
    number = number_format(amount, decimal_pos=0 if whole else 2, use_l10n=True, force_grouping=True)
    return _("$%(number)s") % {"number": number}


TAGS = {
    "p",
    "ul",
    "ol",
    "li",
    "strong",
    "em",
    "h2",
    "h3",
    "h4",
    "a",
    "blockquote",
    "code",
    "pre",
    "br",
    "hr",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


def markdown(text: str) -> SafeString:
    """Markdown as HTML that carries no script, whatever was typed."""
    clean = nh3.clean(_markdown.render(text), tags=TAGS, attributes={"a": {"href"}}, link_rel="noopener nofollow")
    return mark_safe(clean)  # noqa: S308  just cleaned
