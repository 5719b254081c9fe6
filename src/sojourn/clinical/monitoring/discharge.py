"""Says what is still missing before a patient may leave. Nothing here weighs: every criterion must hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sojourn.clinical.evidence import Citation
from sojourn.clinical.monitoring.courses import Course
from sojourn.clinical.monitoring.plans import Criterion, MonitoringPlan
from sojourn.clinical.quantities import BloodPressure

GIVEN_OXYGEN: Final = "oxygen was given: measure without it, and say so"


@dataclass(frozen=True, slots=True)
class Missing:
    """A criterion that does not hold yet, and why."""

    criterion: str
    says: str
    why: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """The latest value of a signal, and when it was taken."""

    signal: str
    value: float
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """When somebody confirmed a criterion last, and in which words."""

    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Leaving:
    """What is known at the moment somebody wants to leave. `seen` holds values since the dose, by signal.

    `beside` holds all values of the moment of that one, where two sources measured at once: each of them has to be fit.
    `pressures` are the courses since the dose of the upper and the lower number; `troubled_at` is when something last
    spoke against what is confirmed of the patient: a sign, a red value, a call for help. `oxygen_given_at` is when extra
    oxygen was given last.
    """

    at: datetime
    minutes_since_dose: int | None
    observe_minutes: int
    seen: Mapping[str, Seen]
    confirmed: Mapping[str, Said]
    baseline: BloodPressure | None
    pressures: tuple[Course, ...]
    troubled_at: datetime | None
    oxygen_given_at: datetime | None = None
    beside: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


def discharge_missing(*, plan: MonitoringPlan, leaving: Leaving) -> tuple[Missing, ...]:
    """Name each criterion of the plan that does not hold, in the order of the plan."""
    found = []
    for criterion in plan.criteria:
        why = why_not(
            criterion, leaving, fresh_minutes=plan.fresh_minutes, holds_minutes=plan.confirmed_holds_minutes
        )
        if why:
            found.append(Missing(criterion.id, criterion.says, why, criterion.citations))
    return tuple(found)


def why_not(criterion: Criterion, leaving: Leaving, *, fresh_minutes: int, holds_minutes: int) -> str:
    """Say why one criterion does not hold; empty where it does.

    Values older than `fresh_minutes` do not count, nor what was confirmed of the patient more than `holds_minutes` ago.
    """
    match criterion.kind:
        case "minimum_observation":
            return _still_to_observe(leaving)
        case "sedation_at_least":
            return _outside(leaving, fresh_minutes, "moaas", "sedation", least=criterion.value("least"))
        case "dissociation_at_most":
            return _outside(
                leaving, fresh_minutes, "dissociation", "dissociation", most=criterion.value("most")
            )
        case "oxygen_at_least":
            why = _outside(leaving, fresh_minutes, "spo2", "oxygen", least=criterion.value("least"))
            return why or _on_extra_oxygen(criterion, leaving)
        case "breathing_between":
            least, most = criterion.value("least"), criterion.value("most")
            return _outside(
                leaving, fresh_minutes, "respiratory_rate", "breathing rate", least=least, most=most
            )
        case "pressure_settled":
            return _unsettled(criterion, leaving, fresh_minutes, holds_minutes)
        case "named":
            said = leaving.confirmed.get(criterion.id)
            return "" if said and said.words else "no name given yet"
        case "confirmed":
            return _unconfirmed(criterion, leaving, holds_minutes)
        case _:
            return ""


def _unconfirmed(criterion: Criterion, leaving: Leaving, holds_minutes: int) -> str:
    """What is said of the patient's state holds for a while, and not beyond what was seen since."""
    said = leaving.confirmed.get(criterion.id)
    if said is None:
        return "not confirmed yet"
    if not criterion.lapses:
        return ""
    if leaving.troubled_at is not None and leaving.troubled_at > said.at:
        return "confirmed before what was seen since: confirm it again"
    if leaving.at - said.at > timedelta(minutes=holds_minutes):
        return f"not confirmed in the last {holds_minutes} minutes"
    return ""


