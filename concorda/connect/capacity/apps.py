from django.apps import AppConfig


class CapacityConfig(AppConfig):
    name = "concorda.connect.capacity"
    label = "capacity"
