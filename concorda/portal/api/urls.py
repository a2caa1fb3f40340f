from django.urls import path, re_path

from concorda.portal.api import views
from concorda.portal.api.catalogue import by_path
from concorda.portal.api.entrance import Entrance

app_name = "api"
PARTS = {"{here}": "<slug:here>", "{id}": "<int:id>"}


def pattern(address: str) -> str:
    """The address as Django writes it."""
    parts = [PARTS.get(part, f"<slug:{part[1:-1]}>" if part.startswith("{") else part) for part in address.split("/")]
    return "/".join(parts)


urlpatterns = [
    path("openapi.json", views.contract, name="openapi"),
    path("docs", views.docs, name="docs"),
    *(path(pattern(address[1:]), Entrance.as_view(operations=found)) for address, found in by_path().items()),
    re_path("^.*$", views.nothing, name="nothing"),
]
