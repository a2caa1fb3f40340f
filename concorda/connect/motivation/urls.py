from django.urls import path

from concorda.connect.motivation import views

app_name = "motivation"
urlpatterns = [
    path("", views.home, name="home"),
    path("why/", views.reasons, name="reasons"),
    *views.Needs.urls("needs/"),
    path("needs/<int:pk>/ours/", views.support, name="support"),
    path("needs/<int:pk>/aside/", views.set_aside, name="set_aside"),
    *views.Expectations.urls("expectations/"),
]
