from django.urls import path

from concorda.foundation.accounts import views

app_name = "accounts"
urlpatterns = [
    path("account/details/", views.details, name="details"),
    path("account/link/", views.ask_link, name="ask_link"),
    path("account/link/<str:signed>/", views.link, name="link"),
    path("account/language/", views.language, name="language"),
    path("account/demo/", views.sign_in_demo, name="demo"),
    path("letters/stop/<str:token>/", views.stop, name="stop"),
    path("outbox/", views.outbox, name="outbox"),
]
