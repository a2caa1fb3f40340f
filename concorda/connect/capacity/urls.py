from django.urls import path

from concorda.connect.capacity import views

app_name = "capacity"
urlpatterns = [
    path("", views.home, name="home"),
]
