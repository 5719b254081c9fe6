"""Says which limits a reading, a rating or a sign crosses, and how urgent that is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sojourn.clinical.evidence import Basis, Citation
from sojourn.clinical.monitoring.events import Event, Noticed, Rated, VitalTaken
from sojourn.clinical.monitoring.plans import Alarm, Limit, MonitoringPlan
from sojourn.clinical.quantities import BloodPressure

SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Crossing:
    """A limit crossed at a moment. `value` is None for a sign. `is_current`: nobody looked again since."""

    limit_id: str
    signal: str
    severity: Alarm
    value: float | None
    says: str
    basis: Basis
    citations: tuple[Citation, ...]
    taken_at: datetime
    cleared_by: str | None = None
    is_current: bool = True

    @property
    def citation(self) -> Citation:
        return self.citations[0]


def values_of(event: Event) -> dict[str, float]:
    """Give what a reading or rating measured, by signal; empty for other events."""
    measured: dict[str, int | None] = {}
    if isinstance(event, Rated):
        measured = {"moaas": event.moaas, "dissociation": event.dissociation}
    elif isinstance(event, VitalTaken):
        pressure = event.blood_pressure
        measured = {
            "systolic": pressure.systolic_mmhg if pressure else None,
            "diastolic": pressure.diastolic_mmhg if pressure else None,
            "heart_rate": event.heart_rate.per_min if event.heart_rate else None,
            "spo2": event.spo2.percent if event.spo2 else None,
            "respiratory_rate": event.respiratory_rate.per_min if event.respiratory_rate else None,
        }
    return {signal: float(value) for signal, value in measured.items() if value is not None}


def crossings_of(
    event: Event,
    *,
    plan: MonitoringPlan,
    baseline: BloodPressure | None,
    after_dose: bool,
    earlier_signs: Sequence[str] = (),
) -> tuple[Crossing, ...]:
    """Name the most urgent limit crossed for each signal, the most urgent first.

    `baseline` is the blood pressure before the dose; `earlier_signs` are ids of signs noticed before.
    """
    if isinstance(event, Noticed):
        return _noticed(event, plan, earlier_signs)
    limits = plan.limits_after if after_dose else plan.limits_before
    symptoms = isinstance(event, VitalTaken) and event.symptoms
    found: dict[str, Crossing] = {}
    for signal, value in values_of(event).items():
        crossed = [
            limit
            for limit in limits
            if limit.signal == signal
            and is_crossed(limit, value, _before(signal, baseline), symptoms=symptoms)
        ]
        if crossed:
            worst = min(crossed, key=lambda limit: limit.severity.rank)
            found[signal] = _crossing(worst, value, event.taken_at)
    return tuple(sorted(found.values(), key=lambda crossing: (crossing.severity.rank, crossing.limit_id)))


def is_crossed(limit: Limit, value: float, baseline: float | None, *, symptoms: bool) -> bool:
    """Say whether a value crosses a limit. `baseline` is the same signal before the dose, None for not measured."""
    if limit.with_symptoms and not symptoms:
        return False
    if limit.test == "rise":
        return baseline is not None and value - baseline >= limit.value
    held: Mapping[str, bool] = {
        "at_least": value >= limit.value,
        "above": value > limit.value,
        "at_most": value <= limit.value,
        "below": value < limit.value,
    }
    return held[limit.test]


def _before(signal: str, baseline: BloodPressure | None) -> float | None:
    if baseline is None or signal not in {"systolic", "diastolic"}:
        return None
    return baseline.systolic_mmhg if signal == "systolic" else baseline.diastolic_mmhg


def _crossing(limit: Limit, value: float, taken_at: datetime) -> Crossing:
    return Crossing(
        limit_id=limit.id,
        signal=limit.signal,
        severity=limit.severity,
        value=value,
        says=limit.says,
        basis=limit.basis,
        citations=limit.citations,
        taken_at=taken_at,
        cleared_by=limit.cleared_by,
    )


def _noticed(event: Noticed, plan: MonitoringPlan, earlier_signs: Sequence[str]) -> tuple[Crossing, ...]:
    sign = plan.sign(event.sign)
    if sign is None:
        return ()
    return (
        Crossing(
            limit_id=f"SIGN-{sign.id}",
            signal=SIGN,
            severity=sign.again if sign.id in earlier_signs else sign.severity,
            value=None,
            says=f"{sign.label}. {sign.says}",
            basis=sign.basis,
            citations=sign.citations,
            taken_at=event.taken_at,
        ),
    )
