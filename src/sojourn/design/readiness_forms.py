"""What can be said before a session, as small forms for both doors. Their fields bear the names of the actions' words."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sojourn.design.fields import DayField, NameField

PHONE = r"^[0-9+() .\-]{7,40}$"
NOT_A_PHONE = _("Give a telephone number: 7 to 40 digits, spaces and + ( ) . -")


class CompanionForm(forms.Form):
    name = NameField(label=_("Name"))
    phone = forms.RegexField(
        label=_("Telephone"),
        regex=PHONE,
        widget=forms.TextInput(attrs={"type": "tel"}),
        error_messages={"invalid": NOT_A_PHONE},
    )


class FastingForm(forms.Form):
    from_hour = forms.TimeField(
        label=_("Nothing to eat from"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": _("Give a time of day, such as 07:30.")},
    )


class MedicinesForm(forms.Form):
    words = forms.CharField(
        label=_("What was agreed with the prescriber"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("For example: the morning stimulant after the session; everything else as usual."),
    )


class TabletsForm(forms.Form):
    count = forms.IntegerField(
        label=_("Tablets in the box"),
        min_value=0,
        max_value=1000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class PregnancyTestForm(forms.Form):
    result = forms.ChoiceField(
        label=_("Result"),
        choices=[("negative", _("Negative")), ("positive", _("Positive"))],
        widget=forms.RadioSelect(attrs={"data-layout": "row"}),
    )
    on = DayField(label=_("Day of the test"))


READINESS_FORMS: dict[str, type[forms.Form]] = {
    "companion": CompanionForm,
    "fasting": FastingForm,
    "medicines": MedicinesForm,
    "tablets": TabletsForm,
    "pregnancy": PregnancyTestForm,
}
