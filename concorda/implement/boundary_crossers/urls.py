from django.urls import path

from concorda.implement.boundary_crossers import views

app_name = "boundary_crossers"
urlpatterns = [
    path("", views.home, name="home"),
]
