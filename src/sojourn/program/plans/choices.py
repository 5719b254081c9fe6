"""Words the doors choose from when they plan."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class VisitKind(models.TextChoices):
    PREPARATION = "preparation", _("preparation")
    DOSING = "dosing", _("dosing session")
    INTEGRATION = "integration", _("integration")


class EndedHow(models.TextChoices):
    COMPLETED = "completed", _("completed")
    STOPPED = "stopped", _("stopped")
    DROPPED_OUT = "dropped_out", _("dropped out")
