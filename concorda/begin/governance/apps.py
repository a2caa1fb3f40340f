from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "concorda.begin.governance"
    label = "governance"

    def ready(self) -> None:
        from concorda.begin.governance import services, subjects

        subjects.register("governance.rule", settle=services.settle_rule)
