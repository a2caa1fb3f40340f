from django.apps import AppConfig


class ParticipationConfig(AppConfig):
    name = "concorda.connect.participation"
    label = "participation"

    def ready(self) -> None:
        from concorda.connect.participation.queries import named_partnerships
        from concorda.foundation.organizations import public

        public.register(named_partnerships)
