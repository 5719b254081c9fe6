"""A questionnaire as a form: one set of choices an item, nothing preselected, every item optional."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from sojourn.clinical.instruments import Instrument, Item


class QuestionnaireForm(forms.Form):
    """Draws the items of an instrument; completeness is the score's affair, not the form's.

    `chosen` are answers kept earlier. Without wording an item shows its number and what its values stand for.
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        instrument: Instrument,
        chosen: Mapping[str, int | None] | None = None,
    ) -> None:
        super().__init__(data)
        for item in instrument.items:
            self.fields[item.id] = _line(item) if item.is_analog else _choices(item)
            given = (chosen or {}).get(item.id)
            if given is not None:
                self.initial[item.id] = str(given)

    def mark(self, problems: Mapping[str, str]) -> None:
        """Put a message beside each item it is about, where the form has not said something itself."""
        for name, message in problems.items():
            if name in self.fields and name not in self.errors:
                self.add_error(name, message)


def asked_as(item: Item) -> str:
    """Give the question with its number; without wording only which one it is."""
    if item.text is None:
        return _("Item %(number)s (wording not installed)") % {"number": item.number}
    return f"{item.number}. {item.text}"


def _choices(item: Item) -> forms.ChoiceField:
    options = [
        (
            str(option.value),
            option.text or (_("not applicable") if option.points is None else str(option.value)),
        )
        for option in item.options
    ]
    return forms.ChoiceField(
        label=asked_as(item),
        choices=options,
        widget=forms.RadioSelect(attrs={"data-optional": "hide"}),
        help_text=_about(item),
        required=False,
    )


def _about(item: Item) -> str:
    if item.text is None:
        return item.key or ""
    return _("Leave it blank if your answers above make it pointless.") if item.asked_when else ""


def _line(item: Item) -> forms.IntegerField:
    """Offer a number rather than a slider: a slider shows an answer before anybody has given one."""
    low, high = item.options[0].value, item.options[-1].value
    ends = item.ends or (str(low), str(high))
    return forms.IntegerField(
        label=asked_as(item),
        min_value=low,
        max_value=high,
        widget=forms.NumberInput(
            attrs={"data-optional": "hide", "inputmode": "numeric", "step": 1, "autocomplete": "off"}
        ),
        help_text=_("A number from %(low)d (%(low_end)s) to %(high)d (%(high_end)s).")
        % {"low": low, "low_end": ends[0], "high": high, "high_end": ends[1]},
        required=False,
    )
