from django.apps import AppConfig


class ResultsConfig(AppConfig):
    name = "sojourn.program.results"
    label = "results"
