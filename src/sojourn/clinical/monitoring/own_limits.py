"""The limits of one patient: those of the plan, with what counts from the baseline counted from theirs."""

from dataclasses import dataclass

from sojourn.clinical.monitoring.plans import Alarm, Limit, MonitoringPlan
from sojourn.clinical.quantities import BloodPressure


@dataclass(frozen=True, slots=True)
class OwnLimit:
    """Where a signal begins to call for somebody. `is_upper`: from there upward, else from there downward."""

    limit_id: str
    severity: Alarm
    value: float
    is_upper: bool


def own_limits(*, signal: str, plan: MonitoringPlan, baseline: BloodPressure | None) -> tuple[OwnLimit, ...]:
    """Give, for each severity and direction, the limit after the dose that is reached first.

    Limits that need symptoms beside the number, and rises without a baseline to count from, are left out.
    """
    nearest: dict[tuple[Alarm, bool], OwnLimit] = {}
    for limit in plan.limits_after:
        value = _value(limit, baseline)
        if limit.signal != signal or limit.with_symptoms or value is None:
            continue
        is_upper = limit.test in {"at_least", "above", "rise"}
        own = OwnLimit(limit.id, limit.severity, value, is_upper)
        held = nearest.get((own.severity, is_upper))
        is_nearer = held is None or (value < held.value if is_upper else value > held.value)
        if is_nearer:
            nearest[own.severity, is_upper] = own
    return tuple(sorted(nearest.values(), key=lambda own: (own.is_upper, own.severity.rank)))


def _value(limit: Limit, baseline: BloodPressure | None) -> float | None:
    if limit.test != "rise":
        return limit.value
    if baseline is None:
        return None
    before = baseline.systolic_mmhg if limit.signal == "systolic" else baseline.diastolic_mmhg
    return before + limit.value
