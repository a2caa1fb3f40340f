from django.urls import path

from concorda.monitor.evaluation import views

app_name = "evaluation"
urlpatterns = [
    path("", views.home, name="home"),
    path("check-ins/", views.check_ins, name="checkin_list"),
    path("check-ins/new/", views.new_check_in, name="checkin_new"),
    path("check-ins/<int:pk>/", views.check_in, name="checkin_detail"),
    path("check-ins/<int:pk>/answer/", views.answer, name="answer"),
    path("check-ins/<int:pk>/close/", views.close, name="checkin_close"),
    path("check-ins/<int:pk>/comments/", views.comments, name="comments"),
    path("measurements/<int:pk>/approve/", views.approve, name="measurement_approve"),
    path("measurements/<int:pk>/return/", views.give_back, name="measurement_return"),
    *views.Measurements.urls("measurements/"),
]
