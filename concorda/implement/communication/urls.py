from django.urls import path

from concorda.implement.communication import views

app_name = "communication"
urlpatterns = [
    path("", views.home, name="home"),
    path("new/", views.announcement_new, name="announcement_new"),
    path("<int:pk>/", views.announcement, name="announcement"),
    path("<int:pk>/edit/", views.announcement_edit, name="announcement_edit"),
    path("<int:pk>/publish/", views.announcement_publish, name="announcement_publish"),
    path("<int:pk>/correct/", views.announcement_correct, name="announcement_correct"),
    path("<int:pk>/discard/", views.announcement_discard, name="announcement_discard"),
    path("<int:pk>/confirm/", views.acknowledge, name="acknowledge"),
    path("<int:pk>/remind/", views.remind, name="remind"),
    path("discussions/", views.discussions, name="discussions"),
    path("discussions/new/", views.discussion_new, name="discussion_new"),
    path("discussions/<int:pk>/", views.discussion, name="discussion"),
    path("discussions/<int:pk>/close/", views.discussion_close, name="discussion_close"),
    path("replies/<int:pk>/withdraw/", views.reply_withdraw, name="reply_withdraw"),
    *views.Plan.urls("plan/"),
    path("plan/<int:pk>/done/", views.plan_done, name="plan_done"),
    path("people/", views.directory, name="directory"),
    path("letters/", views.settings, name="settings"),
]
