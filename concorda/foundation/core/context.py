"""What every page knows about how it is to be shown."""

from typing import Any

from django.http import HttpRequest

SCHEMES = ("light", "dark")
SCHEME_COOKIE = "scheme"


def scheme_of(request: HttpRequest) -> str:
    """Light or dark as the reader chose: their own setting, else this browser's; "" follows the device."""
    chosen = getattr(getattr(request, "user", None), "scheme", "") or request.COOKIES.get(SCHEME_COOKIE, "")
    return chosen if chosen in SCHEMES else ""


def appearance(request: HttpRequest) -> dict[str, Any]:
    """`scheme` ("", light, dark) and `wall` (true when the page hangs on the wall)."""
    return {"scheme": scheme_of(request), "wall": request.GET.get("view") == "wall"}
