"""What the frame of a page inside a partnership needs."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from concorda.foundation.partnerships.access import Ability, Access
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.process.guides import guide
from concorda.foundation.process.progress import StageProgress, overview, progress_of, waiting_for
from concorda.foundation.process.stages import Tool, stages, tool_of


def partnership(request: HttpRequest) -> dict[str, Any]:
    """Partnership, access, stages with their knots; for a tool's page the tool, its siblings, progress and guide."""
    if request.user.is_anonymous:
        return {}
    joined = {"partnerships": Partnership.objects.visible_to(request.user).order_by("name")}
    access = getattr(request, "access", None)
    if access is None:
        return joined
    here = access.partnership
    match = request.resolver_match
    current = tool_of(getattr(match.func, "__module__", "") or "") if match else None
    return {
        **joined,
        "partnership": here,
        "access": access,
        "stages": [stage_facts(one, here) for one in overview(here)],
        "needs_count": len(waiting_for(access)),
        **(tool_facts(current, access) if current else {}),
    }


def stage_facts(one: StageProgress, here: Partnership) -> dict[str, Any]:
    url = reverse("partnership:stage", args=[here.slug, one.stage.key])
    return {"key": one.stage.key, "title": one.stage.title, "url": url, "state": one.state}


def tool_facts(tool: Tool, access: Access) -> dict[str, Any]:
    here = access.partnership
    stage = next(stage for stage in stages() if stage.key == tool.stage)
    progress = progress_of(here)[tool.key]
    if not access.can(Ability.SEE):
        progress = replace(progress, step=None)  # steps are for those who take part
    return {
        "tool": tool,
        "stage": stage,
        "tools": [
            {"key": one.key, "title": one.title, "url": one.url(here)} for one in stage.tools if one.opens_for(access)
        ],
        "progress": progress,
        "guide": guide(tool),
    }