def _still_to_observe(leaving: Leaving) -> str:
    if leaving.minutes_since_dose is None:
        return "no dose given yet"
    left = leaving.observe_minutes - leaving.minutes_since_dose
    if left <= 0:
        return ""
    return f"minute {leaving.minutes_since_dose} of {leaving.observe_minutes}, {left} to go"


def _outside(
    leaving: Leaving,
    fresh_minutes: int,
    signal: str,
    name: str,
    *,
    least: float | None = None,
    most: float | None = None,
) -> str:
    values = _fresh(leaving, fresh_minutes, signal)
    if not values:
        return f"{name} not taken in the last {fresh_minutes} minutes"
    unfit = [
        each for each in values if (least is not None and each < least) or (most is not None and each > most)
    ]
    return f"{name} is {unfit[0]:g}" if unfit else ""


def _on_extra_oxygen(criterion: Criterion, leaving: Leaving) -> str:
    """Once oxygen was given, a value counts where somebody says that it was measured without."""
    if leaving.oxygen_given_at is None:
        return ""
    said = leaving.confirmed.get(criterion.agreed_by or "")
    return "" if said is not None and said.at > leaving.oxygen_given_at else GIVEN_OXYGEN


def _unsettled(criterion: Criterion, leaving: Leaving, fresh_minutes: int, holds_minutes: int) -> str:
    systolic, diastolic = (_fresh(leaving, fresh_minutes, signal) for signal in ("systolic", "diastolic"))
    if not systolic or not diastolic:
        return f"blood pressure not taken in the last {fresh_minutes} minutes"
    ends = ((max(systolic), max(diastolic)), (min(systolic), min(diastolic)))
    found = (_unsettled_at(criterion, leaving, holds_minutes, *reading) for reading in ends)
    return next((why for why in found if why), "")


def _unsettled_at(
    criterion: Criterion, leaving: Leaving, holds_minutes: int, systolic: float, diastolic: float
) -> str:
    now = f"blood pressure is {systolic:g}/{diastolic:g}"
    if _is_near_baseline(criterion, leaving, systolic, diastolic):
        return ""
    if _is_highest(leaving, systolic, diastolic):
        return f"{now} and not declining"
    if systolic >= criterion.value("below_systolic") or diastolic >= criterion.value("below_diastolic"):
        return f"{now}, not within reach of baseline"
    if _is_agreed_to(criterion, leaving, holds_minutes, systolic, diastolic):
        return ""
    return f"{now}; the clinician's agreement is missing"


def _is_highest(leaving: Leaving, systolic: float, diastolic: float) -> bool:
    return all(
        course.values and value >= max(course.values)
        for course, value in zip(leaving.pressures, (systolic, diastolic), strict=True)
    )


def _is_agreed_to(
    criterion: Criterion, leaving: Leaving, holds_minutes: int, systolic: float, diastolic: float
) -> bool:
    """Hold where somebody agreed to this pressure, or to one before it that was no lower; not long ago."""
    said = leaving.confirmed.get(criterion.agreed_by or "")
    if said is None or leaving.at - said.at > timedelta(minutes=holds_minutes):
        return False
    seen = (course.until(said.at).values for course in leaving.pressures)
    return all(
        values and value <= values[-1] for values, value in zip(seen, (systolic, diastolic), strict=True)
    )


def _is_near_baseline(criterion: Criterion, leaving: Leaving, systolic: float, diastolic: float) -> bool:
    """Hold for a reading that never left, or has come back to, the neighborhood of the baseline."""
    if leaving.baseline is None:
        return False
    return abs(systolic - leaving.baseline.systolic_mmhg) <= criterion.value("within_systolic") and abs(
        diastolic - leaving.baseline.diastolic_mmhg
    ) <= criterion.value("within_diastolic")


def _fresh(leaving: Leaving, fresh_minutes: int, signal: str) -> tuple[float, ...]:
    """The latest value, with those of the same moment; none where that is too long ago."""
    seen = leaving.seen.get(signal)
    if seen is None or leaving.at - seen.taken_at > timedelta(minutes=fresh_minutes):
        return ()
    return leaving.beside.get(signal) or (seen.value,)
