from django.urls import path

from concorda.connect.motivation import views

app_name = "motivation"
urlpatterns = [
    path("", views.home, name="home"),
]
