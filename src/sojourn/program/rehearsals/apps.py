from django.apps import AppConfig


class RehearsalsConfig(AppConfig):
    name = "sojourn.program.rehearsals"
    label = "rehearsals"
