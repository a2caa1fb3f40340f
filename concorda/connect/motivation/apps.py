from django.apps import AppConfig


class MotivationConfig(AppConfig):
    name = "concorda.connect.motivation"
    label = "motivation"
