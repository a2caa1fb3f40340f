"""Every address of the installation; a tool's addresses come from its folder."""

from django.urls import include, path

from concorda.foundation.process.stages import stages

tools = [
    path(
        f"{stage.key}/{tool.key.replace('_', '-')}/",
        include(f"concorda.{stage.key}.{tool.key}.urls", namespace=tool.key),
    )
    for stage in stages()
    for tool in stage.tools
]
# Pages a tool opens to people without an account (invitations, check-ins) lie outside any partnership's address.
public = [
    path("", include(f"concorda.{stage.key}.{tool.key}.public_urls", namespace=f"{tool.key}_public"))
    for stage in stages()
    for tool in stage.tools
    if (tool.folder / "public_urls.py").exists()
]

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("", include("concorda.foundation.accounts.urls")),
    path("", include("concorda.foundation.core.urls")),
    path("", include("concorda.foundation.organizations.urls")),
    path(
        "p/<slug:partnership>/",
        include(
            [
                *tools,
                path("webhooks/", include("concorda.portal.api.hook_urls")),
                path("", include("concorda.portal.partnership_urls")),
            ]
        ),
    ),
    path("api/v1/", include("concorda.portal.api.urls")),
    path("", include("concorda.portal.api.page_urls")),
    *public,
    path("", include("concorda.portal.urls")),
]

handler400 = "concorda.foundation.core.views.bad_request"
