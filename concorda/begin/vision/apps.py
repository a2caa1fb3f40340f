from django.apps import AppConfig


class VisionConfig(AppConfig):
    name = "concorda.begin.vision"
    label = "vision"

    def ready(self) -> None:
        from concorda.begin.governance import subjects
        from concorda.begin.vision import queries, services

        subjects.register(queries.LABEL, settle=services.settle, wording=queries.wording, tells=True)
