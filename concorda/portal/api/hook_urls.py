from django.urls import path

from concorda.portal.api import pages

app_name = "webhooks"
urlpatterns = [
    path("", pages.hooks, name="list"),
    path("<int:pk>/", pages.hook, name="log"),
    path("<int:pk>/test/", pages.hook_test, name="test"),
    path("<int:pk>/resume/", pages.hook_resume, name="resume"),
    path("<int:pk>/remove/", pages.hook_remove, name="remove"),
]
