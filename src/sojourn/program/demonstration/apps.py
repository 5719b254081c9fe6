from django.apps import AppConfig


class DemonstrationConfig(AppConfig):
    name = "sojourn.program.demonstration"
    label = "demonstration"
