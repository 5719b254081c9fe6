"""One decision: its outcome, one line of why, and how each open finding was settled."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.clinical.protocols import Evaluation, Finding
from sojourn.program.intake.choices import DecisionOutcome
from sojourn.program.intake.verdicts import forbidden_everywhere, to_settle

FORM_ID = "decision"  # fields beside the findings belong to the form by its id
SUITABLE = DecisionOutcome.SUITABLE.value


class DecisionForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("Decision"), choices=DecisionOutcome.choices, widget=forms.RadioSelect
    )
    why = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("One line. It stays with the decision and cannot be edited."),
        error_messages={"required": gettext_lazy("Say in one line why. Without it nothing is recorded.")},
    )
    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, evaluation: Evaluation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.evaluation = evaluation
        self.must_read = False  # somebody decided meanwhile, and this page shows it for the first time
        self.names = {field_for(finding): finding for finding in to_settle(evaluation)}
        for name, finding in self.names.items():
            self.fields[name] = forms.CharField(
                label=_("How was %(rule)s settled?") % {"rule": finding.rule_id},
                max_length=500,
                required=False,
                widget=forms.TextInput(attrs={"data-optional": "hide", "form": FORM_ID}),
            )

    def settling(self, finding: Finding) -> forms.BoundField | None:
        """Give the question about one finding, or None where nothing has to be settled."""
        return self[field_for(finding)] if field_for(finding) in self.names else None

    @property
    def resolved(self) -> dict[str, str]:
        """What was typed about each open finding, by its rule."""
        return {finding.rule_id: self.cleaned_data.get(name, "") for name, finding in self.names.items()}

    @property
    def last_seen(self) -> UUID | None:
        return self.cleaned_data.get("seen")

    def clean(self) -> dict[str, Any]:
        """Refuse "suitable" where a rule forbids it, or where an open finding has no line."""
        if self.cleaned_data.get("outcome") != SUITABLE:
            return self.cleaned_data
        if against := forbidden(self.evaluation):
            self.add_error("outcome", against)
            return self.cleaned_data
        for name in self.names:
            if name not in self.errors and not self.cleaned_data.get(name, "").strip():
                self.add_error(name, _("Say how this was settled, or choose another decision."))
        return self.cleaned_data


def field_for(finding: Finding) -> str:
    """Name the field in which a finding is settled."""
    return f"settled-{finding.rule_id}"


def forbidden(evaluation: Evaluation) -> str:
    """Say which rules forbid every way of treatment, and that nobody overrides them; empty where one is open."""
    rules = forbidden_everywhere(evaluation)
    if not rules:
        return ""
    return _("“Suitable” is forbidden by absolute rules: %(rules)s. They cannot be overridden here.") % {
        "rules": ", ".join(rules)
    }
