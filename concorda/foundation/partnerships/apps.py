from django.apps import AppConfig


class PartnershipsConfig(AppConfig):
    name = "concorda.foundation.partnerships"
    label = "partnerships"

    def ready(self) -> None:
        from concorda.foundation.partnerships import checks  # noqa: F401  registers the start-up checks
