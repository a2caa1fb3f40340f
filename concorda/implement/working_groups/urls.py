from django.urls import path

from concorda.implement.working_groups import views

app_name = "working_groups"
urlpatterns = [
    path("", views.home, name="home"),
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/<int:pk>/close/", views.calendar_close, name="calendar_close"),
    *views.Groups.urls(),
    path("<int:pk>/members/", views.members, name="members"),
    path("<int:pk>/join/", views.join, name="join"),
    path("<int:pk>/end/", views.end, name="end"),
    path("<int:pk>/plan/", views.plan, name="meeting_new"),
    path("members/<int:pk>/leave/", views.leave, name="leave"),
    path("meetings/<int:pk>/", views.meeting_detail, name="meeting_detail"),
    path("meetings/<int:pk>/edit/", views.move, name="meeting_edit"),
    path("meetings/<int:pk>/cancel/", views.cancel, name="meeting_cancel"),
    path("meetings/<int:pk>/invite/", views.invite, name="meeting_invite"),
    path("meetings/<int:pk>/file.ics", views.meeting_file, name="meeting_file"),
    path("meetings/<int:pk>/agenda/new/", views.item_new, name="item_new"),
    path("meetings/<int:pk>/minutes/", views.minutes, name="minutes"),
    path("meetings/<int:pk>/approve/", views.approve, name="approve"),
    path("agenda/<int:pk>/edit/", views.item_edit, name="item_edit"),
    path("agenda/<int:pk>/up/", views.item_up, name="item_up"),
    path("agenda/<int:pk>/remove/", views.item_remove, name="item_remove"),
]
