from django.apps import AppConfig


class WorkingGroupsConfig(AppConfig):
    name = "concorda.implement.working_groups"
    label = "working_groups"

    def ready(self) -> None:
        from concorda.begin.governance import subjects
        from concorda.implement.working_groups import charters

        subjects.register(charters.LABEL, settle=charters.settle, wording=charters.wording)
