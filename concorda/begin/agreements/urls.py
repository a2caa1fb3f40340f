from django.urls import path

from concorda.begin.agreements import views

app_name = "agreements"
urlpatterns = [
    path("", views.home, name="home"),
]
