from django.urls import path

from concorda.begin.vision import views

app_name = "vision"
urlpatterns = [
    path("", views.home, name="home"),
]
