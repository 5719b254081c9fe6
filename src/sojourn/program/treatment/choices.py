"""What can happen in a dosing session, in the words of `clinical.monitoring`.

A dose counts as given when a `dosed` event stands that was not struck out.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EventKind(models.TextChoices):
    CHECKED = "checked", _("checklist item")
    DOSE_CHECKED = "dose_checked", _("dose check")
    WITNESSED = "witnessed", _("seen by a second person")
    ACCOUNTED = "accounted", _("medicine accounted for")
    DOSED = "dosed", _("dose given")
    VITAL_TAKEN = "vital_taken", _("vital signs")
    RATED = "rated", _("rating")
    LOOKED = "looked", _("look")
    CALLED = "called", _("call")
    MEDICATED = "medicated", _("medicine given")
    NOTICED = "noticed", _("sign noticed")
    MISSED = "missed", _("look missed")
    ALARMED = "alarmed", _("alarm raised")
    ACKNOWLEDGED = "acknowledged", _("alarm acknowledged")
    CONFIRMED = "confirmed", _("confirmed")
    HELP_ASKED = "help_asked", _("help asked for")
    ROLE_ACCEPTED = "role_accepted", _("role of sitter taken on")
    PICKED_UP = "picked_up", _("picked up")
    NEXT_MORNING = "next_morning", _("morning after")
    REFUSED = "refused", _("reading refused")
    NOTED = "noted", _("note")
    SERIOUS = "serious", _("serious adverse event")
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
    PATIENT = "patient", _("said by the patient")
    SITTER = "sitter", _("said by the sitter")
    DEVICE = "device", _("sent by a device")


class TokenRole(models.TextChoices):
    """For whom a recording token was made."""

    MONITOR = "monitor", _("session monitor")
    PATIENT = "patient", _("patient")
    SITTER = "sitter", _("sitter")
    DEVICE = "device", _("device gateway")


class ReadyKind(models.TextChoices):
    """What somebody can say before a session, in the words of `clinical.monitoring.readiness_items`."""

    COMPANION = "companion", _("who comes along")
    FASTING = "fasting", _("food and drink")
    MEDICINES = "medicines", _("medicines before the session")
    PREGNANCY = "pregnancy", _("pregnancy test")
    TABLETS = "tablets", _("tablets counted")


class TabletKind(models.TextChoices):
    """Why the tablets at home changed, or that they were counted."""

    SHIPPED = "shipped", _("shipped")
    USED = "used", _("used in a session")
    COUNTED = "counted", _("counted")
