from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "concorda.begin.agreements"
    label = "agreements"
