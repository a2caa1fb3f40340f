from django.urls import path

from concorda.implement.action_plans import views

app_name = "action_plans"
urlpatterns = [
    path("", views.home, name="home"),
    path("export.csv", views.leave_csv, name="export"),
    path("export.xlsx", views.leave_xlsx, name="export_xlsx"),
    path("export.xml", views.leave_project, name="export_xml"),
    path("plan.ics", views.calendar_file, name="calendar_file"),
    path("import/", views.arrive, name="import"),
    path("baseline/", views.baseline, name="baseline"),
    path("what-if/", views.what_if, name="what_if"),
    path("what-moved/", views.what_moved, name="what_moved"),
    path("workload/", views.workload, name="workload"),
    path("workload/offer/", views.offer, name="offer"),
    path("hand-overs/", views.hand_overs, name="hand_overs"),
    path("actions/", views.action_list, name="action_list"),
    path("actions/together/", views.together, name="together"),
    path("actions/<int:pk>/status/", views.status, name="status"),
    path("actions/<int:pk>/move/", views.move, name="move"),
    path("actions/<int:pk>/keep/", views.keep, name="keep"),
    path("actions/<int:pk>/wait/", views.wait, name="wait"),
    path("actions/<int:pk>/share/", views.share, name="share"),
    path("actions/<int:pk>/note/", views.note, name="note"),
    path("changes/<int:pk>/undo/", views.undo, name="undo"),
    path("dependencies/<int:pk>/remove/", views.wait_remove, name="wait_remove"),
    path("dependencies/<int:pk>/hand-over/", views.hand_over, name="hand_over"),
    path("dependencies/<int:pk>/take-over/", views.take_over, name="take_over"),
    path("dependencies/<int:pk>/send-back/", views.send_back, name="send_back"),
    path("shares/<int:pk>/remove/", views.share_remove, name="share_remove"),
    *views.Actions.urls("actions/"),
]
