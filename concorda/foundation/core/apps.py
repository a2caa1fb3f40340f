from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "concorda.foundation.core"
    label = "core"
