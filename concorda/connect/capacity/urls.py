from django.urls import path

from concorda.connect.capacity import views

app_name = "capacity"
urlpatterns = [
    path("", views.home, name="home"),
    path("review/", views.review, name="review"),
    path("readiness/", views.readiness, name="readiness"),
    path("readiness/ours/", views.rate, name="rate"),
    *views.Items.urls("items/"),
    *views.Limits.urls("limits/"),
]
