from django.urls import path

from concorda.begin.governance import views

app_name = "governance"
urlpatterns = [
    path("", views.home, name="home"),
]
