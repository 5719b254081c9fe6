"""A questionnaire as a form: one set of choices an item, nothing preselected, every item optional."""

from collections.abc import Mapping
from typing import Any

from django import forms

from sojourn.clinical.instruments import Instrument


class QuestionnaireForm(forms.Form):
    """Draws the items of an instrument; completeness is the score's affair, not the form's."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, instrument: Instrument) -> None:
        super().__init__(data)
        for item in instrument.items:
            self.fields[item.id] = forms.ChoiceField(
                label=f"{item.number}. {item.text}" if item.number else item.text,
                choices=[(str(option.value), option.text) for option in item.options],
                widget=forms.RadioSelect(attrs={"data-optional": "hide"}),
                required=False,
            )

    def mark(self, problems: Mapping[str, str]) -> None:
        """Put a message beside each item it is about, where the form has not said something itself."""
        for name, message in problems.items():
            if name in self.fields and name not in self.errors:
                self.add_error(name, message)
