"""The comprehension check and the signature under a consent, drawn from the document."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.clinical.protocols.consents import ConsentDocument

MOST_TRIES = 99


class ConsentForm(forms.Form):
    """One set of choices a question, the name typed out, and the agreement itself."""

    signed_name = forms.CharField(
        label=gettext_lazy("Type your full name to sign"),
        max_length=300,
        error_messages={"required": gettext_lazy("Type your name to sign.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "auto"}),
    )
    agrees = forms.BooleanField(
        label=gettext_lazy("I have read this, my questions were answered, and I agree of my own will"),
        error_messages={
            "required": gettext_lazy("Tick this only if it is true for you. Without it nothing is signed.")
        },
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, document: ConsentDocument, patient_name: str
    ) -> None:
        super().__init__(data)
        self.document = document
        signature = {name: self.fields.pop(name) for name in ("signed_name", "agrees")}
        signature["signed_name"].help_text = escape(
            _("As it stands in your record: %(name)s") % {"name": patient_name}
        )
        for place, question in enumerate(document.questions, 1):
            self.fields[question.id] = forms.ChoiceField(
                label=f"{place}. {question.asks}",
                choices=[(option.value, option.label) for option in question.options],
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose an answer.")},
            )
        self.fields.update(signature)

    @property
    def questions(self) -> list[BoundField]:
        return [self[question.id] for question in self.document.questions]

    @property
    def answers(self) -> dict[str, str]:
        """The answers to the comprehension check."""
        return {question.id: self.cleaned_data[question.id] for question in self.document.questions}

    def clean(self) -> dict[str, Any]:
        """Put the explanation beside each question that was answered wrong; the action refuses them as well."""
        given = dict(self.cleaned_data)
        for question in self.document.questions:
            if question.id in given and given[question.id] != question.correct:
                self.add_error(question.id, _("Not quite. %(why)s") % {"why": question.explanation})
        return given

    @property
    def is_misunderstood(self) -> bool:
        """True when a question was answered wrong; one left open or another name typed is no misunderstanding."""
        given = {question.id: self.data.get(question.id) for question in self.document.questions}
        return any(given[q.id] not in {None, "", q.correct} for q in self.document.questions)

    @property
    def is_for_todays_text(self) -> bool:
        """True when the page that was sent showed the document as it is now."""
        return self.data.get("shown") == self.document.sha256

    def refuse_name(self) -> None:
        """Say that the typed name is not the patient's."""
        self.add_error("signed_name", _("This is not the name in your record. Type it as it stands there."))


def tries_before(data: Mapping[str, Any]) -> int:
    """How often the check was answered wrong before, as the page itself counted."""
    told = str(data.get("tries", ""))
    return min(int(told), MOST_TRIES) if told.isascii() and told.isdigit() else 0
