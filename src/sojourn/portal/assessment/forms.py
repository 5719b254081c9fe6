"""The free assessment as a form, drawn from the questions of the rules. Every question may be left blank."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from sojourn.clinical import protocols
from sojourn.design.question_fields import answers_sent, field_for


class AssessmentForm(forms.Form):
    """Draws each question by its kind; what the answers mean is read by `protocols.read_facts` alone."""

    facts: protocols.Facts

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: date) -> None:
        super().__init__(data)
        self.today = today
        for question in protocols.questions():
            self.fields[question.id] = field_for(question)

    def clean(self) -> dict[str, Any]:
        """Read the answers; each that cannot be read gets its message beside it, and `facts` hold the others."""
        sent = answers_sent(self.data, protocols.questions())
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


def carried_fields(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give the answers as name and value pairs, for hidden fields."""
    return [
        (name, value)
        for name, given in answers_sent(data, protocols.questions()).items()
        for value in (given if isinstance(given, list) else [given])
    ]
