from django.urls import path

from concorda.implement.communication import views

app_name = "communication"
urlpatterns = [
    path("", views.home, name="home"),
]
