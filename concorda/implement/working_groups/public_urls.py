from django.urls import path

from concorda.implement.working_groups import feed, times

app_name = "working_groups_public"
urlpatterns = [
    path("calendar/<str:token>.ics", feed.calendar, name="calendar"),
    path("meeting-times/<str:token>/", times.answer, name="times"),
]
