"""The door: a URL that names a partnership, or an organization's private rooms, leads in through here or to 404."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from concorda.foundation.core.scoping import scopes_disabled, within, within_own
from concorda.foundation.organizations import visits as organizations
from concorda.foundation.organizations.models import Membership
from concorda.foundation.partnerships.access import Access, Role
from concorda.foundation.partnerships.models import ChangedMeanwhile, Final, Participant, Partnership


def access_of(person: Any, slug: str) -> Access | None:
    """The access of a person to the partnership called `slug`, or None: as if it did not exist."""
    with scopes_disabled():
        participant = (
            Participant.objects.select_related("partnership", "organization")
            .prefetch_related("roles")
            .filter(person=person, partnership__slug=slug, left_on=None)
            .first()
        )
        if participant is None:
            return None
        roles = frozenset(Role(held.role) for held in participant.roles.all())
    return Access(person, participant.partnership, participant, roles)


class Visit(organizations.Visit):
    """A request of somebody signed in, behind the door: in a partnership it has `access` and `partnership` too."""

    access: Access
    partnership: Partnership
    open_scopes: ExitStack


class Door:
    def __init__(self, get_response: Callable[[Visit], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Visit) -> HttpResponse:
        with ExitStack() as request.open_scopes:
            return self.get_response(request)

    def process_view(self, request: Any, view: Callable, args: tuple, kwargs: dict[str, Any]) -> None:
        """Names in the URL become objects here: `partnership` (I take part in it), `mine` (I work there)."""
        if request.user.is_anonymous:
            return
        if "partnership" in kwargs:
            self.enter_partnership(request, kwargs.pop("partnership"))
        elif "mine" in kwargs:
            self.enter_organization(request, kwargs.pop("mine"))

    def process_exception(self, request: Any, error: Exception) -> HttpResponse | None:
        """What can no longer be done, and the second of two who saved at once: said so, and nothing is stored."""
        if isinstance(error, Final):
            return render(request, "final.html", {"reasons": error.messages}, status=409)
        return render(request, "409.html", status=409) if isinstance(error, ChangedMeanwhile) else None

    def enter_partnership(self, request: Visit, slug: str) -> None:
        access = access_of(request.user, slug)
        if access is None:
            raise Http404(_("There is no such partnership, or you do not take part in it."))
        request.access, request.partnership = access, access.partnership
        request.open_scopes.enter_context(within(access.partnership, access.own_organizations))

    def enter_organization(self, request: Visit, slug: str) -> None:
        membership = (
            Membership.objects.select_related("organization")
            .filter(person=request.user, organization__slug=slug)
            .first()
        )
        if membership is None:
            raise Http404(_("There is no such organization, or you do not work for it."))
        request.membership, request.organization = membership, membership.organization
        request.open_scopes.enter_context(within_own(membership.organization))
