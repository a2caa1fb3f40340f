from django.apps import AppConfig


class FuturePlansConfig(AppConfig):
    name = "concorda.monitor.future_plans"
    label = "future_plans"
