from django.apps import AppConfig


class DesignConfig(AppConfig):
    name = "sojourn.design"
    label = "design"
    verbose_name = "The look"
