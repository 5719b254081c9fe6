"""Searching the cards, writing a statement, taking one back."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.clinical.evidence.claim_files import claims
from sojourn.clinical.evidence.claims import Topic, Verdict
from sojourn.clinical.evidence.publishing import FigureImpossible, PracticeFigure

COUNTS = ("treated", "due", "observed", "events")
WORDS = ("event", "instrument", "window", "period")


class SearchForm(forms.Form):
    """Words to look for, and what to narrow by."""

    q = forms.CharField(
        label=gettext_lazy("Words"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "data-optional": "hide"}),
    )
    topic = forms.ChoiceField(
        label=gettext_lazy("About"),
        required=False,
        choices=[("", gettext_lazy("everything")), *((t.value, t.value) for t in Topic)],
        widget=forms.Select(attrs={"data-optional": "hide"}),
    )
    verdict = forms.ChoiceField(
        label=gettext_lazy("Verdict"),
        required=False,
        choices=[("", gettext_lazy("any")), *((v.value, v.value) for v in Verdict)],
        widget=forms.Select(attrs={"data-optional": "hide"}),
    )

    def given(self, key: str) -> str:
        """What was asked for; nothing where it was not understood or nothing was asked."""
        return str(getattr(self, "cleaned_data", {}).get(key, ""))


class StatementForm(forms.Form):
    """A sentence, the card behind it and, where it states an amount, everybody who was counted."""

    text = forms.CharField(
        label=gettext_lazy("Statement"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("As it will stand in public."),
    )
    claim_id = forms.ChoiceField(
        label=gettext_lazy("Card behind it"),
        required=False,  # the gate refuses a statement without one, and says why
        widget=forms.Select(attrs={"data-optional": "hide"}),
    )
    event = forms.CharField(
        label=gettext_lazy("What was counted"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("For example: score on the PHQ-9 at least halved."),
    )
    instrument = forms.CharField(label=gettext_lazy("Measured by"), required=False, max_length=80)
    window = forms.CharField(
        label=gettext_lazy("When"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("For example: 4 weeks after the first dose, within 7 days."),
    )
    period = forms.CharField(
        label=gettext_lazy("Patients of which time"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("For example: first dose January to June 2026."),
    )
    treated = forms.IntegerField(
        label=gettext_lazy("Treated"), required=False, min_value=0, max_value=1_000_000
    )
    due = forms.IntegerField(
        label=gettext_lazy("Had reached this point"), required=False, min_value=0, max_value=1_000_000
    )
    observed = forms.IntegerField(
        label=gettext_lazy("Were observed"), required=False, min_value=0, max_value=1_000_000
    )
    events = forms.IntegerField(
        label=gettext_lazy("Had the event"), required=False, min_value=0, max_value=1_000_000
    )

    figure: PracticeFigure | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["claim_id"].choices = [  # type: ignore[attr-defined]
            ("", _("none")),
            *((card.id, f"{card.title} ({capfirst(card.verdict.value)})") for card in claims().values()),
        ]

    def clean(self) -> dict[str, Any]:
        """Take the counts together: all of them or none, and none that contradicts another."""
        given = self.cleaned_data
        told = [key for key in (*WORDS, *COUNTS) if given.get(key) not in {None, ""}]
        if not told or any(key in self.errors for key in (*WORDS, *COUNTS)):
            return given
        missing = [key for key in (*WORDS, *COUNTS) if key not in told]
        for key in missing:
            self.add_error(key, _("A number needs all of these. Fill this in, or empty them all."))
        if missing:
            return given
        try:
            self.figure = PracticeFigure(**{key: given[key] for key in (*WORDS, *COUNTS)})
        except FigureImpossible:
            self.add_error(
                "events",
                _(
                    "Each of the four counts is part of the one before it, and somebody must have been observed."
                ),
            )
        return given


class WithdrawForm(forms.Form):
    why = forms.CharField(label=gettext_lazy("Why it is taken back"), max_length=500)
