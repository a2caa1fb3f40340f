from django.apps import AppConfig


class CommunicationConfig(AppConfig):
    name = "concorda.implement.communication"
    label = "communication"
