from django.urls import path

from concorda.begin.strategic_plan import views

app_name = "strategic_plan"
urlpatterns = [
    path("", views.home, name="home"),
]
