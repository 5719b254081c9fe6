"""From answers to the facts that rules name: ages and indexes worked out, lists turned into classes."""

from datetime import date

from sojourn.clinical.protocols import suicide_screener
from sojourn.clinical.protocols.conditions import NONE_OF_THESE, UNKNOWN, Known
from sojourn.clinical.protocols.facts import Facts
from sojourn.clinical.protocols.medicines import medicines_named
from sojourn.clinical.quantities import BloodPressure, Height, Weight, age_years, body_mass_index

DERIVED_FROM: dict[str, tuple[str, ...]] = {
    "systolic": ("blood_pressure",),
    "diastolic": ("blood_pressure",),
    "weight_kg": ("weight",),
    "age": ("born_on",),
    "state_served": ("state",),
    **suicide_screener.WORKED_OUT_FROM,
}
"""The questions behind each fact that is worked out rather than asked."""


def asked_for(fact: str) -> tuple[str, ...]:
    """Give the questions behind a fact: itself, where it is asked."""
    return DERIVED_FROM.get(fact, (fact,))


def known(facts: Facts, *, on: date, licensed_states: frozenset[str] | None = None) -> dict[str, Known]:
    """Turn answers into the facts that rules name: age in years on that day, pressures in mmHg, weight in kg.

    `licensed_states` are the states the practice may treat in; None leaves `state_served` unknown.
    """
    found: dict[str, Known] = {}
    for name, value in facts.answers:
        match value:
            case str() | float():
                found[name] = value
            case BloodPressure():
                found |= {"systolic": float(value.systolic_mmhg), "diastolic": float(value.diastolic_mmhg)}
            case Weight():
                found["weight_kg"] = float(value.kg)
            case date():
                found["age"] = float(age_years(born_on=value, on=on))
            case tuple():
                found[name] = frozenset(value)
    if licensed_states is not None and "state" in found:
        found["state_served"] = "yes" if found["state"] in licensed_states else "no"
    _add_index(found)
    _add_medicines(found)
    return found | suicide_screener.triaged(found)


def _add_index(found: dict[str, Known]) -> None:
    kg, cm = found.get("weight_kg"), found.get("height_cm")
    if "bmi" not in found and isinstance(kg, float) and isinstance(cm, float):
        found["bmi"] = body_mass_index(weight=Weight(kg=kg), height=Height(cm=cm))


def _add_medicines(found: dict[str, Known]) -> None:
    """Let a clinician's list settle what a patient was unsure of; a name nobody knows keeps it open."""
    listed, ticked = found.pop("medicine_list", None), found.get("medicines", frozenset())
    dose = found.get("lorazepam_equivalent_mg")
    if not isinstance(ticked, frozenset):
        return
    if isinstance(listed, frozenset):
        read = medicines_named(sorted(listed))
        ticked = (
            (ticked - {UNKNOWN})
            | read.classes
            | (frozenset({UNKNOWN}) if read.not_recognized else frozenset())
        )
        ticked = ticked - {NONE_OF_THESE} or frozenset({NONE_OF_THESE})
    if isinstance(dose, float) and dose > 0:
        ticked = (ticked - {NONE_OF_THESE}) | {"benzodiazepine"}
    if ticked:
        found["medicines"] = ticked
