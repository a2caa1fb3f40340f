from django.apps import AppConfig


class PartnershipTypeConfig(AppConfig):
    name = "concorda.connect.partnership_type"
    label = "partnership_type"
