from django.apps import AppConfig


class ProcessConfig(AppConfig):
    name = "concorda.foundation.process"
    label = "process"
