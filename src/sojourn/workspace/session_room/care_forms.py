"""What is done for a patient beside measuring: a look, a call, a medicine, and that they left."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sojourn.clinical.monitoring.events import MEDICINE_UNITS
from sojourn.program.treatment.choices import EventKind
from sojourn.workspace.session_room.dose_forms import day
from sojourn.workspace.session_room.forms import EventForm

BARE = {"autocomplete": "off", "data-optional": "hide"}


class LookedForm(EventForm):
    kind = EventKind.LOOKED
    words = forms.CharField(label=_("What was seen"), required=False, max_length=2000)


class CalledForm(EventForm):
    kind = EventKind.CALLED
    whom = forms.CharField(
        label=_("Who was called"), required=False, max_length=300, widget=forms.TextInput(attrs=BARE)
    )
    reached = forms.ChoiceField(
        label=_("Were they reached?"),
        required=False,
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=forms.RadioSelect(attrs={"data-layout": "row"}),
    )
    words = forms.CharField(label=_("What was said"), required=False, max_length=2000)


class MedicatedForm(EventForm):
    kind = EventKind.MEDICATED
    drug = forms.CharField(
        label=_("Medicine"), required=False, max_length=200, widget=forms.TextInput(attrs=BARE)
    )
    amount = forms.CharField(
        label=_("How much"),
        required=False,
        max_length=13,
        widget=forms.TextInput(attrs=BARE | {"inputmode": "decimal"}),
    )
    unit = forms.ChoiceField(
        label=_("Unit"),
        required=False,
        choices=[("", _("Choose")), *((unit, unit) for unit in MEDICINE_UNITS)],
        widget=forms.Select(attrs={"data-optional": "hide"}),
    )
    words = forms.CharField(label=_("Why, and by which way"), required=False, max_length=2000)


class LeftForm(EventForm):
    kind = EventKind.LEFT
    words = forms.CharField(
        label=_("With whom they left, and how they were"),
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs=BARE),
    )


class SeriousForm(EventForm):
    """Asked once at the end of a session, and from then on derived: whether something serious happened."""

    kind = EventKind.SERIOUS
    happened = forms.ChoiceField(
        label=_("Did a serious adverse event happen?"),
        required=False,
        help_text=_("Death, danger to life, hospital, lasting harm, or something of that weight."),
        choices=[("no", _("No")), ("yes", _("Yes"))],
        widget=forms.RadioSelect(attrs={"data-layout": "row"}),
    )
    what = forms.CharField(
        label=_("What happened"), required=False, max_length=2000, widget=forms.TextInput(attrs=BARE)
    )
    treatment = forms.CharField(
        label=_("What was done for it"), required=False, max_length=2000, widget=forms.TextInput(attrs=BARE)
    )
    hospital = forms.ChoiceField(
        label=_("Hospital"),
        required=False,
        choices=[("no", _("No")), ("yes", _("Yes"))],
        widget=forms.RadioSelect(attrs={"data-layout": "row"}),
    )
    outcome = forms.CharField(
        label=_("How the patient is now"), required=False, max_length=2000, widget=forms.TextInput(attrs=BARE)
    )

    on = day(_("The day it began"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].label = _("When it began")  # the form of the program asks for its onset
        self.fields["at"].help_text = _("Leave empty where nothing happened, or where it began just now.")
        self.fields["on"].help_text = _("Leave empty where that was within the last 12 hours.")

    def clean(self) -> dict[str, Any]:
        """Ask for the time of a day that was given: without it nobody knows when it began."""
        said = super().clean() or self.cleaned_data
        if said.get("on") and said.get("at") is None and "at" not in self.errors:
            self.add_error("at", _("Please give the time of that day, as well as it is known."))
        return said

    def taken_at(self, now: datetime) -> datetime:
        """The time typed on the day typed, where the site is; without a day the last time the clock showed it."""
        on, at = self.cleaned_data.get("on"), self.cleaned_data.get("at")
        if on is None or at is None:
            return super().taken_at(now)
        return datetime.combine(on, at, self.zone).astimezone(UTC)

    @property
    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in super().facts.items() if name != "on"}


CARE_FORMS: tuple[type[EventForm], ...] = (LookedForm, CalledForm, MedicatedForm, LeftForm, SeriousForm)
