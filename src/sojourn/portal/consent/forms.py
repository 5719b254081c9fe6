"""The comprehension check and the signature under a consent, drawn from the document."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.clinical import instruments
from sojourn.clinical.outcomes.stop_rule import Terms, stop_rule_policy
from sojourn.clinical.protocols.consents import ConsentDocument
from sojourn.program.intake.signing import AgreedRule

MOST_TRIES = 99
MAY_CONTACT = (
    ("my prescriber", gettext_lazy("My prescriber")),
    ("my therapist", gettext_lazy("My therapist")),
    ("the coordinator", gettext_lazy("The coordinator")),
)
RULE_FIELDS = ("fall", "by_session", "may_contact", "trusted_name", "trusted_phone")


class ConsentForm(forms.Form):
    """One set of choices a question, the stop rule, the name typed out, and the agreement itself."""

    fall = forms.ChoiceField(
        label=gettext_lazy("We stop and talk if this has not fallen"),
        error_messages={"required": gettext_lazy("Choose what we look at.")},
        widget=forms.Select(),
    )
    by_session = forms.TypedChoiceField(
        label=gettext_lazy("by this session"),
        coerce=int,
        error_messages={"required": gettext_lazy("Choose a session.")},
    )
    may_contact = forms.MultipleChoiceField(
        label=gettext_lazy("Who may contact me about it"),
        choices=MAY_CONTACT,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Tick nobody, and you call us yourself."),
    )
    trusted_name = forms.CharField(
        label=gettext_lazy("Somebody you trust, whom we may call if we cannot reach you"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    trusted_phone = forms.CharField(
        label=gettext_lazy("Their telephone number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "type": "tel"}),
    )
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
        self,
        data: Mapping[str, Any] | None = None,
        *,
        document: ConsentDocument,
        patient_name: str,
        proposed: Terms,
        doses: int,
    ) -> None:
        initial = {"fall": f"{proposed.instrument}:{proposed.points}", "by_session": proposed.by_session}
        super().__init__(data, initial=initial)
        self.document = document
        policy = stop_rule_policy()
        self.fields["fall"].choices = _falls()  # type: ignore[attr-defined]
        self.fields["by_session"].choices = [  # type: ignore[attr-defined]
            (session, _("session %(n)d") % {"n": session}) for session in policy.sessions(doses=doses)
        ]
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
    def rule_fields(self) -> list[BoundField]:
        return [self[name] for name in RULE_FIELDS]

    @property
    def agreed(self) -> AgreedRule:
        """The stop rule as it was chosen on this page."""
        instrument, points = self.cleaned_data["fall"].split(":")
        return AgreedRule(
            Terms(instrument, int(points), self.cleaned_data["by_session"]),
            may_contact=tuple(self.cleaned_data["may_contact"]),
            trusted_name=self.cleaned_data["trusted_name"],
            trusted_phone=self.cleaned_data["trusted_phone"],
        )

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
        if bool(given.get("trusted_name")) != bool(given.get("trusted_phone")):
            lacks = "trusted_phone" if given.get("trusted_name") else "trusted_name"
            self.add_error(lacks, _("Give both, a name and a number, or neither."))
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
        shown = (self.data.get("shown"), self.data.get("rule_version"))
        return shown == (self.document.sha256, stop_rule_policy().version)

    def refuse_name(self) -> None:
        """Say that the typed name is not the patient's."""
        self.add_error("signed_name", _("This is not the name in your record. Type it as it stands there."))


def _falls() -> list[tuple[str, list[tuple[str, str]]]]:
    """The scales with the amounts that are offered on each."""
    groups = []
    for scale in stop_rule_policy().scales.values():
        instrument = instruments.get(scale.instrument)
        said = _("%(title)s by %(points)d points or more")
        groups.append(
            (
                f"{instrument.patient_title} ({instrument.title})",
                [
                    (f"{scale.instrument}:{points}", said % {"title": instrument.title, "points": points})
                    for points in range(scale.low, scale.high + 1)
                ],
            )
        )
    return groups


def tries_before(data: Mapping[str, Any]) -> int:
    """How often the check was answered wrong before, as the page itself counted."""
    told = str(data.get("tries", ""))
    return min(int(told), MOST_TRIES) if told.isascii() and told.isdigit() else 0
