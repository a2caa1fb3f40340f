"""What is asked about visions and their versions. Everything reads what the open scope shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from concorda.begin.governance.models import Decision
from concorda.begin.governance.subjects import Note, Wording
from concorda.begin.vision.common import Common, common_words
from concorda.begin.vision.models import Comment, OwnVision, Statement, StatementVersion, Support
from concorda.foundation.organizations.models import Organization
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.partnerships.queries import committed

LABEL = "vision.statementversion"
"""What decisions about versions carry as their subject."""


def statements(partnership: Partnership) -> list[Statement]:
    """All statements with their versions, latest first, each version with its decision."""
    versions = StatementVersion.objects.select_related("decision", "author").order_by("-number")
    found = Statement.objects.filter(partnership=partnership).select_related("adopted__decision", "translates")
    return list(found.prefetch_related(Prefetch("versions", queryset=versions)))


def adopted(partnership: Partnership) -> QuerySet[Statement]:
    """The statements that were adopted, in the words that were."""
    found = Statement.objects.filter(partnership=partnership, adopted__isnull=False)
    return found.select_related("adopted__decision", "translates")


def latest(statement: Statement) -> StatementVersion | None:
    """The newest version; uses what `statements` fetched."""
    return next(iter(statement.versions.all()), None)


def main_vision(found: Iterable[Statement]) -> Statement | None:
    """The vision itself, not its translation."""
    return next((one for one in found if one.kind == Statement.Kind.VISION and one.translates_id is None), None)


def before(version: StatementVersion) -> StatementVersion | None:
    """The version before this one."""
    earlier = StatementVersion.objects.filter(statement_id=version.statement_id, number__lt=version.number)
    return earlier.order_by("-number").first()


def open_decision(statement: Statement) -> Decision | None:
    """The decision about one of its versions that is a draft or open, if there is one."""
    versions = StatementVersion.objects.filter(statement=statement).values("pk")
    found = Decision.objects.filter(subject=LABEL, subject_id__in=versions)
    return found.filter(status__in=[Decision.Status.DRAFT, Decision.Status.OPEN]).first()


# Side by side


@dataclass(frozen=True)
class SideBySide:
    """The partners' own visions, the words they share, and who has written none."""

    own: Sequence[OwnVision]
    words: Sequence[Common]
    missing: Sequence[Organization]


def side_by_side(partnership: Partnership) -> SideBySide:
    own = list(OwnVision.objects.filter(partnership=partnership).select_related("organization"))
    organizations = [partner.organization for partner in committed(partnership)]
    written = {one.organization_id for one in own if one.shared}
    words = common_words((one.organization.short, one.text, one.language) for one in own)
    return SideBySide(own, words, [one for one in organizations if one.pk not in written])


# Support


@dataclass(frozen=True)
class Gradient:
    """How far the organizations support a version: step → who stands there."""

    at: Mapping[Support.Step, Sequence[Support]]

    @property
    def counts(self) -> list[int]:
        return [len(self.at[step]) for step in Support.Step]

    @property
    def answered(self) -> int:
        return sum(self.counts)

    @property
    def behind(self) -> int:
        """How many are for it: steps 1 to 3."""
        return sum(self.counts[:3])


def gradient(version: StatementVersion) -> Gradient:
    given = list(Support.objects.filter(version=version).select_related("organization"))
    return Gradient({step: [one for one in given if one.step == step] for step in Support.Step})


# For the page of the decision


def wording(decision: Decision) -> Wording | None:
    """The version put to decision beside the one before it, with the notes on its words."""
    version = StatementVersion.objects.filter(pk=decision.subject_id).select_related("statement").first()
    if version is None:
        return None
    earlier = before(version)
    slug = decision.partnership.slug
    return Wording(
        before=earlier.text if earlier else "",
        after=version.text,
        before_label=str(earlier) if earlier else "",
        after_label=str(version),
        language=version.statement.language,
        notes=notes(version),
        try_url=reverse("vision:write", args=[slug, version.statement_id]),
        try_label=_("Try this wording as version %(number)s") % {"number": next_number(version.statement)},
    )


def next_number(statement: Statement) -> int:
    numbers = StatementVersion.objects.filter(statement=statement).order_by("-number").values_list("number", flat=True)
    return (numbers.first() or 0) + 1


def notes(version: StatementVersion) -> list[Note]:
    """Who asked for which words, in the order of the text: a person with their reason, or the organization."""
    found = [
        Note(comment.passage, asked_by(comment), comment.text)
        for comment in comments(version)
        if comment.passage and comment.passage in version.text
    ]
    return sorted(found, key=lambda note: version.text.find(note.passage))


def asked_by(comment: Comment) -> str:
    organization = comment.by.organization
    return organization.name if organization and not comment.text else comment.by.person.name


def comments(version: StatementVersion) -> QuerySet[Comment]:
    return Comment.objects.filter(version=version).select_related("by__person", "by__organization")
