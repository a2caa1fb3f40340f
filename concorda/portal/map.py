"""The sentences of the partnership map, composed from the progress of its elements."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concorda.foundation.core.text import listed
from concorda.foundation.process.progress import StageProgress, current_stage
from concorda.foundation.process.stages import State


def standing(stages: Sequence[StageProgress]) -> dict[str, str]:
    """Where the partnership stands: the bold sentence, and the rest."""
    total = sum(one.applicable for one in stages)
    done, half, care = (sum(one.count(state) for one in stages) for state in (State.DONE, State.HALF, State.CARE))
    lead = _("You are in %(stage)s.") % {"stage": current_stage(tuple(stages)).title}
    rest = ngettext(
        "%(done)s of %(total)s elements is in place and %(half)s under way.",
        "%(done)s of %(total)s elements are in place and %(half)s under way.",
        done,
    ) % {"done": done, "total": total, "half": half}
    if care:
        phrases = [p.care or str(tool.title) for one in stages for tool, p in one.tools if p.state == State.CARE]
        rest += " " + ngettext("One needs care: %(what)s.", "%(count)s need care: %(what)s.", care) % {
            "count": care,
            "what": listed(phrases),
        }
    return {"lead": lead, "rest": rest}


def stage_sentence(one: StageProgress) -> str:
    """For example "2 of 4 in place, 1 needs care"."""
    parts = [_("%(done)s of %(total)s in place") % {"done": one.count(State.DONE), "total": one.applicable}]
    care = one.count(State.CARE)
    if care:
        parts.append(ngettext("%(count)s needs care", "%(count)s need care", care) % {"count": care})
    return ", ".join(parts)
