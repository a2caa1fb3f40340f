from django.urls import path

from concorda.portal.api import pages

app_name = "programs"
urlpatterns = [
    path("account/programs/", pages.tokens, name="tokens"),
    path("account/programs/<int:pk>/revoke/", pages.revoke, name="revoke"),
]
