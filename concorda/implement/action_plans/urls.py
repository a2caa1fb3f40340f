from django.urls import path

from concorda.implement.action_plans import views

app_name = "action_plans"
urlpatterns = [
    path("", views.home, name="home"),
    path("export.csv", views.export, name="export"),
    path("baseline/", views.baseline, name="baseline"),
    path("actions/", views.action_list, name="action_list"),
    path("actions/<int:pk>/status/", views.status, name="status"),
    path("actions/<int:pk>/move/", views.move, name="move"),
    path("actions/<int:pk>/keep/", views.keep, name="keep"),
    path("actions/<int:pk>/wait/", views.wait, name="wait"),
    path("actions/<int:pk>/share/", views.share, name="share"),
    path("actions/<int:pk>/note/", views.note, name="note"),
    path("dependencies/<int:pk>/remove/", views.wait_remove, name="wait_remove"),
    path("shares/<int:pk>/remove/", views.share_remove, name="share_remove"),
    *views.Actions.urls("actions/"),
]
