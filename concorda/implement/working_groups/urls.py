from django.urls import path

from concorda.implement.working_groups import views

app_name = "working_groups"
urlpatterns = [
    path("", views.home, name="home"),
]
