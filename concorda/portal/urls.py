from django.urls import path

from concorda.portal import duplicates, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("needs-you/", views.needs_you, name="needs_you"),
    path("partnerships/new/", views.start, name="start"),
    path("duplicates/", duplicates.suggestions, name="duplicates"),
    path("duplicates/<int:pk>/", duplicates.side_by_side, name="duplicate"),
    path("duplicates/merges/<int:pk>/", duplicates.take_back, name="unmerge"),
    path("help/", views.help_page, name="help"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("healthz", views.alive, name="alive"),
    path("readyz", views.ready, name="ready"),
    path("metrics", views.metrics, name="metrics"),
]
