"""Answers that cannot all be true of one person, such as a weight in pounds that was taken for kilograms."""

from collections.abc import Mapping

from sojourn.clinical.protocols.questions import Value
from sojourn.clinical.quantities import KG_PER_LB, Weight

LARGEST_GAP = 0.1  # program policy: weight, height and body mass index may differ by rounding, not by a tenth
SHORTEST_CM, TALLEST_CM = 120, 220  # program policy: bounds for a height worked out from weight and index


def contradictions(answers: Mapping[str, Value]) -> dict[str, str]:
    """Name the answers that contradict each other, each with what to check; empty where they fit together."""
    return _body(answers) | _liver(answers)


def _body(answers: Mapping[str, Value]) -> dict[str, str]:
    weight, index, height = (answers.get(name) for name in ("weight", "bmi", "height_cm"))
    if not isinstance(weight, Weight) or not isinstance(index, float):
        return {}
    if isinstance(height, float):
        fits = _fits(weight.kg, index, height)
        swapped = _fits(weight.kg * KG_PER_LB, index, height)
    else:
        fits = SHORTEST_CM <= _height_cm(weight.kg, index) <= TALLEST_CM
        swapped = SHORTEST_CM <= _height_cm(weight.kg * KG_PER_LB, index) <= TALLEST_CM
    if fits:
        return {}
    hint = (
        "It looks like pounds entered as kilograms." if swapped else "Check both, and the unit of the weight."
    )
    return {"weight": f"This weight and the body mass index do not fit together. {hint}"}


def _fits(kg: float, index: float, height_cm: float) -> bool:
    return abs(kg / (height_cm / 100) ** 2 - index) <= LARGEST_GAP * index


def _height_cm(kg: float, index: float) -> float:
    return 100 * float((kg / index) ** 0.5)


def _liver(answers: Mapping[str, Value]) -> dict[str, str]:
    values = [name for name in ("alt_times_uln", "alp_ggt_times_uln") if name in answers]
    if answers.get("liver_tests_on_file") == "no" and values:
        return {
            "liver_tests_on_file": "A liver value is given, so tests are on file. Correct one of the two."
        }
    return {}
