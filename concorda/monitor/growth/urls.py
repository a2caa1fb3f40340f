from django.urls import path

from concorda.monitor.growth import views

app_name = "growth"
urlpatterns = [
    path("", views.home, name="home"),
    path("direction/", views.direction, name="direction"),
    path("lasting/", views.rate, name="rate"),
    path("passages/new/", views.begin, name="passage_new"),
    path("passages/<int:pk>/", views.passage, name="passage_detail"),
]
