from django.apps import AppConfig


class GrowthConfig(AppConfig):
    name = "concorda.monitor.growth"
    label = "growth"
