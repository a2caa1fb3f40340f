from django.urls import path

from concorda.connect.participation import find_views, public_views

app_name = "participation_public"
urlpatterns = [
    path("find/", find_views.choose, name="choose"),
    path("find/<slug:mine>/", find_views.find_for, name="find_for"),
    path("find/letters/<str:token>/stop/", public_views.stop, name="stop"),
    path("call/<str:token>/", public_views.call, name="call"),
    path("call/application/<str:token>/", public_views.application, name="application"),
    path("invitation/<str:token>/", public_views.invitation, name="invitation"),
]
