"""The public page of a partnership, and its feed (Atom, RFC 4287); 404 until it is opened."""

import xml.etree.ElementTree as ET
from datetime import UTC, datetime

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from concorda.foundation.accounts.mail import absolute, host
from concorda.foundation.core.scoping import within
from concorda.foundation.partnerships.models import Partnership
from concorda.foundation.partnerships.queries import committed
from concorda.implement.communication import queries
from concorda.implement.communication.models import Announcement, PublicPage

SHOWN = 20
ATOM = "http://www.w3.org/2005/Atom"


def open_page(slug: str) -> PublicPage:
    """The page of a partnership that opened it; otherwise 404, as if there were no such partnership."""
    here = get_object_or_404(Partnership, slug=slug)
    with within(here):
        found = PublicPage.objects.filter(open=True).select_related("partnership").first()
    if found is None:
        raise Http404(_("There is no such page."))
    return found


@login_not_required
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    shown = open_page(slug)
    here = shown.partnership
    with within(here):
        partners = list(committed(here).exclude(named_since=None)) if shown.names_partners else []
        news = list(queries.for_the_public(here)[:SHOWN])
    context = {
        "title": here.name,
        "standing": here.purpose or here.place_name,
        "page": shown,
        "here": here,
        "partners": partners,
        "news": news,
        "feed": reverse("communication_public:feed", args=[slug]),
    }
    return render(request, "communication/public_page.html", context)


@login_not_required
@require_safe
@cache_control(public=True, max_age=900)
def feed(request: HttpRequest, slug: str) -> HttpResponse:
    """What is announced to the public, newest first; an entry keeps its name for ever."""
    shown = open_page(slug)
    with within(shown.partnership):
        news = list(queries.for_the_public(shown.partnership)[:SHOWN])
    text = atom(shown.partnership, news)
    return HttpResponse(text, content_type="application/atom+xml; charset=utf-8")


def atom(here: Partnership, news: list[Announcement]) -> bytes:
    ET.register_namespace("", ATOM)
    root = ET.Element(f"{{{ATOM}}}feed", {"xml:lang": get_language() or "en-ca"})
    address = absolute(reverse("communication_public:page", args=[here.slug]))
    own = absolute(reverse("communication_public:feed", args=[here.slug]))
    latest = news[0].published_at if news and news[0].published_at else here.created_at
    add(root, "id", f"tag:{host()},{here.created_at:%Y-%m-%d}:{here.slug}")
    add(root, "title", here.name)
    add(root, "updated", moment(latest))
    ET.SubElement(root, f"{{{ATOM}}}link", {"rel": "self", "href": own, "type": "application/atom+xml"})
    ET.SubElement(root, f"{{{ATOM}}}link", {"rel": "alternate", "href": address, "type": "text/html"})
    add(ET.SubElement(root, f"{{{ATOM}}}author"), "name", here.name)
    for one in news:
        assert one.published_at
        entry = ET.SubElement(root, f"{{{ATOM}}}entry")
        add(entry, "id", f"tag:{host()},{one.published_at:%Y-%m-%d}:{here.slug}/{one.pk}")
        add(entry, "title", one.title)
        add(entry, "published", moment(one.published_at))
        add(entry, "updated", moment(one.published_at))
        ET.SubElement(entry, f"{{{ATOM}}}link", {"rel": "alternate", "href": f"{address}#news-{one.pk}"})
        add(entry, "content", one.text).set("type", "text")
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def add(parent: ET.Element, name: str, text: str) -> ET.Element:
    made = ET.SubElement(parent, f"{{{ATOM}}}{name}")
    made.text = "".join(sign for sign in text if sign >= " " or sign in "\n\t")
    return made


def moment(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
