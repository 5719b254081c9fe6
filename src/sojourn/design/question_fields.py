"""The questions of the rules as fields of a form, for the free assessment and the clinical screen alike."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from sojourn.clinical.protocols import Kind, Question
from sojourn.design.fields import DAY_ATTRIBUTES

FEW_OPTIONS = 3  # as many choices as stand beside each other on a desk


def field_for(question: Question) -> forms.Field:
    """Draw a question by its kind; what an answer means is read by `protocols.read_facts` alone."""
    facts: dict[str, Any] = {"label": question.text, "help_text": question.help, "required": False}
    quiet = {"data-optional": "hide"}
    choices = [(option.value, option.label) for option in question.options]
    match question.kind:
        case Kind.YES_NO_UNKNOWN | Kind.CHOICE:
            layout = {"data-layout": "row"} if len(choices) <= FEW_OPTIONS else {}
            return forms.ChoiceField(choices=choices, widget=forms.RadioSelect(attrs=quiet | layout), **facts)
        case Kind.CHECKLIST:
            return forms.MultipleChoiceField(
                choices=choices, widget=forms.CheckboxSelectMultiple(attrs=quiet), **facts
            )
        case Kind.STATE:
            blank = [("", "Choose a state"), *choices]
            return forms.ChoiceField(choices=blank, widget=forms.Select(attrs=quiet), **facts)
        case Kind.BIRTH_DATE:
            return forms.CharField(
                widget=forms.TextInput(attrs=quiet | DAY_ATTRIBUTES), max_length=100, **facts
            )
        case Kind.MEDICINES:
            return forms.CharField(widget=forms.Textarea(attrs=quiet | {"rows": 4}), max_length=2000, **facts)
    hints = {Kind.BLOOD_PRESSURE: "120/80", Kind.WEIGHT: "180 lb"}
    if question.unit:
        facts["label"] = f"{question.text} ({question.unit})"
    widget = forms.TextInput(
        # No autocomplete="off": with it, browsers drop what was typed when somebody comes back from the answer.
        attrs=quiet | {"placeholder": hints.get(question.kind, ""), "class": "short"}
    )
    return forms.CharField(widget=widget, max_length=100, **facts)


def answers_sent(data: Mapping[str, Any], questions: Iterable[Question]) -> dict[str, str | list[str]]:
    """Pick the answers out of whatever else was sent with them."""
    sent: dict[str, str | list[str]] = {}
    for question in questions:
        many = data.getlist(question.id) if isinstance(data, QueryDict) else [data.get(question.id, "")]
        many = [value for value in many if value]
        if many:
            sent[question.id] = many if question.kind is Kind.CHECKLIST else many[-1]
    return sent
