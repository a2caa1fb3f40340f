from django.urls import path

from concorda.connect.participation import views

app_name = "participation"
urlpatterns = [
    path("", views.home, name="home"),
]
