from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "concorda.portal"
    label = "portal"
