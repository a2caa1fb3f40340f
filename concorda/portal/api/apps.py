from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "concorda.portal.api"
    label = "api"
