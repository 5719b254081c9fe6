"""Says which limits a reading, a rating or a sign crosses, and how urgent that is."""

import operator
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Final

from sojourn.clinical.evidence import Basis, Citation
from sojourn.clinical.monitoring.events import Event, Noticed, Rated, VitalTaken
from sojourn.clinical.monitoring.plans import Alarm, Limit, MonitoringPlan
from sojourn.clinical.quantities import BloodPressure

SIGN = "sign"
HELD: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "at_least": operator.ge,
    "above": operator.gt,
    "at_most": operator.le,
    "below": operator.lt,
}


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
    found: dict[str, float] = {}
    if isinstance(event, Rated):
        if event.moaas is not None:
            found["moaas"] = float(event.moaas)
        if event.dissociation is not None:
            found["dissociation"] = float(event.dissociation)
    elif isinstance(event, VitalTaken):
        if event.blood_pressure is not None:
            found["systolic"] = float(event.blood_pressure.systolic_mmhg)
            found["diastolic"] = float(event.blood_pressure.diastolic_mmhg)
        if event.heart_rate is not None:
            found["heart_rate"] = float(event.heart_rate.per_min)
        if event.spo2 is not None:
            found["spo2"] = float(event.spo2.percent)
        if event.respiratory_rate is not None:
            found["respiratory_rate"] = float(event.respiratory_rate.per_min)
    return found


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
    values = values_of(event)
    if not values:
        return ()
    limits = plan.limits_after if after_dose else plan.limits_before
    symptoms = isinstance(event, VitalTaken) and event.symptoms
    found: dict[str, Crossing] = {}
    for limit in limits:
        signal = limit.signal
        value = values.get(signal)
        if value is None or not is_crossed(limit, value, _before(signal, baseline), symptoms=symptoms):
            continue
        if signal not in found or limit.severity.rank < found[signal].severity.rank:
            found[signal] = _crossing(limit, value, event.taken_at)
    return tuple(sorted(found.values(), key=lambda crossing: (crossing.severity.rank, crossing.limit_id)))


def quiet_ranges(
    limits: Sequence[Limit], baseline: BloodPressure | None
) -> defaultdict[str, tuple[float, float]]:
    """Give for each signal the values that surely cross no limit: strictly between the two numbers.

    A limit that asks for symptoms counts as if there were some. A signal without a limit is quiet everywhere.
    """
    quiet: defaultdict[str, tuple[float, float]] = defaultdict(lambda: (-inf, inf))
    for limit in limits:
        low, high = quiet[limit.signal]
        if limit.test in {"at_most", "below"}:
            quiet[limit.signal] = max(low, limit.value), high
            continue
        before = _before(limit.signal, baseline) if limit.test == "rise" else 0.0
        if before is not None:
            quiet[limit.signal] = low, min(high, limit.value + before)
    return quiet


def is_crossed(limit: Limit, value: float, baseline: float | None, *, symptoms: bool) -> bool:
    """Say whether a value crosses a limit. `baseline` is the same signal before the dose, None for not measured."""
    if limit.with_symptoms and not symptoms:
        return False
    if limit.test == "rise":
        return baseline is not None and value - baseline >= limit.value
    return HELD[limit.test](value, limit.value)


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
