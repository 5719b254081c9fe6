from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "sojourn.program.intake"
    label = "intake"
    default_auto_field = "django.db.models.BigAutoField"
