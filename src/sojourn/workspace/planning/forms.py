"""What is typed while planning. Times are the clock of the site."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.program.plans.checking import WantedVisit
from sojourn.program.plans.choices import EndedHow, VisitKind
from sojourn.program.plans.desk import Desk
from sojourn.workspace.planning.amounts import IN_KG, IN_MG, AmountField, per_kg_in_mg

LONGEST_NAME = 300


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(format="%Y-%m-%d", attrs=attrs)


class DayField(forms.DateField):
    """A day a program could plan: the calendar of years far away breaks in more than one place."""

    def __init__(self, **kwargs: Any) -> None:
        words = gettext_lazy("Give a day between 2020 and 2100.")
        super().__init__(
            widget=DayInput(),
            validators=[
                MinValueValidator(date(2020, 1, 1), words),
                MaxValueValidator(date(2100, 1, 1), words),
            ],
            **kwargs,
        )


class HourInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(format="%H:%M", attrs=attrs)


class CourseForm(forms.Form):
    """A course and its first order."""

    protocol_id = forms.ChoiceField(label=gettext_lazy("Protocol"), widget=forms.RadioSelect)
    weight_kg = AmountField(
        unit="kg",
        others=IN_KG,
        label=gettext_lazy("Weight"),
        max_digits=5,
        help_text=gettext_lazy("Measured now. Accepted: 25 to 350 kg."),
    )
    dose_mg = AmountField(
        unit="mg",
        others=IN_MG,
        label=gettext_lazy("Dose of each session"),
        max_digits=6,
        help_text=gettext_lazy("In milligrams, to a tenth."),
    )
    why = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=1000,
        help_text=gettext_lazy("One line: why this protocol and this dose."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    meant = forms.BooleanField(
        label=gettext_lazy("This dose is meant."), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, protocols: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["protocol_id"].choices = protocols  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.has_error("dose_mg", code="per_kg") and "weight_kg" in given:
            self.add_error("dose_mg", per_kg_in_mg(self.data[self.add_prefix("dose_mg")], given["weight_kg"]))
        return given


class OrderForm(CourseForm):
    """Another order within a course; the protocol stands."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, protocols=(), **kwargs)
        del self.fields["protocol_id"]


class EndForm(forms.Form):
    how = forms.ChoiceField(
        label=gettext_lazy("How it ends"), choices=EndedHow.choices, widget=forms.RadioSelect
    )
    because = forms.CharField(
        label=gettext_lazy("Why"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class FirstDoseForm(forms.Form):
    first_dose_on = DayField(label=gettext_lazy("First dose on"))


class VisitForm(forms.Form):
    """One visit of a series: when, with whom, and in which chair."""

    on = DayField(label=gettext_lazy("Day"))
    at = forms.TimeField(label=gettext_lazy("Begins"), widget=HourInput())
    clinician = forms.ChoiceField(label=gettext_lazy("With"))
    chair = forms.ChoiceField(label=gettext_lazy("Chair"))

    def __init__(self, *args: Any, desk: Desk, kind: str, number: int, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": f"{kind}-{number}", **kwargs})
        self.desk, self.kind, self.number = desk, kind, number
        fitting = [clinician for clinician in desk.clinicians if clinician.runs(kind)]
        self.fields["clinician"].choices = [("", _("Choose"))] + [(str(c.id), c.name) for c in fitting]  # type: ignore[attr-defined]
        if kind == VisitKind.DOSING and desk.uses_chairs:
            chairs = [(str(chair.id), chair.name) for chair in desk.chairs]
            self.fields["chair"].choices = [("", _("Choose")), *chairs]  # type: ignore[attr-defined]
        else:
            del self.fields["chair"]

    @property
    def label(self) -> str:
        return f"{VisitKind(self.kind).label} {self.number}".capitalize()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if {"on", "at"} <= set(given):
            given["starts_at"] = moment_at(given["on"], given["at"], self.desk.zone)
            if given["starts_at"] is None:
                self.add_error("at", _("The clocks change: there is no such time on that day."))
        return given

    @property
    def wanted(self) -> WantedVisit:
        """The visit as typed; the form must be valid."""
        given = self.cleaned_data
        chair = given.get("chair")
        return WantedVisit(
            kind=self.kind,
            number=self.number,
            starts_at=given["starts_at"],
            clinician_id=UUID(given["clinician"]),
            chair_id=UUID(chair) if chair else None,
        )


class MoveForm(forms.Form):
    on = DayField(label=gettext_lazy("New day"))
    at = forms.TimeField(label=gettext_lazy("Begins"), widget=HourInput())

    def __init__(self, *args: Any, zone: ZoneInfo, stands_at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone, self.stands_at = zone, stands_at

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if {"on", "at"} <= set(given):
            given["to"] = moment_at(given["on"], given["at"], self.zone)
            if given["to"] == self.stands_at:
                self.add_error("at", _("This is when it stands now. Choose another day or hour."))
            if given["to"] is None:
                self.add_error("at", _("The clocks change: there is no such time on that day."))
        return given


class CancelForm(forms.Form):
    because = forms.CharField(
        label=gettext_lazy("Why it is cancelled"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("One line. It stays with the visit."),
    )


class SitterForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_NAME)
    phone = forms.RegexField(
        label=gettext_lazy("Telephone"),
        regex=r"^[0-9+() .\-]{7,40}$",
        error_messages={
            "invalid": gettext_lazy("Give a telephone number: 7 to 40 digits, spaces and + ( ) . -")
        },
    )


class DayForm(forms.Form):
    day = DayField(label=gettext_lazy("Day"))


def moment_at(day: date, hour: time, zone: ZoneInfo) -> datetime | None:
    """The moment a site's clock shows this time, in UTC; None for a time the clocks skip."""
    local = datetime.combine(day, hour, zone)
    moment = local.astimezone(UTC)
    return moment if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None) else None
