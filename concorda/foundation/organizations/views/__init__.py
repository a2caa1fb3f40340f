"""Pages of organizations: the directory, one organization and its people, its reflection, registers, the first run."""

from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from concorda.foundation.organizations.models import Membership
from concorda.foundation.organizations.visits import Visit


def is_steward(request: HttpRequest) -> bool:
    return bool(request.user.is_authenticated and (request.user.is_steward or request.user.is_superuser))


def stewards_only(view: Any) -> Any:
    """A page of the network stewards; others may not."""

    @wraps(view)
    def guarded(request: Visit, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_steward(request):
            raise PermissionDenied(_("This page is for the stewards of the network."))
        return view(request, *args, **kwargs)

    setattr(guarded, "for_stewards", True)  # noqa: B010  the walk looks for it
    return guarded


def admins_only(view: Any) -> Any:
    """A page of the organization's administrators; its other people may not."""

    @wraps(view)
    def guarded(request: Visit, *args: Any, **kwargs: Any) -> HttpResponse:
        if not administers(request):
            raise PermissionDenied(_("Only an administrator of your organization can do this."))
        return view(request, *args, **kwargs)

    return guarded


def administers(request: Visit) -> bool:
    return request.membership.role == Membership.Role.ADMIN
