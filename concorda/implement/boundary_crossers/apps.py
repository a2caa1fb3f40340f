from django.apps import AppConfig


class BoundaryCrossersConfig(AppConfig):
    name = "concorda.implement.boundary_crossers"
    label = "boundary_crossers"
