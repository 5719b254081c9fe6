"""Entering and correcting answers: the questions, the day, a total as it stands on paper, and why."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.clinical.instruments import Instrument, Item
from sojourn.clinical.instruments.sheet import condition_in_words

OWN_FIELDS = ("answered_on", "stated_total", "why", "as_it_is", "instrument", "csrfmiddlewaretoken")


class AnswersForm(forms.Form):
    """The items of an instrument in short: one line of numbers each, as on paper; nothing preselected."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        instrument: Instrument,
        chosen: Mapping[str, int | None] | None = None,
    ) -> None:
        super().__init__(data)
        self.items = [item.id for item in instrument.items]
        for item in instrument.items:
            self.fields[item.id] = _field(item)
            given = (chosen or {}).get(item.id)
            if given is not None:
                self.initial[item.id] = str(given)

    @property
    def questions(self) -> list[forms.BoundField]:
        return [self[name] for name in self.items]

    def mark(self, problems: Mapping[str, str]) -> None:
        """Put a message beside each item it is about."""
        for name, message in problems.items():
            if name in self.fields and name not in self.errors:
                self.add_error(name, message)


class InstrumentChoice(forms.Form):
    """Which instrument is entered; those open now stand first."""

    instrument = forms.ChoiceField(
        label=gettext_lazy("Instrument"),
        help_text=gettext_lazy(
            "From paper, by telephone, or as your own rating. By numbers: the wording is not installed."
        ),
    )

    def __init__(self, *, known: Iterable[Instrument], open_now: Collection[str]) -> None:
        super().__init__()
        named = [(one.id, _named(one)) for one in known]
        first = [pair for pair in named if pair[0] in open_now]
        others = [pair for pair in named if pair[0] not in open_now]
        choice = self.fields["instrument"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(_("Open now"), first), (_("Others"), others)] if first else others


class EntryForm(AnswersForm):
    """Answers given on a day, with the total as it was written down."""

    answered_on = forms.DateField(
        label=gettext_lazy("Answered on"), widget=forms.DateInput(attrs={"type": "date"})
    )
    stated_total = forms.CharField(
        label=gettext_lazy("Total as stated on paper"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=gettext_lazy("Leave it blank if none is stated. It never replaces the computed total."),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, instrument: Instrument, today: date) -> None:
        super().__init__(data, instrument=instrument)
        self.initial["answered_on"] = today.isoformat()
        if not instrument.scales:
            del self.fields["stated_total"]


class CorrectionForm(AnswersForm):
    """Answers as they should have been, and why."""

    why = forms.CharField(
        label=gettext_lazy("Why are they corrected?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _named(instrument: Instrument) -> str:
    if instrument.has_wording:
        return instrument.title
    return _("%(title)s (by numbers)") % {"title": instrument.title}


def _field(item: Item) -> forms.Field:
    label = (
        f"{item.number}. {item.text}"
        if item.text
        else _("Item %(number)s (wording not installed)") % {"number": item.number}
    )
    if item.is_analog:
        low, high = item.options[0].value, item.options[-1].value
        return forms.IntegerField(
            label=label, min_value=low, max_value=high, required=False,
            widget=forms.NumberInput(attrs={"data-optional": "hide"}), help_text=f"{low} – {high}",
        )  # fmt: skip
    return forms.ChoiceField(
        label=label,
        choices=[
            (str(o.value), f"{o.value} · {o.text}" if o.text else _value(item, o.value)) for o in item.options
        ],
        widget=forms.RadioSelect(attrs={"data-optional": "hide", "data-layout": "row"}),
        help_text=_about(item),
        required=False,
    )


def _about(item: Item) -> str:
    said = [] if item.text else [item.key or ""]
    if item.asked_when is not None:
        said.append(_("Asked when %(condition)s.") % {"condition": condition_in_words(item.asked_when)})
    return " ".join(filter(None, said))


def _value(item: Item, value: int) -> str:
    return (
        _("%(value)d · not applicable") % {"value": value}
        if item.option(value).points is None
        else str(value)
    )
