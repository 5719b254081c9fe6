"""The free assessment as a form, drawn from the questions of the rules. Every question may be left blank."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict

from sojourn.clinical import protocols
from sojourn.clinical.protocols import Kind, Question
from sojourn.design.fields import DAY_ATTRIBUTES

FEW_OPTIONS = 3  # as many choices as stand beside each other on a desk


class AssessmentForm(forms.Form):
    """Draws each question by its kind; what the answers mean is read by `protocols.read_facts` alone."""

    facts: protocols.Facts

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: date) -> None:
        super().__init__(data)
        self.today = today
        for question in protocols.questions():
            self.fields[question.id] = _field_for(question)

    def clean(self) -> dict[str, Any]:
        """Read the answers; each that cannot be read gets its message beside it, and `facts` hold the others."""
        sent = carried_answers(self.data)
        self.facts, problems = _read(sent, today=self.today)
        for name, message in problems.items():
            if name in self.fields:
                self.add_error(name, message)
        return self.cleaned_data

    def sections(self) -> Iterator[tuple[str, list[BoundField]]]:
        """Give the sections with their questions, in order."""
        titles = {q.section.title: [] for q in protocols.questions()}  # type: dict[str, list[BoundField]]
        for question in protocols.questions():
            titles[question.section.title].append(self[question.id])
        yield from titles.items()


def _read(sent: Mapping[str, str | list[str]], *, today: date) -> tuple[protocols.Facts, Mapping[str, str]]:
    """Read what can be read, and say of the rest what is wrong with it."""
    try:
        facts = protocols.read_facts(sent)
        protocols.refuse_future(facts, on=today)
    except protocols.FactsInvalid as invalid:
        legible = {name: value for name, value in sent.items() if name not in invalid.problems}
        facts, more = _read(legible, today=today)
        return facts, {**invalid.problems, **more}
    return facts, {}


def carried_answers(data: Mapping[str, Any]) -> dict[str, str | list[str]]:
    """Pick the answers out of whatever else was sent with them."""
    carried: dict[str, str | list[str]] = {}
    for question in protocols.questions():
        many = data.getlist(question.id) if isinstance(data, QueryDict) else [data.get(question.id, "")]
        many = [value for value in many if value]
        if many:
            carried[question.id] = many if question.kind is Kind.CHECKLIST else many[-1]
    return carried


def carried_fields(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give the answers as name and value pairs, for hidden fields."""
    return [
        (name, value)
        for name, given in carried_answers(data).items()
        for value in (given if isinstance(given, list) else [given])
    ]


def _field_for(question: Question) -> forms.Field:
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
    hints = {Kind.BLOOD_PRESSURE: "120/80", Kind.WEIGHT: "180 lb"}
    widget = forms.TextInput(
        # No autocomplete="off": with it, browsers drop what was typed when somebody comes back from the answer.
        attrs=quiet | {"placeholder": hints.get(question.kind, ""), "class": "short"}
    )
    return forms.CharField(widget=widget, max_length=100, **facts)
