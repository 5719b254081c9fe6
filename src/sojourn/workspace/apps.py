from django.apps import AppConfig


class WorkspaceConfig(AppConfig):
    name = "sojourn.workspace"
    label = "workspace"
