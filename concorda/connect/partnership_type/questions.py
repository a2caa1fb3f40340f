"""The ten dimensions, each asked twice (needed, feasible), and the four gates; every step in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from concorda.foundation.process.stages import Text
from concorda.foundation.process.worksheet import Question


@dataclass(frozen=True)
class Dimension:
    key: str
    title: Text
    anchors: tuple[Text, ...]

    @property
    def needed(self) -> Question:
        return Question(f"{self.key}.needed", _("What is needed"), self.anchors)

    @property
    def feasible(self) -> Question:
        return Question(f"{self.key}.feasible", _("What is feasible for us"), self.anchors)


@dataclass(frozen=True)
class Gate:
    key: str
    title: Text
    anchors: tuple[Text, ...]

    @property
    def question(self) -> Question:
        return Question(f"gate.{self.key}", self.title, self.anchors)


DIMENSIONS = (
    Dimension("formality", _("How much is written down"), (
        _("Nothing; we know each other"),
        _("Notes of what we said"),
        _("A letter that says who does what"),
        _("A signed memorandum with clauses"),
        _("A contract or a new legal body"),
    )),
    Dimension("decisions", _("Who decides"), (
        _("Each for itself"),
        _("Each for itself, after hearing the others"),
        _("Together on the work we share"),
        _("A joint table, binding for the work we share"),
        _("One board for all of it"),
    )),
    Dimension("resources", _("What is put together"), (
        _("Nothing"),
        _("Information and contacts"),
        _("Rooms, equipment or staff hours now and then"),
        _("Staff and money set aside for shared work"),
        _("One budget and one staff"),
    )),
    Dimension("risk", _("Who carries the risk"), (
        _("Each its own"),
        _("Each its own, but we warn one another"),
        _("We help who is hit"),
        _("We answer together for shared work"),
        _("We stand or fall together"),
    )),
    Dimension("rewards", _("Who gets the credit and the gain"), (
        _("Each its own"),
        _("We mention one another"),
        _("Credit is shared by contribution"),
        _("Results belong to all of us"),
        _("There is only one name and one account"),
    )),
    Dimension("autonomy", _("How much freedom is given up"), (
        _("None of it"),
        _("We tell the others before we act"),
        _("We fit our plans to each other"),
        _("Some things we no longer do on our own"),
        _("We no longer act on our own in this field"),
    )),
    Dimension("duration", _("For how long"), (
        _("One occasion"),
        _("A few months"),
        _("About a year"),
        _("Several years, with an end or a review"),
        _("For good"),
    )),
    Dimension("interdependence", _("How much one’s work hangs on another’s"), (
        _("Not at all"),
        _("We refer people to each other"),
        _("One starts where another stops"),
        _("We work on the same cases or products"),
        _("Nobody can do a part without the others"),
    )),
    Dimension("accountability", _("How complex it is, and who answers for it"), (
        _("Simple; nobody asks"),
        _("Each reports on its own"),
        _("Several reports that must agree"),
        _("Joint reports, several funders or laws"),
        _("One body answers for all, under strict rules"),
    )),
    Dimension("capacity", _("How much we help one another grow"), (
        _("Not at all"),
        _("We share what we learn"),
        _("We train one another’s people"),
        _("We invest in what another lacks"),
        _("We build what none of us could have alone"),
    )),
)  # fmt: skip

GATES = (
    Gate("trust", _("Trust: how far do we trust the others?"), (
        _("We do not"),
        _("Hardly, or only some of them"),
        _("As far as we have seen"),
        _("With our reputation"),
        _("With what we cannot afford to lose"),
    )),
    Gate("time", _("Time: how much time and strength do we have?"), (
        _("None to spare"),
        _("A meeting now and then"),
        _("A few hours a month"),
        _("Somebody every week"),
        _("Whatever it takes"),
    )),
    Gate("authority", _("Permission: what may we agree to?"), (
        _("Nothing without long approval"),
        _("To talk"),
        _("Small commitments"),
        _("Most commitments, within limits"),
        _("Anything that serves the purpose"),
    )),
    Gate("history", _("History: how has working together gone before?"), (
        _("Badly, and it is not settled"),
        _("Badly, but settled"),
        _("We have no history"),
        _("Mostly well"),
        _("Well, more than once"),
    )),
)  # fmt: skip


def questions() -> Iterator[Question]:
    """All twenty-four, in the order in which they are asked."""
    for dimension in DIMENSIONS:
        yield dimension.needed
        yield dimension.feasible
    for gate in GATES:
        yield gate.question
