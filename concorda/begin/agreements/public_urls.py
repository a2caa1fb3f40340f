from django.urls import path

from concorda.begin.agreements import public_views

app_name = "agreements_public"
urlpatterns = [path("verify/", public_views.verify, name="verify")]
