"""What is typed while a session runs. `clinical.monitoring` judges each value; these forms only carry them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from sojourn.clinical.monitoring import MonitoringPlan
from sojourn.clinical.monitoring.discharge import GIVEN_OXYGEN
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.session_refusals import CLOCKS_DIFFER

SEDATION = (
    ("5", _("5 · answers readily to the name")),
    ("4", _("4 · answers slowly")),
    ("3", _("3 · only when called loudly or again")),
    ("2", _("2 · only to mild prodding or shaking")),
    ("1", _("1 · only to a painful squeeze")),
    ("0", _("0 · no response")),
)
HALF_A_DAY = timedelta(hours=12)


def number(label: Any, unit: str) -> forms.CharField:
    """A field for a whole number with its unit beside it; the value is judged by what it is recorded as."""
    attributes = {"inputmode": "numeric", "autocomplete": "off", "data-unit": unit, "data-optional": "hide"}
    return forms.CharField(
        label=label,
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs=attributes),
        error_messages={"max_length": _("Please enter a whole number.")},
    )


class EventForm(forms.Form):
    """One event: `form_id` is made with the page, so that pressing twice records once."""

    kind: ClassVar[str]
    form_id = forms.UUIDField(widget=forms.HiddenInput)
    at = forms.TimeField(
        label=_("Taken at"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        help_text=_("Leave empty for now."),
    )

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        initial = {"form_id": uuid7(), **kwargs.pop("initial", {})}
        super().__init__(*args, **{"prefix": self.kind, "initial": initial, **kwargs})
        self.zone = zone

    def taken_at(self, now: datetime) -> datetime:
        """The moment the typed time of day was last, where the site is; now, when none was typed."""
        typed = self.cleaned_data.get("at")
        return now if typed is None else last_moment_of(typed, zone=self.zone, now=now)

    @property
    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in {"form_id", "at"}}


def last_moment_of(typed: time, *, zone: tzinfo, now: datetime) -> datetime:
    """Give the moment at which the clock of the site last showed this; half a day ahead at most counts as to come.

    In the night the clocks go back, an hour is shown twice: the later one counts, once it has come.
    """
    today = now.astimezone(zone).date()
    shown = _moments(typed, today, zone)
    if past := [moment for moment in shown if moment <= now + CLOCKS_DIFFER]:
        return max(past)
    if min(shown) - now > HALF_A_DAY:
        return max(_moments(typed, today - timedelta(days=1), zone))
    return min(shown)


def _moments(typed: time, day: date, zone: tzinfo) -> tuple[datetime, ...]:
    there = datetime.combine(day, typed, zone)
    return tuple(there.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


class VitalsForm(EventForm):
    kind = EventKind.VITAL_TAKEN
    systolic = number(_("Systolic"), "mmHg")
    diastolic = number(_("Diastolic"), "mmHg")
    heart_rate = number(_("Heart rate"), "/min")
    spo2 = number(_("Oxygen (SpO2)"), "%")
    respiratory_rate = number(_("Breaths"), "/min")
    symptoms = forms.BooleanField(
        label=_("Chest pain, short of breath, severe headache, vision change, seizure or weakness"),
        required=False,
    )


class RatingForm(EventForm):
    kind = EventKind.RATED
    moaas = forms.ChoiceField(
        label=_("Sedation (MOAA/S)"), required=False, choices=SEDATION, widget=forms.RadioSelect
    )
    dissociation = number(_("Dissociation, said by the patient"), "of 10")


class SignForm(EventForm):
    kind = EventKind.NOTICED
    sign = forms.ChoiceField(label=_("What was noticed"))
    words = forms.CharField(label=_("In words"), required=False, max_length=2000)

    def __init__(self, *args: Any, plan: MonitoringPlan | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        signs = plan.signs if plan else ()
        self.fields["sign"].choices = [("", _("Choose")), *((sign.id, sign.label) for sign in signs)]  # type: ignore[attr-defined]
        self.fields["sign"].widget.attrs["data-choices"] = (
            "signs"  # filled in the browser where no plan is known
        )


class NoteForm(EventForm):
    kind = EventKind.NOTED
    words = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "data-optional": "hide"}),
    )


class DoseForm(EventForm):
    kind = EventKind.DOSED
    mg = forms.CharField(
        label=_("Dose in hand"),
        required=False,
        max_length=10,
        widget=forms.TextInput(
            attrs={"inputmode": "decimal", "autocomplete": "off", "data-unit": "mg", "data-optional": "hide"}
        ),
    )
    words = forms.CharField(label=_("Lot number"), required=False, max_length=200)


class DischargeForm(EventForm):
    kind = EventKind.DISCHARGED
    words = forms.CharField(label=_("Handed over to, and how they were"), required=False, max_length=2000)


class EndForm(EventForm):
    kind = EventKind.CANCELLED
    words = forms.CharField(
        label=_("Why no dose is given"),
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"data-optional": "hide"}),
    )


class StrikeForm(EventForm):
    kind = EventKind.STRUCK
    struck_id = forms.UUIDField(widget=forms.HiddenInput)
    words = forms.CharField(
        label=_("What was wrong"),
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"data-optional": "hide"}),
    )

    @property
    def facts(self) -> dict[str, Any]:
        return {"struck_id": str(self.cleaned_data["struck_id"]), "words": self.cleaned_data["words"]}


class ChecklistForm(EventForm):
    """Every item of the plan with yes and no; what was answered before is shown as it stands."""

    kind = EventKind.CHECKED

    def __init__(
        self,
        *args: Any,
        plan: MonitoringPlan,
        standing: dict[str, bool],
        called_for: set[str],
        answered_elsewhere: set[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["at"]
        for item in plan.checklist:
            said = standing.get(item.id)
            if item.id in answered_elsewhere:
                continue
            if not item.needed and said is None and item.id not in called_for:
                continue
            self.fields[item.id] = forms.ChoiceField(
                label=item.asks,
                required=False,
                choices=[("yes", _("Yes")), ("no", _("No"))],
                initial=None if said is None else "yes" if said else "no",
                widget=forms.RadioSelect(attrs={"data-layout": "row"}),
            )

    @property
    def answers(self) -> dict[str, bool]:
        return {name: said == "yes" for name, said in self.facts.items() if said}

    def taken_at(self, now: datetime) -> datetime:
        return now


class ConfirmForm(EventForm):
    """The criteria a person confirms; only those still missing are asked. `missing` says why each is."""

    kind = EventKind.CONFIRMED

    def __init__(
        self, *args: Any, plan: MonitoringPlan, missing: Mapping[str, str], companion: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["at"]
        asked_beside = {
            each.agreed_by
            for each in plan.criteria
            if each.id in missing and (each.kind == "pressure_settled" or missing[each.id] == GIVEN_OXYGEN)
        }
        for criterion in plan.criteria:
            if criterion.kind == "named" and criterion.id in missing:
                self.fields[criterion.id] = forms.CharField(
                    label=criterion.says,
                    required=False,
                    max_length=300,
                    widget=forms.TextInput(attrs={"data-optional": "hide"}),
                    help_text=_("Name the person once they are here. Expected: %(name)s.")
                    % {"name": companion or _("nobody yet")},
                )
            elif (criterion.kind == "confirmed" and criterion.id in missing) or criterion.id in asked_beside:
                self.fields[criterion.id] = forms.BooleanField(
                    label=criterion.says, required=False, help_text=capfirst(missing.get(criterion.id, ""))
                )

    @property
    def confirmed(self) -> dict[str, str]:
        """Each criterion that was ticked or named, with the name."""
        return {
            name: value.strip() if isinstance(value, str) else ""
            for name, value in self.facts.items()
            if value is True or (isinstance(value, str) and value.strip())
        }

    def taken_at(self, now: datetime) -> datetime:
        return now


class FiledForm(forms.Form):
    """That the form of a session was filed, and under which number."""

    reference = forms.CharField(
        label=_("Number of the confirmation"),
        required=False,
        max_length=80,
        help_text=_("As the program's site gave it. Leave empty if it gave none."),
    )
