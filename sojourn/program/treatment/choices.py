"""What can happen in a dosing session. A dose counts as given when a `dosed` event stands that was not withdrawn."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EventKind(models.TextChoices):
    CHECKED = "checked", _("checklist item")
    DOSED = "dosed", _("dose given")
    VITAL = "vital", _("vital signs")
    RATED = "rated", _("rating")
    NOTED = "noted", _("note")
    DISCHARGED = "discharged", _("discharge")
    WITHDRAWN = "withdrawn", _("entry withdrawn")
