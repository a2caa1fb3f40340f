from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "concorda.monitor.reports"
    label = "reports"
