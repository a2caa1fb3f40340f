"""What decisions can be about: later tools say here, when they start, what follows from a decision on their records.

A tool calls `register` in `AppConfig.ready`:

    subjects.register("vision.statementversion", settle=services.settle, wording=queries.wording)

`settle(decision)` is called inside the transaction that decides it, whatever the outcome; if it raises, nothing is
decided. `wording(decision)` tells the page of the decision what changes in the text, and where a new one can be tried.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from concorda.begin.governance.models import Decision
from concorda.foundation.core.text import Change, word_changes


@dataclass(frozen=True)
class Note:
    """Who asked for some of the words that changed, and why."""

    passage: str
    who: str
    text: str = ""


Kind = Literal["same", "added", "removed"]


@dataclass(frozen=True)
class Piece:
    """Some words of a text in changes, with the numbers of the notes that end here. Spaces at its ends stand apart."""

    kind: Kind
    whole: str
    notes: Sequence[int] = ()

    @property
    def text(self) -> str:
        return self.whole.strip() if self.kind != "same" else self.whole

    @property
    def lead(self) -> str:
        return " " if self.kind != "same" and self.whole[:1].isspace() else ""

    @property
    def trail(self) -> str:
        return " " if self.kind != "same" and self.whole[-1:].isspace() else ""


@dataclass(frozen=True)
class Wording:
    """The text put to decision beside the one it replaces, with the notes on its words."""

    before: str
    after: str
    before_label: str
    after_label: str
    language: str = ""
    notes: Sequence[Note] = ()
    try_url: str = ""
    """Where another wording can be written; `?instead=` and `?of=` carry words on offer."""
    try_label: str = ""

    @property
    def pieces(self) -> list[Piece]:
        """The changes in reading order, cut after each passage that has a note; added words follow removed ones."""
        ends: dict[int, list[int]] = {}
        for number, note in enumerate(self.notes, start=1):
            start = self.after.find(note.passage)
            if note.passage and start >= 0:
                ends.setdefault(end_of_words(self.after, start + len(note.passage)), []).append(number)
        found, place = [], 0
        for change in smoothed(word_changes(self.before, self.after)) if self.before else [Change("same", self.after)]:
            if change.kind == "removed":
                found.append(Piece(change.kind, change.text))
                continue
            stops = sorted(end for end in ends if place < end <= place + len(change.text))
            for stop in [*stops, place + len(change.text)]:
                text, place = self.after[place:stop], stop
                kind = change.kind if text.strip() else "same"
                found.append(Piece(kind, text, tuple(ends.get(stop, ()))))
        return [piece for piece in found if piece.whole]


def end_of_words(text: str, place: int) -> int:
    """Past the punctuation that follows, so that a note stands behind the comma."""
    while place < len(text) and not text[place].isspace() and not text[place].isalnum():
        place += 1
    return place


def smoothed(changes: Iterable[Change]) -> list[Change]:
    """Neighbouring changes as one: what is removed, then what is added, without lone spaces in between."""
    found: list[Change] = []
    removed = added = ""
    for change in changes:
        if change.kind == "removed":
            removed += change.text
        elif change.kind == "added":
            added += change.text
        elif change.text.strip() or not (removed or added):
            found += flushed(removed, added)
            removed = added = ""
            found.append(change)
        else:
            removed, added = removed + change.text, added + change.text
    return found + flushed(removed, added)


def flushed(removed: str, added: str) -> list[Change]:
    both: list[tuple[Kind, str]] = [("removed", removed), ("added", added)]
    return [Change(kind, text) for kind, text in both if text]


@dataclass(frozen=True)
class Subject:
    settle: Callable[[Decision], None]
    wording: Callable[[Decision], Wording | None]
    tells: bool


def plain(decision: Decision) -> None:
    """No other wording to compare with."""


_known: dict[str, Subject] = {}


def register(
    label: str,
    *,
    settle: Callable[[Decision], None],
    wording: Callable[[Decision], Wording | None] = plain,
    tells: bool = False,
) -> None:
    """Say what follows from decisions about the rows of a model, such as "vision.statementversion".

    With `tells`, the tool itself says what waits for whom in these decisions (`queries.waiting_on`).
    """
    _known[label] = Subject(settle, wording, tells)


def told_elsewhere() -> list[str]:
    """The labels whose tools say themselves what waits."""
    return [label for label, subject in _known.items() if subject.tells]


def settle(decision: Decision) -> None:
    if decision.subject in _known:
        _known[decision.subject].settle(decision)


def wording(decision: Decision) -> Wording | None:
    return _known[decision.subject].wording(decision) if decision.subject in _known else None
