from django.urls import path

from concorda.foundation.organizations import views

app_name = "organizations"
urlpatterns = [
    path("organizations/<slug:slug>/", views.detail, name="detail"),
]
