from django.urls import path

from concorda.connect.partnership_type import views

app_name = "partnership_type"
urlpatterns = [
    path("", views.home, name="home"),
    path("ours/", views.answer, name="answer"),
    path("decide/", views.decide, name="decide"),
]
