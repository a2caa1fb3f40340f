from django.urls import path

from concorda.monitor.evaluation import public

app_name = "evaluation_public"
urlpatterns = [path("check-in/<str:token>/", public.answer, name="answer")]
