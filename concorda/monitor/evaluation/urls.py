from django.urls import path

from concorda.monitor.evaluation import views

app_name = "evaluation"
urlpatterns = [
    path("", views.home, name="home"),
]
