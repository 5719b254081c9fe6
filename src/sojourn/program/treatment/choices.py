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
    LOOKED = "looked", _("look")
    CALLED = "called", _("call")
    MEDICATED = "medicated", _("medicine given")
    NOTICED = "noticed", _("sign noticed")
    ALARMED = "alarmed", _("alarm raised")
    ACKNOWLEDGED = "acknowledged", _("alarm acknowledged")
    CONFIRMED = "confirmed", _("confirmed")
    NOTED = "noted", _("note")
    DISCHARGED = "discharged", _("discharge")
    LEFT = "left", _("patient left")
    CANCELLED = "cancelled", _("ended without a dose")
    STRUCK = "struck", _("entry struck out")
    CORRECTED = "corrected", _("entry corrected")


class EventSource(models.TextChoices):
    """How an event came to be on record."""

    ROOM = "room", _("entered in the session room")
    PAPER = "paper", _("copied from paper")
    PROGRAM = "program", _("written by Sojourn")
