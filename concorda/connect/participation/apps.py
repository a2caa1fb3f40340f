from django.apps import AppConfig


class ParticipationConfig(AppConfig):
    name = "concorda.connect.participation"
    label = "participation"
