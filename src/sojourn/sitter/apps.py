from django.apps import AppConfig


class SitterConfig(AppConfig):
    name = "sojourn.sitter"
    label = "sitter"
