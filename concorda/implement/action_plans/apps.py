from django.apps import AppConfig


class ActionPlansConfig(AppConfig):
    name = "concorda.implement.action_plans"
    label = "action_plans"
