"""The private calendar address: whoever has it reads one participant's meetings, until it is closed."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from concorda.foundation.core.scoping import scopes_disabled, within
from concorda.foundation.partnerships.access import Ability
from concorda.foundation.partnerships.door import access_of
from concorda.implement.working_groups import events, queries
from concorda.implement.working_groups.models import Feed
from concorda.implement.working_groups.services import digest_of

GONE = _(
    "There is no calendar at this address. It may have been closed; make a new one on the page of the working groups."
)


@never_cache
@require_safe
@login_not_required
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    feed = open_feed(token)
    participant = feed.participant
    access = access_of(participant.person, feed.partnership.slug)
    if access is None or not access.can(Ability.SEE):
        raise Http404(str(GONE))
    with within(feed.partnership), translation.override(participant.person.language):
        meetings, series = queries.in_calendar(feed)
        found = events.whole(meetings, series, name=feed.group.name if feed.group else feed.partnership.short)
    return HttpResponse(found, content_type="text/calendar; charset=utf-8")


def open_feed(token: str) -> Feed:
    with scopes_disabled():
        found = Feed.objects.select_related("participant__person", "partnership", "group").filter(
            digest=digest_of(token), revoked_at=None
        )
        feed = found.first()
    if feed is None or not feed.participant.person.is_active:
        raise Http404(str(GONE))
    return feed
