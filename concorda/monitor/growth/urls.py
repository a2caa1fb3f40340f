from django.urls import path

from concorda.monitor.growth import views

app_name = "growth"
urlpatterns = [
    path("", views.home, name="home"),
]
