from django.urls import path

from concorda.connect.participation import public_views

app_name = "participation_public"
urlpatterns = [
    path("invitation/<str:token>/", public_views.invitation, name="invitation"),
]
