"""The practice's own alarm limits for dosing sessions: which it may set, and a monitoring plan with its numbers in it.

Only limits that rest on program policy. Red and emergency limits, and those that hold a dose, may only become stricter;
an amber one may move either way, as long as it still speaks before the red one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache

from sojourn.clinical.evidence import Basis, Citation, Provenance
from sojourn.clinical.monitoring.plan_files import monitoring_plans
from sojourn.clinical.monitoring.plans import UNITS, Alarm, Limit, MonitoringPlan
from sojourn.clinical.protocols.thresholds import FEWER_WHEN_HIGHER, Adopted, Threshold, ThresholdRefused

MEASURES = {
    "systolic": "Upper blood pressure",
    "diastolic": "Lower blood pressure",
    "heart_rate": "Heart rate",
    "spo2": "Oxygen saturation",
    "respiratory_rate": "Breathing rate",
    "moaas": "Sedation (MOAA/S)",
    "dissociation": "Dissociation",
}
ACCEPTED = {
    "systolic": (50.0, 300.0),
    "diastolic": (20.0, 200.0),
    "heart_rate": (20.0, 250.0),
    "spo2": (50.0, 100.0),
    "respiratory_rate": (0.0, 80.0),
    "moaas": (0.0, 5.0),
    "dissociation": (0.0, 10.0),
}
"""The numbers `quantities` accepts as readings: a limit outside them would never speak, or always."""
A_RISE = (1.0, 100.0)


@cache
def session_thresholds() -> tuple[Threshold, ...]:
    """Give every alarm limit a practice may set, by id."""
    return tuple(_threshold(limit) for _, limit in sorted(_limits().items()) if _may_be_set(limit))


def refuse_session_limit(wanted: Adopted) -> None:
    """Raise ThresholdRefused where the practice may not set this alarm limit so."""
    if why := _why_not(wanted):
        raise ThresholdRefused(why)


def with_session_limits(plan: MonitoringPlan, adopted: Iterable[Adopted]) -> MonitoringPlan:
    """Put the practice's numbers into a plan. A number that may not stand is left out: the shipped one holds."""
    mine = {each.rule_id: each.limit for each in adopted if not _why_not(each)}
    if not mine:
        return plan
    return replace(
        plan,
        limits_before=tuple(_adopting(limit, mine) for limit in plan.limits_before),
        limits_after=tuple(_adopting(limit, mine) for limit in plan.limits_after),
    )


@cache
def _limits() -> Mapping[str, Limit]:
    return {
        limit.id: limit for plan in monitoring_plans() for limit in (*plan.limits_before, *plan.limits_after)
    }


def _may_be_set(limit: Limit) -> bool:
    return limit.basis is Basis.PROGRAM_POLICY


def _threshold(limit: Limit) -> Threshold:
    low, high = A_RISE if limit.test == "rise" else ACCEPTED[limit.signal]
    return Threshold(
        rule_id=limit.id,
        rule_version=limit.validity.version,
        says=limit.says,
        fact=limit.signal,
        measure=MEASURES[limit.signal],
        unit=UNITS[limit.signal],
        relation=limit.test,
        limit=limit.value,
        low=low,
        high=high,
        only_stricter=limit.severity is not Alarm.AMBER,
    )


def _why_not(wanted: Adopted) -> str:
    limit = _limits().get(wanted.rule_id)
    if limit is None or limit.validity.version != wanted.rule_version:
        return f"{wanted.rule_id} {wanted.rule_version} is not in force any more. Adopt a number for its newest version."
    if not _may_be_set(limit):
        return f"{wanted.rule_id} does not rest on program policy alone: a label, trial, guideline or law says it."
    threshold = _threshold(limit)
    if threshold.key != wanted.key:
        return f"{wanted.rule_id} has no such number that a practice may set."
    return threshold.why_not(wanted.limit) or _speaks_too_late(limit, threshold, wanted.limit)


def _speaks_too_late(limit: Limit, threshold: Threshold, wanted: float) -> str:
    """Refuse an amber limit that would speak only where a graver one does already."""
    if not threshold.is_looser(wanted):
        return ""
    for graver in _graver_than(limit):
        is_past = wanted >= graver.value if limit.test in FEWER_WHEN_HIGHER else wanted <= graver.value
        if is_past:
            return f"{limit.id} must speak before {graver.id}, which speaks at {graver.value:g}."
    return ""


def _graver_than(limit: Limit) -> list[Limit]:
    upward = limit.test in FEWER_WHEN_HIGHER
    of_one_phase = [
        limits
        for plan in monitoring_plans()
        for limits in (plan.limits_before, plan.limits_after)
        if any(each.id == limit.id for each in limits)
    ]
    return [
        each
        for limits in of_one_phase
        for each in limits
        if each.signal == limit.signal
        and each.severity.rank < limit.severity.rank
        and not each.with_symptoms
        and (each.test == "rise") == (limit.test == "rise")
        and (each.test in FEWER_WHEN_HIGHER) == upward
    ]


def _adopting(limit: Limit, mine: Mapping[str, float]) -> Limit:
    value = mine.get(limit.id, limit.value)
    if value == limit.value:
        return limit
    told = f"{value:g} {limit.unit} here, {limit.value:g} in the program"
    return replace(
        limit,
        value=value,
        says=f"{limit.says} This practice's own policy: {told}.",
        citations=(
            *limit.citations,
            Citation("program-policy", f"this practice: {told}", Provenance.PROGRAM_POLICY),
        ),
    )
