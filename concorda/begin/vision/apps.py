from django.apps import AppConfig


class VisionConfig(AppConfig):
    name = "concorda.begin.vision"
    label = "vision"
