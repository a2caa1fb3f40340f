from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "concorda.foundation.organizations"
    label = "organizations"
