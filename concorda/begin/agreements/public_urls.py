from django.urls import path

from concorda.begin.agreements import certificate_views, public_views

app_name = "agreements_public"
urlpatterns = [
    path("verify/", public_views.verify, name="verify"),
    path("certificate/", certificate_views.certificate, name="certificate"),
]
