"""Start-up checks: every page behind the door says which ability it needs."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import Error, register
from django.urls import URLPattern, URLResolver, get_resolver


def routes(
    resolver: URLResolver | None = None, prefix: str = "", namespace: tuple[str, ...] = ()
) -> Iterator[tuple[str, Any, str]]:
    """Every URL of the installation: route, view, name with namespace."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.callback, ":".join((*namespace, pattern.name or ""))
        else:
            inner = (*namespace, pattern.namespace) if pattern.namespace else namespace
            yield from routes(pattern, prefix + str(pattern.pattern), inner)


@register()
def every_page_states_its_ability(app_configs: object, **kwargs: object) -> list[Error]:
    return [
        Error(f"{name} ({route}) does not say which ability it needs.", hint="Use @page(Ability…) or a Register.")
        for route, view, name in routes()
        if "<slug:partnership>" in route and getattr(view, "ability", None) is None
    ]
