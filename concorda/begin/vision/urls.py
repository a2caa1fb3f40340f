from django.urls import path

from concorda.begin.vision import views

app_name = "vision"
urlpatterns = [
    path("", views.home, name="home"),
    path("own/", views.own, name="own"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.statement, name="statement"),
    path("<int:pk>/write/", views.write, name="write"),
    path("versions/<int:pk>/", views.version, name="version"),
    path("versions/<int:pk>/comment/", views.comment, name="comment"),
    path("versions/<int:pk>/support/", views.support, name="support"),
    path("versions/<int:pk>/decide/", views.decide, name="decide"),
]
