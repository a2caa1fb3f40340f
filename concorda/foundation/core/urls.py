from django.urls import path

from concorda.foundation.core import views

app_name = "core"
urlpatterns = [
    path("scheme/", views.scheme, name="scheme"),
    path("components/", views.components, name="components"),
]
