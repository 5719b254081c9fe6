"""Form fields that more than one door asks for: a person's name, and the day somebody was born."""

import unicodedata
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sojourn.clinical.protocols import read_day

LONGEST_NAME = 300
TURNS_TEXT_AROUND = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
DAY_ATTRIBUTES = {"autocomplete": "bday", "placeholder": "MM/DD/YYYY", "class": "short"}


class NameField(forms.CharField):
    """A name as its bearer writes it, in any script; only what cannot be seen, or turns text around, is dropped."""

    def __init__(self, **facts: Any) -> None:
        facts.setdefault("max_length", LONGEST_NAME)
        messages = {
            "required": _("Give your name."),
            "max_length": _("Give a name of at most 300 characters."),
            "invisible": _("Give a name that can be read."),
            "null_characters_not_allowed": _("Give a name that can be read."),
        }
        facts["error_messages"] = messages | facts.get("error_messages", {})
        super().__init__(**facts)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Let a name run in its own direction while it is typed."""
        return {**super().widget_attrs(widget), "dir": "auto"}

    def to_python(self, value: Any) -> str:
        """Drop control characters and spare spaces. Joiners stay: Persian names and some others need them."""
        kept = (mark for mark in super().to_python(value) or "" if not _is_dropped(mark))
        return " ".join("".join(kept).split())

    def validate(self, value: str) -> None:
        """Refuse a name in which there is nothing to see."""
        super().validate(value)
        if not any(unicodedata.category(mark)[0] in "LNSP" for mark in value):
            raise forms.ValidationError(self.error_messages["invisible"], code="invisible")


def _is_dropped(mark: str) -> bool:
    """True for what turns text around and for control characters, but for spaces and NUL (which is refused)."""
    is_control = unicodedata.category(mark) == "Cc" and mark != "\x00" and not mark.isspace()
    return is_control or mark in TURNS_TEXT_AROUND


class DayField(forms.CharField):
    """A day typed as people write it. A text box: a browser's date box throws away a day that does not exist."""

    widget = forms.TextInput

    def __init__(self, **facts: Any) -> None:
        super().__init__(max_length=100, **facts)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Say which way round a day is written."""
        return {**super().widget_attrs(widget), **DAY_ATTRIBUTES}

    def prepare_value(self, value: Any) -> Any:
        """Show a day that is known the way it is asked for."""
        return f"{value:%m/%d/%Y}" if isinstance(value, date) else value

    def clean(self, value: Any) -> Any:
        """Read the day, with a message of what is wrong with it."""
        text = super().clean(value)
        if text in self.empty_values:
            return None
        try:
            return read_day(text)
        except ValueError as unreadable:
            raise forms.ValidationError(str(unreadable)) from unreadable
