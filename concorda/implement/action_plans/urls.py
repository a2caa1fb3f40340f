from django.urls import path

from concorda.implement.action_plans import views

app_name = "action_plans"
urlpatterns = [
    path("", views.home, name="home"),
]
