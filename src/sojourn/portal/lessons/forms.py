"""Narrowing the cards, and the questions of a lesson."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from sojourn.clinical.evidence.claims import Topic, Verdict
from sojourn.clinical.evidence.lessons import Lesson


class NarrowForm(forms.Form):
    """Which cards to show. Everything is optional, and what is not understood narrows nothing."""

    topic = forms.ChoiceField(required=False, choices=[(each.value, each.value) for each in Topic])
    verdict = forms.ChoiceField(required=False, choices=[(each.value, each.value) for each in Verdict])

    @property
    def topic_chosen(self) -> str:
        return self.cleaned_data.get("topic", "") if self.is_valid() else ""

    @property
    def verdict_chosen(self) -> str:
        return self.cleaned_data.get("verdict", "") if self.is_valid() else ""


@dataclass(frozen=True)
class Way:
    """A link that narrows, and whether it is the one taken."""

    label: str
    query: str
    is_current: bool


def topic_ways(topic: str, verdict: str) -> tuple[Way, ...]:
    """Give one link for every topic together and one for each, keeping the verdict that was chosen."""
    return (
        Way(_("Everything"), _address("", verdict), not topic),
        *(Way(capfirst(each.value), _address(each, verdict), topic == each) for each in Topic),
    )


def verdict_ways(topic: str, verdict: str) -> tuple[Way, ...]:
    """Give one link for any verdict and one for each, keeping the topic that was chosen."""
    return (
        Way(_("Any verdict"), _address(topic, ""), not verdict),
        *(Way(capfirst(each.value), _address(topic, each), verdict == each) for each in Verdict),
    )


def _address(topic: str, verdict: str) -> str:
    return "?" + urlencode({"topic": topic, "verdict": verdict})


class CheckForm(forms.Form):
    """One set of choices a question. An answer that is not right gets its explanation."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, lesson: Lesson) -> None:
        super().__init__(data)
        self.lesson = lesson
        for place, question in enumerate(lesson.questions, 1):
            self.fields[question.id] = forms.ChoiceField(
                label=f"{place}. {question.asks}",
                choices=[(option.value, option.label) for option in question.options],
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose an answer.")},
            )

    @property
    def questions(self) -> list[BoundField]:
        return [self[question.id] for question in self.lesson.questions]

    def explain(self, wrong: tuple[str, ...]) -> None:
        """Put the explanation beside each question that was answered wrong."""
        for question in self.lesson.questions:
            if question.id in wrong:
                self.add_error(question.id, _("Not quite. %(why)s") % {"why": question.explanation})
