"""What a new practice is asked once: its name, where it works, and who directs it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sojourn.design.fields import NameField
from sojourn.design.readiness_forms import NOT_A_PHONE, PHONE
from sojourn.program.people.places import STATES, TIME_ZONES


class FirstRunForm(forms.Form):
    name = NameField(
        label=_("Name of the practice"),
        error_messages={"required": _("Give the practice a name.")},
        help_text=_("It stands on every page your patients see."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    phone = forms.RegexField(
        label=_("Telephone of the practice"),
        regex=PHONE,
        required=False,
        help_text=_("Patients and sitters call it when something is wrong. You can set it later."),
        error_messages={"invalid": NOT_A_PHONE},
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    site_name = forms.CharField(
        label=_("Name of the first site"),
        max_length=300,
        help_text=_("For example: Oakland. You can add more."),
    )
    site_address = forms.CharField(
        label=_("Address of the site"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    site_state = forms.ChoiceField(label=_("State"), choices=[("", _("Choose a state")), *STATES])
    site_timezone = forms.ChoiceField(
        label=_("Time zone of the site"),
        choices=[("", _("Choose a time zone")), *TIME_ZONES],
        help_text=_("Visits are booked and shown in this time."),
    )
    director_name = NameField(
        label=_("Name of the medical director"),
        error_messages={"required": _("Give the name of the medical director.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-mail of the medical director"),
        max_length=254,
        help_text=_("Used to sign in."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        help_text=_("At least 12 characters. A sentence is easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def ask_password_again(self) -> None:
        """Say beside an accepted password that it has to be typed again: a page never sends one back."""
        if "password" not in self.errors:
            self.add_error("password", _("Type your password again. We never send one back in a page."))
