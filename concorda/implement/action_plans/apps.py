from django.apps import AppConfig


class ActionPlansConfig(AppConfig):
    name = "concorda.implement.action_plans"
    label = "action_plans"

    def ready(self) -> None:
        from concorda.implement.action_plans import for_groups
        from concorda.implement.working_groups import work

        work.register(for_groups.Plan())
