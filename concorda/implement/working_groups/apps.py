from django.apps import AppConfig


class WorkingGroupsConfig(AppConfig):
    name = "concorda.implement.working_groups"
    label = "working_groups"
