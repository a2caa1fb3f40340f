from django.urls import path

from concorda.portal import partnership_views as views
from concorda.portal.exchange import views as exchange

app_name = "partnership"
urlpatterns = [
    path("", views.map_page, name="map"),
    path("thread/", views.thread_page, name="thread"),
    path("activity/", views.activity, name="activity"),
    path("people/", views.people, name="people"),
    path("people/<int:pk>/", views.roles, name="roles"),
    path("search/", views.search, name="search"),
    path("settings/", views.settings, name="settings"),
    path("data/", exchange.leave, name="leave"),
    path("data/archive/", exchange.archive, name="archive"),
    path("data/share/", exchange.share, name="share"),
    path("element/<slug:tool>/", views.element, name="element"),
    path("existing/", views.existing, name="existing"),
    path("existing/<slug:tool>/", views.agreed_before, name="agreed_before"),
    path("<slug:stage>/", views.stage, name="stage"),
]
