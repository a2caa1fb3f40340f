from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "concorda.monitor.evaluation"
    label = "evaluation"
