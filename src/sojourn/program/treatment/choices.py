"""What can happen in a dosing session, in the words of `clinical.monitoring`.

A dose counts as given when a `dosed` event stands that was not struck out.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EventKind(models.TextChoices):
    CHECKED = "checked", _("checklist item")
    DOSED = "dosed", _("dose given")
    VITAL_TAKEN = "vital_taken", _("vital signs")
    RATED = "rated", _("rating")
    NOTICED = "noticed", _("sign noticed")
    CONFIRMED = "confirmed", _("confirmed")
    NOTED = "noted", _("note")
    DISCHARGED = "discharged", _("discharge")
    CANCELLED = "cancelled", _("ended without a dose")
    STRUCK = "struck", _("entry struck out")
