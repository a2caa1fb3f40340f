"""What anybody may read of a partnership that wants it: its page and its feed."""

from django.urls import path

from concorda.implement.communication import public

app_name = "communication_public"
urlpatterns = [
    path("public/<slug:slug>/", public.page, name="page"),
    path("public/<slug:slug>/feed.atom", public.feed, name="feed"),
]
