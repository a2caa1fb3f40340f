from django.urls import path

from concorda.monitor.future_plans import views

app_name = "future_plans"
urlpatterns = [
    path("", views.home, name="home"),
]
