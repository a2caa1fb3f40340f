from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day
from concorda.foundation.partnerships.access import Access, Role
from concorda.foundation.partnerships.models import Participant, Partnership
from concorda.foundation.process.stages import Progress, State, Step, Tool, Waiting
from concorda.implement.action_plans import queries, rights, services
from concorda.implement.action_plans.forecast import Forecast, Line
from concorda.implement.action_plans.models import Action


def finish_sentence(found: Forecast) -> str:
    """ "The finish has moved from 30 June to 9 July." """
    if found.finish is None:
        return _("No actions with a date yet.")
    finish = {"finish": say_day(found.finish)}
    if found.planned_finish is None:
        return _("The plan finishes on %(finish)s.") % finish
    if found.moved:
        return _("The finish has moved from %(before)s to %(finish)s.") % (
            finish | {"before": say_day(found.planned_finish)}
        )
    return _("The finish stays on %(finish)s.") % finish


def state_sentence(found: Forecast) -> str:
    """ "3 of 14 deliverables are done, 2 are slipping, and one of those is on the critical path." """
    total = len(found.counted)
    if not total:
        return _("An action says who does what by when.")
    facts = {"done": found.done, "total": total_words(found)}
    first = (
        ngettext("%(done)s of %(total)s is done", "%(done)s of %(total)s are done", 1 if total == 1 else found.done)
        % facts
    )
    slipping = found.slipping
    if not slipping:
        return _("%(first)s, none is slipping.") % {"first": first}
    second = ngettext("%(n)s is slipping", "%(n)s are slipping", len(slipping)) % {"n": len(slipping)}
    critical = sum(line.critical for line in slipping)
    if critical:
        third = ngettext("%(n)s of those is on the critical path", "%(n)s of those are on the critical path", critical)
        return _("%(first)s, %(second)s, and %(third)s.") % {
            "first": first,
            "second": second,
            "third": third % {"n": critical},
        }
    return _("%(first)s, %(second)s; the finish does not move by that.") % {"first": first, "second": second}


def counted(number: int) -> str:
    """A number that opens a sentence, as a word up to nine."""
    words = pgettext("numbers that open a sentence", "None One Two Three Four Five Six Seven Eight Nine").split()
    return words[number] if number < len(words) else str(number)


def progress(partnership: Partnership) -> Progress:
    found = queries.forecast_of(partnership)
    total = len(found.counted)
    if not total:
        url = reverse("action_plans:action_new", args=[partnership.slug])
        return Progress(State.NONE, _("Nobody has written an action yet."), step=Step(_("Write the first action"), url))
    home = reverse("action_plans:home", args=[partnership.slug])
    slipping = found.slipping
    if slipping:
        first = ngettext("%(late)s of %(total)s slips.", "%(late)s of %(total)s slip.", len(slipping))
        sentence = first % {"late": counted(len(slipping)), "total": total_words(found)}
        if found.moved and found.finish:
            sentence += " " + _("The finish moves to %(day)s.") % {"day": say_day(found.finish)}
        step = Step(_("Decide what to do about “%(what)s”") % {"what": slipping[0].action}, home)
        return Progress(State.CARE, sentence, found.done, total, step, care=_("the action plan"))
    sentence = state_sentence(found)
    if found.finish:
        sentence += " " + finish_sentence(found)
    return Progress(State.DONE if found.done == total else State.HALF, sentence, found.done, total)


def total_words(found: Forecast) -> str:
    """ "14 deliverables", or "3 actions" where nothing is a deliverable."""
    total = len(found.counted)
    if found.counted[0].kind == "deliverable":
        return ngettext("%(n)s deliverable", "%(n)s deliverables", total) % {"n": total}
    return ngettext("%(n)s action", "%(n)s actions", total) % {"n": total}


def waiting(access: Access) -> Iterator[Waiting]:
    """What is due within a week or overdue, and for those who lead: what to decide about what slips."""
    if not rights.may_write(access):
        return
    today = clock.today()
    for action in queries.due_soon(access).select_related("partnership"):
        label = _("Finish “%(what)s”") % {"what": action.title}
        late = action.due is not None and action.due < today
        yield Waiting(label, action.get_absolute_url(), str(_("Action plan")), action.due, late, icon="check")
    yield from handed(access)
    for line in queries.forecast_of(access.partnership).slipping:
        if decides(access, line):
            label = _("Decide what to do about “%(what)s”") % {"what": line.action.title}
            detail = ngettext("%(n)s working day late", "%(n)s working days late", line.late) % {"n": line.late}
            url = reverse("action_plans:action_detail", args=[access.partnership.slug, line.action.pk])
            yield Waiting(label, url, detail, line.own_end, late=True, icon="alert")


def handed(access: Access) -> Iterator[Waiting]:
    """What was handed over and waits for this person's word, came back, or is done with nothing to show it."""
    url = reverse("action_plans:hand_overs", args=[access.partnership.slug])
    for link in queries.to_answer(access):
        label = _("Say whether you can work with “%(what)s”") % {"what": link.before.title}
        yield Waiting(label, url, str(_("Action plan")), link.after.due, icon="flag")
    for link in queries.to_mend(access):
        label = _("Put right “%(what)s” and hand it over again") % {"what": link.before.title}
        yield Waiting(label, url, link.sent_back_because, link.before.due, icon="alert")
    for action in queries.unproven(access).select_related("partnership"):
        label = _("Say what shows that “%(what)s” is done") % {"what": action.title}
        yield Waiting(label, action.get_absolute_url(), str(_("Action plan")), icon="doc")


def decides(access: Access, line: Line) -> bool:
    """The chair of its group decides, a project manager for all, a coordinator where no group or chair is named."""
    group = line.action.group
    if access.has_role(Role.PROJECT_MANAGER) or (group and group.chair_id == access.participant.pk):
        return True
    return rights.steers(access) and (group is None or group.chair_id is None)


def holds(participant: Participant) -> Iterator[Step]:
    """The open actions somebody answers for."""
    for action in queries.unfinished(participant).select_related("partnership"):
        yield Step(_("Finish “%(what)s”") % {"what": action.title}, action.get_absolute_url())


TOOL = Tool(
    key="action_plans",
    title=gettext_lazy("Action plans"),
    question=gettext_lazy("Who does what by when?"),
    progress=progress,
    waiting=waiting,
    searchable=(lambda _access: Action.objects.all(),),
    holds=holds,
    pass_on=services.pass_on,
)
