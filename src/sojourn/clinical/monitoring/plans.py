"""Monitoring plans as data: what is asked before a dose, when to look, what alarms, who may leave."""

from dataclasses import dataclass
from enum import StrEnum

from sojourn.clinical.evidence import Basis, Citation
from sojourn.clinical.evidence.validity import Validity

UNITS = {
    "systolic": "mmHg",
    "diastolic": "mmHg",
    "heart_rate": "beats/min",
    "spo2": "%",
    "respiratory_rate": "breaths/min",
    "moaas": "MOAA/S",
    "dissociation": "of 10",
}
"""Each signal with the unit in which its limits are written."""
SIGNALS = tuple(UNITS)
PRESSURES = ("systolic", "diastolic")
TESTS = ("at_least", "above", "at_most", "below", "rise")
CRITERIA = {
    "minimum_observation": (),
    "sedation_at_least": ("least",),
    "dissociation_at_most": ("most",),
    "pressure_settled": (
        "within_systolic", "within_diastolic", "below_systolic", "below_diastolic", "agreed_by",
    ),
    "oxygen_at_least": ("least", "agreed_by"),
    "breathing_between": ("least", "most"),
    "confirmed": (),
    "named": (),
    "optional": (),
}  # fmt: skip


class Alarm(StrEnum):
    """How urgent a crossed limit is. Listed from the most to the least urgent."""

    EMERGENCY = "emergency"
    RED = "red"
    AMBER = "amber"

    @property
    def rank(self) -> int:
        """Zero for the most urgent."""
        return list(Alarm).index(self)


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """A question before the dose, worded so that yes is good. `red`: a no holds the session.

    An item that is not `needed` is answered only where a limit before the dose calls for it.
    """

    id: str
    asks: str
    when_no: str
    patient_says: str
    red: bool
    needed: bool
    basis: Basis
    citations: tuple[Citation, ...]
    validity: Validity


@dataclass(frozen=True, slots=True)
class LimitExample:
    """A value at the edge of a limit; `baseline` is the value before the dose, None for not measured."""

    value: float
    met: bool
    baseline: float | None
    symptoms: bool


@dataclass(frozen=True, slots=True)
class Limit:
    """A value that calls for somebody. `cleared_by`: the checklist item that lifts the hold before a dose."""

    id: str
    signal: str
    severity: Alarm
    test: str
    value: float
    with_symptoms: bool
    cleared_by: str | None
    says: str
    patient_says: str
    basis: Basis
    citations: tuple[Citation, ...]
    validity: Validity
    examples: tuple["LimitExample", ...]

    @property
    def unit(self) -> str:
        return UNITS[self.signal]


@dataclass(frozen=True, slots=True)
class Sign:
    """Something to notice; `again` is its severity when noticed a second time."""

    id: str
    label: str
    severity: Alarm
    again: Alarm
    says: str
    patient_says: str
    basis: Basis
    citations: tuple[Citation, ...]
    validity: Validity


@dataclass(frozen=True, slots=True)
class CriterionExample:
    """A case at the edge of a criterion: one `value`, or a `pressure` that has come down, beside its `baseline`."""

    met: bool
    value: float | None
    pressure: tuple[int, ...]
    baseline: tuple[int, ...]
    agreed: bool


@dataclass(frozen=True, slots=True)
class Criterion:
    """A condition for leaving. `values` holds the numbers its kind needs, by name.

    `lapses`: what somebody confirmed of the patient holds for a while, and not beyond what spoke against it since.
    """

    id: str
    kind: str
    says: str
    patient_says: str
    values: tuple[tuple[str, float], ...]
    agreed_by: str | None
    lapses: bool
    basis: Basis
    citations: tuple[Citation, ...]
    validity: Validity
    examples: tuple[CriterionExample, ...]

    def value(self, name: str) -> float:
        return dict(self.values)[name]


@dataclass(frozen=True, slots=True)
class MonitoringPlan:
    """Times are minutes from the first dose. `observe_longer` holds for first sessions and raised doses."""

    id: str
    version: str
    title: str
    at_home: bool
    dosing_minutes: int
    vitals_at: tuple[int, ...]
    then_every: int
    observe_at_least: int
    observe_longer: int
    vitals_says: str
    observe_says: str
    patient_says: str
    citations: tuple[Citation, ...]
    validity: Validity
    checklist: tuple[ChecklistItem, ...]
    limits_before: tuple[Limit, ...]
    limits_after: tuple[Limit, ...]
    signs: tuple[Sign, ...]
    criteria: tuple[Criterion, ...]
    fresh_minutes: int
    confirmed_holds_minutes: int

    def sign(self, sign_id: str) -> Sign | None:
        return next((sign for sign in self.signs if sign.id == sign_id), None)
