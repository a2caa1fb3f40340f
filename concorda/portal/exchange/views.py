"""Leave with all data: the partnership's archive for who coordinates it, an organization's share for its people."""

import tempfile
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.foundation.core import clock
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.partnerships.timeline import record
from concorda.foundation.process.pages import READ, page
from concorda.portal.exchange.container import Packing, packed_into
from concorda.portal.exchange.leaving import write_partnership, write_share

IN_MEMORY = 8 << 20


@page(Ability.CONTRIBUTE, methods=READ)
def leave(request: Visit) -> HttpResponse:
    """What one can take along, and what is in it."""
    standing = _("What you write here stays yours: take it along as a file that can be read without Concorda.")
    return render(request, "portal/leave.html", {"standing": standing, "own": own(request)})


@page(Ability.STEER, methods=("POST",))
def archive(request: Visit) -> Any:
    """The partnership with all its data; of what is private only what this coordinator's organization wrote."""
    message = gettext_noop("took a copy of all data of the partnership")
    return download(request, "", message, lambda packing: write_partnership(packing, request.partnership))


@page(Ability.CONTRIBUTE, methods=("POST",))
def share(request: Visit) -> Any:
    """What is this organization's own or shared with it."""
    organization = own(request)
    if organization is None:
        raise PermissionDenied(_("Only people who take part for an organization have a share to take along."))
    message = gettext_noop("took a copy of the share of %(organization)s")
    return download(
        request,
        f"-{organization.slug}",
        message,
        lambda packing: write_share(packing, request.partnership, organization),
        organization=organization.short,
    )


def own(request: Visit) -> Any:
    """The organization whose private rows this person reads."""
    return request.access.organization if request.access.own_organizations else None


def download(request: Visit, whose: str, message: str, write: Callable[[Packing], Any], **facts: Any) -> FileResponse:
    """Write an archive aside, note who took it, and stream it."""
    # The answer reads it to its end and closes it.
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    with transaction.atomic():
        record(request.partnership, request.user, message, **facts)
        with packed_into(file) as zipped:
            write(Packing(zipped))
    file.seek(0)
    name = f"{request.partnership.slug}{whose}-{clock.today()}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
