"""One text written by two people at once: both changes in one text, and nothing lost where they meet (diff3)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

LINES = re.compile(r"[^\n]*\n|[^\n]+")
WORDS = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True)
class Clash:
    """A passage both changed: what stands on either side; the merged text keeps both, theirs first."""

    mine: str
    theirs: str


@dataclass(frozen=True)
class Merged:
    text: str
    clashes: tuple[Clash, ...] = ()


def merge(base: str, mine: str, theirs: str) -> Merged:
    """The text that has both changes of `base`; where they meet, both passages stand one after the other.

    Compared line by line, and word by word inside lines that both changed. Whatever either side wrote is in the result.
    """
    if mine in (theirs, base):
        return Merged(theirs)
    if theirs == base:
        return Merged(mine)
    text, clashes = [], []
    for before, ours, other in chunks(LINES.findall(base), LINES.findall(mine), LINES.findall(theirs)):
        piece, clash = settle(before, ours, other)
        text.append(piece)
        if clash:
            clashes.append(clash)
    return Merged(closed(text), tuple(clashes))


def settle(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> tuple[str, Clash | None]:
    """One stretch of lines: whoever changed it is followed; if both did, word by word, else both are kept."""
    if list(mine) == list(theirs) or list(mine) == list(base):
        return "".join(theirs), None
    if list(theirs) == list(base):
        return "".join(mine), None
    by_words = merged_words("".join(base), "".join(mine), "".join(theirs))
    if by_words is not None:
        return by_words, None
    other, ours = "".join(theirs), "".join(mine)
    joint = "" if not other or not ours or other.endswith("\n") else "\n"
    return other + joint + ours, Clash(ours, other)


def merged_words(base: str, mine: str, theirs: str) -> str | None:
    """Changes at different words of the same lines, together; None where they meet, or where lines are new."""
    if not base:
        return None
    words: list[str] = []
    for before, ours, other in chunks(WORDS.findall(base), WORDS.findall(mine), WORDS.findall(theirs)):
        if list(ours) in (list(other), list(before)):
            words.extend(other)
        elif list(other) == list(before):
            words.extend(ours)
        else:
            return None
    return "".join(words)


def chunks(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]
) -> Iterator[tuple[Sequence[str], Sequence[str], Sequence[str]]]:
    """The three texts cut into stretches, between the elements that all three have in common."""
    here, there = anchors(base, mine), anchors(base, theirs)
    at = (0, 0, 0)
    for place in range(len(base)):
        if place not in here or place not in there:
            continue
        stop = (place, here[place], there[place])
        before = (base[at[0] : stop[0]], mine[at[1] : stop[1]], theirs[at[2] : stop[2]])
        if any(before):
            yield before
        yield (base[place : place + 1],) * 3
        at = (stop[0] + 1, stop[1] + 1, stop[2] + 1)
    rest = (base[at[0] :], mine[at[1] :], theirs[at[2] :])
    if any(rest):
        yield rest


def anchors(base: Sequence[str], other: Sequence[str]) -> dict[int, int]:
    """Place in `base` → place in `other` of the elements both have, in order."""
    blocks = SequenceMatcher(None, base, other, autojunk=False).get_matching_blocks()
    return {block.a + step: block.b + step for block in blocks for step in range(block.size)}


def closed(pieces: Sequence[str]) -> str:
    """The pieces as one text; a last line without an end gets one before anything that follows it."""
    out = ""
    for piece in pieces:
        if out and piece and not out.endswith("\n") and "\n" not in piece[:1]:
            out += "\n"
        out += piece
    return out
