from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "concorda.begin.governance"
    label = "governance"
