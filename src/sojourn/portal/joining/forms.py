"""The account a visitor makes to become a patient."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sojourn.clinical.quantities import Implausible, age_years
from sojourn.design.fields import DayField, NameField
from sojourn.program.people.places import STATES


class JoiningForm(forms.Form):
    name = NameField(
        label=_("Your name"),
        help_text=_("As it stands on your papers."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    born_on = DayField(
        label=_("When were you born?"),
        help_text=_("Month, day and year, such as 05/31/1980."),
        error_messages={"required": _("Give the day you were born.")},
    )
    state = forms.ChoiceField(
        label=_("Which state do you live in?"),
        choices=[("", _("Choose a state")), *STATES],
        help_text=_("Clinicians may only treat you where they hold a license."),
        error_messages={"required": _("Choose the state you live in.")},
    )
    site = forms.ChoiceField(
        label=_("Where would you like to be treated?"),
        error_messages={"required": _("Choose one of our places.")},
    )
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=40,
        required=False,
        help_text=_("So that a clinician can reach you."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("You sign in with it. We never write about your health in an e-mail."),
        error_messages={
            "required": _("Give an e-mail address; you sign in with it."),
            "invalid": _("Give an e-mail address like ada@example.org."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=128,
        help_text=_("At least 12 characters. A few words that only you would put together are good."),
        error_messages={"required": _("Choose a password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, sites: list[tuple[str, str]], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        field = self.fields["site"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = sites

    def clean_phone(self) -> str:
        """Take a number as people write it, and refuse one that cannot be called."""
        phone = str(self.cleaned_data["phone"]).strip()
        digits = sum(character.isdigit() for character in phone)
        if phone and (digits < 7 or digits > 15 or any(c not in "0123456789+-() .x/" for c in phone)):  # noqa: PLR2004 - E.164 ends at 15
            raise forms.ValidationError(_("Give a number like 510-555-0100, or leave it empty."))
        return phone

    def clean_born_on(self) -> date:
        """Refuse a day in the future or too long ago."""
        born_on: date = self.cleaned_data["born_on"]
        try:
            age_years(born_on=born_on, on=self.today)
        except Implausible as refused:
            raise forms.ValidationError(refused.message) from refused
        return born_on

    def ask_password_again(self) -> None:
        """Say beside an accepted password that it has to be typed again: a page never sends one back."""
        if "password" not in self.errors:
            self.add_error("password", _("Type your password again. We never send one back in a page."))
