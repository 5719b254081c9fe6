"""Which mistake a dose looks like: a decimal point, a unit, another number. It is named, never corrected."""

from dataclasses import dataclass

from sojourn.clinical.protocols.courses import CourseProtocol
from sojourn.clinical.protocols.doses import ROUNDING_MG, dose_range

TEN, THOUSAND = (
    (9.0, 11.0),
    (800.0, 1250.0),
)  # times as much, allowing for a dose that is not quite the usual one
CHECK_POINT = "Check the decimal point."


@dataclass(frozen=True, slots=True)
class Slip:
    """What a dose looks like, in a sentence. One that is too much is refused by the protocol's cap anyway."""

    says: str
    is_too_much: bool


def likely_slip(
    *, protocol: CourseProtocol, dose_mg: float, weight_kg: float, previous_mg: float | None = None
) -> Slip | None:
    """Name the mistake; None for a dose within the protocol's range.

    `previous_mg` is the dose that holds now. Raises Implausible for a weight that cannot be.
    """
    limits = dose_range(protocol=protocol, weight_kg=weight_kg)
    if dose_mg <= 0 or limits.low - ROUNDING_MG <= dose_mg <= limits.cap + ROUNDING_MG:
        return None
    says = _says(protocol, dose_mg, weight_kg, previous_mg, limits.usual)
    return Slip(says, is_too_much=dose_mg > limits.cap) if says else None


def _says(
    protocol: CourseProtocol, dose_mg: float, weight_kg: float, previous_mg: float | None, usual_mg: float
) -> str:
    plan = protocol.dose
    if plan.unit == "mg/kg" and plan.low <= dose_mg <= plan.hard_cap:
        return (
            f"{dose_mg:g} looks like mg per kg; this is in mg. "
            f"At {weight_kg:g} kg, {dose_mg:g} mg/kg is {dose_mg * weight_kg:g} mg."
        )
    usual = f"the usual dose by this route ({protocol.route}: {usual_mg:g} mg{_at(plan.unit, weight_kg)})"
    times = dose_mg / usual_mg
    if previous_mg and not _about(times, TEN) and _about(dose_mg / previous_mg, TEN):
        return f"Ten times the dose that holds now ({previous_mg:g} mg). {CHECK_POINT}"
    if _about(times, THOUSAND):
        return f"A thousand times {usual}, as if micrograms had been written."
    if _about(times, TEN):
        return f"Ten times {usual}. {CHECK_POINT}"
    if times > 1:
        return f"{times:.2g} times {usual}. Check amount and unit."
    if _about(1 / times, TEN):
        return f"A tenth of {usual}. {CHECK_POINT}"
    if _about(1 / times, THOUSAND):
        return f"A thousandth of {usual}, as if grams had been written."
    return ""


def _at(unit: str, weight_kg: float) -> str:
    return f" at {weight_kg:g} kg" if unit == "mg/kg" else ""


def _about(times: float, between: tuple[float, float]) -> bool:
    return between[0] <= times <= between[1]
