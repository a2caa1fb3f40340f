from django.urls import path

from concorda.monitor.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.home, name="home"),
]
