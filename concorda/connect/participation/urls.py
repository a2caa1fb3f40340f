from django.urls import path

from concorda.connect.participation import find_views, views

app_name = "participation"
urlpatterns = [
    path("", views.home, name="home"),
    path("find/", find_views.find, name="find"),
    path("find/take/", find_views.take, name="take"),
    path("find/compare/", find_views.compare, name="compare"),
    path("find/save/", find_views.save, name="save"),
    path("find/saved/<int:pk>/", find_views.run, name="run"),
    path("find/saved/<int:pk>/forget/", find_views.forget, name="forget"),
    path("find/saved/<int:pk>/letters/", find_views.letters, name="letters"),
    path("coalition/", find_views.coalition, name="coalition"),
    path("add/", views.add, name="add"),
    path("<int:pk>/", views.partner, name="partner"),
    path("<int:pk>/status/", views.move, name="move"),
    path("<int:pk>/level/", views.level, name="level"),
    path("<int:pk>/yes/", views.commitment, name="commitment"),
    path("<int:pk>/asked/", views.asked, name="asked"),
    path("<int:pk>/answer/", views.say, name="say"),
    path("<int:pk>/left/", views.left, name="left"),
    path("<int:pk>/invite/", views.invite, name="invite"),
    path("<int:pk>/stake/", views.stake, name="stake"),
    path("<int:pk>/checks/", views.checks, name="checks"),
    path("letters/<int:pk>/remind/", views.remind, name="remind"),
    path("letters/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("letters/<int:pk>/resend/", views.resend, name="resend"),
    *views.Voices.urls("voices/"),
]
