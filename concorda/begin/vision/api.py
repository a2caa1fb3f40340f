"""Vision for programs: own visions, statements with their versions, comments and support."""

from django.db.models import F, QuerySet

from concorda.begin.vision import views
from concorda.begin.vision.forms import CommentForm, DecideForm, OwnVisionForm, StatementForm, SupportForm, WriteForm
from concorda.begin.vision.models import Comment, OwnVision, Statement, StatementVersion, Support
from concorda.foundation.partnerships.access import Ability, Access
from concorda.foundation.process.resources import Offer, Resource, Verb


def statements(access: Access) -> QuerySet[Statement]:
    found = Statement.objects.all()
    return found if access.can(Ability.SEE) else found.exclude(adopted=None)


def versions(access: Access) -> QuerySet[StatementVersion]:
    """Every version for who takes part; the adopted words for observers."""
    found = StatementVersion.objects.all()
    return found if access.can(Ability.SEE) else found.filter(statement__adopted=F("pk"))


def comments(access: Access) -> QuerySet[Comment]:
    return Comment.objects.exclude(text="")


OFFER = Offer(
    resources=(
        Resource(
            "statements",
            Statement,
            ("kind", "language", "translates", "equal", "adopted", "created_at"),
            read=Ability.OBSERVE,
            rows=statements,
            create=Verb(views.new, StatementForm),
            verbs={"write": Verb(views.write, WriteForm)},
        ),
        Resource(
            "versions",
            StatementVersion,
            ("statement", "number", "text", "note", "at", "digest", "decision"),
            read=Ability.OBSERVE,
            rows=versions,
            verbs={
                "comment": Verb(views.comment, CommentForm),
                "support": Verb(views.support, SupportForm),
                "decide": Verb(views.decide, DecideForm),
            },
        ),
        Resource("comments", Comment, ("version", "passage", "text", "by", "at"), rows=comments),
        Resource("support", Support, ("version", "organization", "step", "comment", "shared")),
        Resource("own-visions", OwnVision, ("organization", "text", "language", "shared", "written_at")),
    ),
    verbs={"say-own": Verb(views.own, OwnVisionForm)},
)
