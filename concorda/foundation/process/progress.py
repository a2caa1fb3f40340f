"""Where a partnership stands, element by element: computed once per change, language and day, then kept."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day
from concorda.foundation.core.scoping import EVERY, within
from concorda.foundation.partnerships.access import Access
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.process.models import Element
from concorda.foundation.process.stages import Progress, Stage, State, Tool, Waiting, stages, tools

DAY = 86400


def version_key(partnership: Partnership, *parts: object) -> str:
    """Changes with every line of the timeline, so what is kept under it is never out of date."""
    return ":".join(
        map(str, (partnership.pk, partnership.length, partnership.head[:12], clock.today(), get_language(), *parts))
    )


def progress_of(partnership: Partnership) -> Mapping[str, Progress]:
    """Tool key → progress, for all tools."""
    key = f"progress:{version_key(partnership)}"
    found = cache.get(key)
    if found is None:
        found = compute(partnership)
        cache.set(key, found, DAY)
    return found


def forget(partnership: Partnership, person: Person | None = None) -> None:
    """Compute it again next time: for changes too small for a line of the timeline, such as a message being opened.

    With `person`, what waits for them is computed again as well.
    """
    for language, _name in settings.LANGUAGES:
        with override(language):
            cache.delete(f"progress:{version_key(partnership)}")
            if person:
                cache.delete(f"waiting:{version_key(partnership, person.pk)}")


def compute(partnership: Partnership) -> dict[str, Progress]:
    with within(partnership, EVERY):
        said = {element.tool: element for element in Element.objects.all()}
        return {tool.key: stands(tool, partnership, said.get(tool.key)) for tool in tools()}


def stands(tool: Tool, partnership: Partnership, said: Element | None) -> Progress:
    """Where an element stands: left out; in place since before it was recorded here; else what its records say."""
    if said and said.left_out_because:
        return Progress(State.SKIPPED, said.left_out_because)
    found = tool.progress(partnership)
    if said and said.agreed_on and found.state == State.NONE:
        words = {"day": say_day(said.agreed_on), "who": said.agreed_by, "where": said.agreed_in}
        return Progress(State.DONE, _("Agreed on %(day)s by %(who)s: %(where)s.") % words, step=found.step)
    return found


@dataclass(frozen=True)
class StageProgress:
    stage: Stage
    tools: tuple[tuple[Tool, Progress], ...]

    def count(self, state: State) -> int:
        return sum(progress.state == state for _, progress in self.tools)

    @property
    def applicable(self) -> int:
        return len(self.tools) - self.count(State.SKIPPED)

    @property
    def state(self) -> State:
        """The knot of the stage."""
        if self.count(State.DONE) == self.applicable:
            return State.DONE
        if self.count(State.NONE) == self.applicable:
            return State.NONE
        return State.HALF


def overview(partnership: Partnership) -> tuple[StageProgress, ...]:
    """The four stages with the progress of their tools."""
    found = progress_of(partnership)
    return tuple(StageProgress(stage, tuple((tool, found[tool.key]) for tool in stage.tools)) for stage in stages())


def current_stage(stages_found: tuple[StageProgress, ...]) -> Stage:
    """The latest stage in which something is in place; the first for a new partnership."""
    reached = [one.stage for one in stages_found if one.count(State.DONE)]
    return reached[-1] if reached else stages_found[0].stage


def waiting_for(access: Access) -> list[tuple[Tool, Waiting]]:
    """What waits for one person in one partnership: late first, then by date."""
    key = f"waiting:{version_key(access.partnership, access.person.pk)}"
    found = cache.get(key)
    if found is None:
        with within(access.partnership, access.own_organizations):
            found = [(tool.key, waiting) for tool in tools() for waiting in tool.waiting(access)]
        cache.set(key, found, DAY)
    by_key = {tool.key: tool for tool in tools()}
    return sorted(((by_key[key], waiting) for key, waiting in found), key=urgency)


def urgency(pair: tuple[Tool, Waiting]) -> tuple[bool, bool, str]:
    waiting = pair[1]
    return (not waiting.late, waiting.due is None, str(waiting.due))
