from django.apps import AppConfig


class StrategicPlanConfig(AppConfig):
    name = "concorda.begin.strategic_plan"
    label = "strategic_plan"
