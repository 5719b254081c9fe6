"""What is typed while a dose is checked and the medicine accounted for. The words of the patient are not kept."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sojourn.clinical.monitoring.dose_rules import DoseRule
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.dose_checking import InHand
from sojourn.workspace.session_room.forms import EventForm, number

DRUGS = (("", _("Choose")), ("esketamine", _("Esketamine")), ("ketamine", _("Ketamine (racemic)")))
ROUTES = (
    ("", _("Choose")),
    ("intranasal", _("in the nose")),
    ("intravenous", _("into a vein")),
    ("intramuscular", _("into a muscle")),
    ("subcutaneous", _("under the skin")),
    ("sublingual", _("under the tongue")),
    ("oral", _("swallowed")),
)
COUNTED = {"devices": _("Devices in hand"), "tablets": _("All tablets, counted on camera")}


def typed(label: Any, *, help_text: Any = "", **attributes: str) -> forms.CharField:
    """A field for a short text, judged by what it is recorded as."""
    shown = {"autocomplete": "off", "data-optional": "hide", **attributes}
    return forms.CharField(
        label=label, required=False, max_length=300, help_text=help_text, widget=forms.TextInput(attrs=shown)
    )


def day(label: Any) -> forms.DateField:
    """A field for a calendar day."""
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "data-optional": "hide"}),
        error_messages={"invalid": _("Please enter a day as year-month-day.")},
    )


class DoseCheckForm(EventForm):
    """Who it is, as they say it, and what is in hand, as the package says it. Nothing is filled in beforehand."""

    kind = EventKind.DOSE_CHECKED
    name = typed(_("Name, as the patient says it"))
    born_on = day(_("Date of birth, as the patient says it"))
    drug = forms.ChoiceField(
        label=_("Drug in hand"),
        required=False,
        choices=DRUGS,
        widget=forms.Select(attrs={"data-optional": "hide"}),
    )
    route = forms.ChoiceField(
        label=_("Route"), required=False, choices=ROUTES, widget=forms.Select(attrs={"data-optional": "hide"})
    )
    mg = typed(_("Dose prepared"), inputmode="decimal", **{"data-unit": "mg"})
    lot = typed(_("Lot number"))
    expires_on = day(_("Expires on"))
    count = number(_("Counted"), "")

    def __init__(self, *args: Any, rule: DoseRule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if rule.unit in COUNTED:
            self.fields["count"].label = COUNTED[rule.unit]
        else:
            del self.fields["count"]

    @property
    def in_hand(self) -> InHand:
        typed_in = {name: self.cleaned_data.get(name) for name in ("born_on", "expires_on")}
        said = {
            name: str(self.cleaned_data.get(name, "")).strip()
            for name in ("name", "drug", "route", "mg", "lot")
        }
        return InHand(**said, **typed_in, count=self.cleaned_data.get("count") or None)  # type: ignore[arg-type]


class WitnessForm(EventForm):
    """That a second person saw what an entry tells."""

    kind = EventKind.WITNESSED
    about_id = forms.UUIDField(widget=forms.HiddenInput)


class AccountForm(EventForm):
    """What became of the controlled medicine of a session."""

    kind = EventKind.ACCOUNTED
    dispensed = typed(_("Taken out"), inputmode="decimal")
    given = typed(_("Given"), inputmode="decimal")
    wasted = typed(_("Wasted"), inputmode="decimal")
    returned = typed(_("Returned"), inputmode="decimal")
    words = forms.CharField(label=_("In words"), required=False, max_length=2000)

    def __init__(self, *args: Any, rule: DoseRule, drug: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit, self.drug = rule.unit or "mg", drug
        for name in ("dispensed", "given", "wasted", "returned"):
            self.fields[name].widget.attrs["data-unit"] = self.unit

    @property
    def facts(self) -> dict[str, Any]:
        return {**super().facts, "unit": self.unit, "drug": self.drug}
