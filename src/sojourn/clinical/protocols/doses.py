"""How much may be ordered, and which limit an order breaks."""

from dataclasses import dataclass

from sojourn.clinical.evidence import Basis, Citation
from sojourn.clinical.protocols.breaches import Breach
from sojourn.clinical.protocols.courses import CourseProtocol, DosePlan
from sojourn.clinical.quantities import Weight

ROUNDING_MG = 0.05  # orders are kept to a tenth of a milligram; half of that is not a breach


class WeightNeeded(ValueError):
    """The dose depends on body weight and none was given."""


@dataclass(frozen=True, slots=True)
class DoseRange:
    """In mg. `high` is what a prescriber may order alone; above `cap` nobody may go."""

    low: float
    usual: float
    high: float
    cap: float
    text: str
    citations: tuple[Citation, ...]


def dose_range(*, protocol: CourseProtocol, weight_kg: float | None = None) -> DoseRange:
    """Give the range of a single dose in mg. Raises WeightNeeded for mg/kg protocols, Implausible."""
    plan = protocol.dose
    per = _mg_per_unit(plan, weight_kg)
    cap = min(plan.hard_cap * per, plan.hard_cap_mg or plan.hard_cap * per)
    return DoseRange(
        low=min(round(plan.low * per, 1), cap),
        usual=min(round(plan.usual * per, 1), cap),
        high=min(round(plan.high * per, 1), cap),
        cap=round(cap, 1),
        text=plan.says,
        citations=plan.citations,
    )


def check_dose(
    *,
    protocol: CourseProtocol,
    dose_mg: float,
    weight_kg: float | None = None,
    number: int = 1,
    previous_mg: float | None = None,
    given_in_7_days_mg: float = 0,
) -> tuple[Breach, ...]:
    """Name every limit that a dose breaks. `number` is that of the session; the first has limits of its own.

    A breach with `needs` "never" cannot be ordered by anybody. Raises WeightNeeded, Implausible.
    """
    plan = protocol.dose
    limits = dose_range(protocol=protocol, weight_kg=weight_kg)
    found = [
        *_against_range(plan, limits, dose_mg, _mg_per_unit(plan, weight_kg)),
        *_against_first(plan, dose_mg, weight_kg, number),
        *_against_history(plan, dose_mg, previous_mg, given_in_7_days_mg, weight_kg),
    ]
    return tuple(found)


def _mg_per_unit(plan: DosePlan, weight_kg: float | None) -> float:
    if plan.unit == "mg":
        return 1.0
    if weight_kg is None:
        raise WeightNeeded("give the body weight: this dose is in mg per kg")
    return Weight(kg=weight_kg).kg


def _against_range(plan: DosePlan, limits: DoseRange, dose_mg: float, per: float) -> list[Breach]:
    if plan.allowed_mg and dose_mg not in plan.allowed_mg:
        doses = " or ".join(str(dose) for dose in plan.allowed_mg)
        return [_breach("DOSE-DEVICE", f"The device gives {doses} mg, nothing in between.", plan, "never")]
    if dose_mg > limits.cap + ROUNDING_MG:
        return [
            _breach(
                "DOSE-CAP", f"Above the cap of {limits.cap:g} mg, which nobody may exceed.", plan, "never"
            )
        ]
    if dose_mg > limits.high + ROUNDING_MG:
        says = f"Above {limits.high:g} mg: needs the medical director."
        return [_breach("DOSE-HIGH", says, plan, "medical_director")]
    if dose_mg < limits.low - ROUNDING_MG:
        return [_breach("DOSE-LOW", f"Below {limits.low:g} mg: say why.", plan, "reason", holds=False)]
    if plan.needs_reason_above is not None and dose_mg > plan.needs_reason_above * per + ROUNDING_MG:
        says = f"Above {plan.needs_reason_above * per:.1f} mg: say why."
        return [_breach("DOSE-REASON", says, plan, "reason", holds=False)]
    return []


def _against_first(plan: DosePlan, dose_mg: float, weight_kg: float | None, number: int) -> list[Breach]:
    if number > 1:
        return []
    found = []
    if plan.first_allowed_mg and dose_mg not in plan.first_allowed_mg:
        doses = " or ".join(str(dose) for dose in plan.first_allowed_mg)
        found.append(_breach("DOSE-FIRST", f"The first dose is {doses} mg.", plan, "never"))
    highest = plan.first_high
    if plan.first_high_mg_per_kg is not None and weight_kg is not None:
        by_weight = plan.first_high_mg_per_kg * Weight(kg=weight_kg).kg
        highest = by_weight if highest is None else min(highest, by_weight)
    if highest is not None and dose_mg > highest + ROUNDING_MG:
        found.append(_breach("DOSE-FIRST", f"The first dose is at most {highest:g} mg.", plan, "never"))
    return found


def _against_history(
    plan: DosePlan, dose_mg: float, previous_mg: float | None, given_mg: float, weight_kg: float | None
) -> list[Breach]:
    found = []
    if plan.max_raise is not None and previous_mg is not None:
        most = previous_mg + plan.max_raise * _mg_per_unit(plan, weight_kg)
        if dose_mg > most + ROUNDING_MG:
            says = f"Raised by more than {plan.max_raise:g} {plan.unit} since the last session."
            found.append(_breach("DOSE-RAISE", says, plan, "medical_director"))
    if plan.max_mg_in_7_days is not None and given_mg + dose_mg > plan.max_mg_in_7_days + ROUNDING_MG:
        says = f"More than {plan.max_mg_in_7_days:g} mg in 7 days."
        found.append(_breach("DOSE-WEEK", says, plan, "never"))
    return found


def basis_of(plan: DosePlan) -> Basis:
    """Say what a dose plan rests on: the label where it cites one, else the program's own policy."""
    is_label = any(cited.source_id == "spravato-label" for cited in plan.citations)
    return Basis.LABEL if is_label else Basis.PROGRAM_POLICY


def _breach(rule_id: str, says: str, plan: DosePlan, needs: str, *, holds: bool = True) -> Breach:
    return Breach(
        rule_id=rule_id,
        says=says,
        basis=basis_of(plan),
        citations=plan.citations,
        holds=holds,
        needs=needs,
    )
