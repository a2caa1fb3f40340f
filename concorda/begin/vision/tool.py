from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concorda.begin.governance.models import Decision
from concorda.begin.governance.naming import the
from concorda.begin.governance.queries import open_decisions, standing, waiting_on
from concorda.begin.vision import queries
from concorda.begin.vision.models import OwnVision, Statement, StatementVersion
from concorda.foundation.core.moments import say_day
from concorda.foundation.core.text import listed
from concorda.foundation.partnerships.access import Ability, Access
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.partnerships.queries import committed
from concorda.foundation.process.stages import Progress, State, Step, Text, Tool, Waiting


def progress(partnership: Partnership) -> Progress:
    """How far the vision has come: own visions, a draft, the decision with its objections, adopted."""
    found = queries.statements(partnership)
    vision = queries.main_vision(found)
    version = queries.latest(vision) if vision else None
    if vision is None or version is None:
        return before_the_first(partnership)
    asked = queries.open_decision(vision)
    if asked and asked.is_open:
        return being_decided(partnership, asked)
    if vision.adopted:
        return in_place(partnership, vision, found)
    return drafted(partnership, version)


def before_the_first(partnership: Partnership) -> Progress:
    written = OwnVision.objects.filter(partnership=partnership, shared=True).count()
    total = committed(partnership).count()
    if not written:
        own = Step(_("Write down what your organization wants"), reverse("vision:own", args=[partnership.slug]))
        return Progress(State.NONE, _("Nobody has written down a vision yet."), step=own)
    said = ngettext(
        "%(count)s of %(total)s partner has written down what it wants.",
        "%(count)s of %(total)s partners have written down what they want.",
        total,
    ) % {"count": written, "total": total}
    step = Step(_("Draft the common vision"), reverse("vision:new", args=[partnership.slug]))
    return Progress(State.HALF, said, written, total, step)


def drafted(partnership: Partnership, version: StatementVersion) -> Progress:
    given = queries.gradient(version)
    url = reverse("vision:version", args=[partnership.slug, version.pk])
    named = {"number": version.number, "behind": given.behind}
    if version.decision and version.decision.status == Decision.Status.DECIDED:
        sentence = _("Version %(number)s of the vision was not adopted.") % named
        return Progress(State.CARE, sentence, step=Step(_("Try another wording"), url), care=_("the vision"))
    if not given.answered:
        sentence = _("Version %(number)s of the vision is a draft.") % named
        return Progress(State.HALF, sentence, step=Step(_("Say how far you support it"), url))
    sentence = ngettext(
        "Version %(number)s of the vision is a draft; %(behind)s partner supports it.",
        "Version %(number)s of the vision is a draft; %(behind)s partners support it.",
        given.behind,
    )
    return Progress(State.HALF, sentence % named, step=Step(_("Put it to decision"), url))


def being_decided(partnership: Partnership, asked: Decision) -> Progress:
    """The version that is open for replies; an objection needs care."""
    found = standing(asked)
    url = reverse("governance:decision_detail", args=[partnership.slug, asked.pk])
    number = StatementVersion.objects.values_list("number", flat=True).get(pk=asked.subject_id)
    objecting = found.objections
    if objecting:
        sentence = ngettext(
            "Version %(number)s of the vision has one objection.",
            "Version %(number)s of the vision has %(count)s objections.",
            len(objecting),
        ) % {"number": number, "count": len(objecting)}
        names = listed([the(reply.name) for reply in objecting[:3]])
        step = Step(_("Answer %(names)s") % {"names": names}, url)
        return Progress(State.CARE, sentence, found.replied, found.of, step, _("the vision"))
    sentence = ngettext(
        "%(replied)s of %(of)s organization has replied to version %(number)s of the vision.",
        "%(replied)s of %(of)s organizations have replied to version %(number)s of the vision.",
        found.of,
    ) % {"replied": found.replied, "of": found.of, "number": number}
    return Progress(State.HALF, sentence, found.replied, found.of, Step(_("Read what they say"), url))


def in_place(partnership: Partnership, vision: Statement, found: Sequence[Statement]) -> Progress:
    adopted = vision.adopted
    assert adopted
    day = adopted.decision.decided_at if adopted.decision and adopted.decision.decided_at else adopted.at
    sentence = _("The vision was adopted on %(day)s.") % {"day": say_day(timezone.localtime(day).date())}
    home = reverse("vision:home", args=[partnership.slug])
    if not any(one.kind == Statement.Kind.MISSION for one in found):
        new = reverse("vision:new", args=[partnership.slug])
        return Progress(State.DONE, sentence, step=Step(_("Draft the mission"), f"{new}?kind=mission"))
    return Progress(State.DONE, sentence, step=Step(_("Read what you adopted"), home))


OBJECTIONS: dict[str, Text] = {
    Statement.Kind.VISION: gettext_lazy("Answer %(organization)s’s objection to the vision"),
    Statement.Kind.MISSION: gettext_lazy("Answer %(organization)s’s objection to the mission"),
    Statement.Kind.VALUE: gettext_lazy("Answer %(organization)s’s objection to a value"),
    Statement.Kind.GROUND_RULE: gettext_lazy("Answer %(organization)s’s objection to the ground rules"),
}


def waiting(access: Access) -> Iterator[Waiting]:
    """Replies and answers that decisions about statements wait for; the own vision that is not written yet."""
    asked = open_decisions(access.partnership).filter(subject=queries.LABEL)
    kinds = dict(
        StatementVersion.objects.filter(pk__in=asked.values("subject_id")).values_list("pk", "statement__kind")
    )
    yield from waiting_on(access, asked, lambda one: OBJECTIONS[kinds[one.subject_id]])
    if not speaks(access) or OwnVision.objects.filter(organization=access.organization).exists():
        return
    if Statement.objects.filter(kind=Statement.Kind.VISION, adopted__isnull=False).exists():
        return
    assert access.organization
    label = _("Write down what %(organization)s wants to reach") % {"organization": access.organization.short}
    yield Waiting(label, reverse("vision:own", args=[access.partnership.slug]), icon="pen")


def speaks(access: Access) -> bool:
    """May this person write for their organization?"""
    return bool(access.organization and access.can(Ability.AGREE, stage="begin", tool="vision"))


TOOL = Tool(
    key="vision",
    title=gettext_lazy("Vision & mission"),
    question=gettext_lazy("What do we want to reach together?"),
    progress=progress,
    waiting=waiting,
)
