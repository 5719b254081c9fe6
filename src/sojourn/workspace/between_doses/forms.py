from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sojourn.program.plans.queries import VisitRow


class NoteForm(forms.Form):
    """The shared note of one conversation, with a line for the prescriber."""

    visit = forms.ChoiceField(label=_("Which conversation"), widget=forms.RadioSelect)
    shared = forms.CharField(
        label=_("Shared note"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "The care team reads it. With it the visit counts as held. It is never edited afterwards."
        ),
        error_messages={"required": _("Write the note: an empty one holds no visit.")},
    )
    to_prescriber = forms.CharField(
        label=_("To the prescriber"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One useful thing, in two lines."),
    )

    def __init__(self, *args: Any, visits: Sequence[tuple[VisitRow, str]], **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": "note", **kwargs})
        self.fields["visit"].choices = [(str(visit.id), label) for visit, label in visits]  # type: ignore[attr-defined]
        if len(visits) == 1:
            self.initial.setdefault("visit", str(visits[0][0].id))


class PrivateForm(forms.Form):
    text = forms.CharField(
        label=_("Private note"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Only you can ever read it: not the patient, not the care team, not the director."),
        error_messages={"required": _("There is nothing to keep yet.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": "private", **kwargs})


class CallForm(forms.Form):
    """One attempt to reach a patient; `form_id` is made with the page, so that pressing twice records once."""

    form_id = forms.UUIDField(widget=forms.HiddenInput)
    reached = forms.ChoiceField(
        label=_("Was the patient reached?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=forms.RadioSelect(attrs={"data-layout": "row"}),
    )
    words = forms.CharField(
        label=_("What was said, or how it was tried"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write what was said, or how it was tried.")},
    )
