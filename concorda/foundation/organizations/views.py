from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from concorda.foundation.organizations.models import Organization


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """The public profile of an organization."""
    return render(request, "organizations/detail.html", {"organization": get_object_or_404(Organization, slug=slug)})
