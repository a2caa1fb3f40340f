from django.urls import path

from concorda.monitor.future_plans import views

app_name = "future_plans"
urlpatterns = [
    path("", views.home, name="home"),
    path("answer/", views.answer, name="answer"),
    path("answers/<int:pk>/", views.review, name="review_detail"),
    *views.Lessons.urls("lessons/"),
]
