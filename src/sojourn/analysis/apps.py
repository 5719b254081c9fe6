from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    name = "sojourn.analysis"
    label = "analysis"
