"""Reads the events about medicine: the dose and the check before it, the account of it, and what else was given."""

import re
from typing import Any, Final

from sojourn.clinical.monitoring.event_fields import Fields
from sojourn.clinical.monitoring.events import (
    COUNTED_UNITS,
    MEDICINE_UNITS,
    Accounted,
    DoseChecked,
    Dosed,
    Medicated,
)
from sojourn.clinical.quantities import Dose

PLAIN_NUMBER: Final = re.compile(
    r"[0-9]{1,4}(\.[0-9]+)?"
)  # no 5e1 and no 5_6, and no comma that may mean thousands
LEAST_QUANTITY: Final = 0.0005  # half of the last decimal that is written


def dosed(read: Fields, at: dict[str, Any]) -> Dosed | None:
    """Read the dose as it was given."""
    try:
        text = str(read.facts.get("mg", "")).strip()
        mg = float(text) if PLAIN_NUMBER.fullmatch(text) else 0.0
        return Dosed(**at, mg=Dose(mg=mg).mg, words=read.words("words"))
    except ValueError:
        read.problems["mg"] = "Please enter the dose in mg: a number above 0 and up to 1000."
        return None


def dose_checked(read: Fields, at: dict[str, Any]) -> DoseChecked | None:
    """Read the drug in hand and what was ordered, as both stood at the check."""
    matches = {name: read.yes(name) for name in ("name_matches", "birth_matches")}
    for name, said in matches.items():
        if said is None:
            read.problems[name] = "Please say whether it matches."
    mg = read.quantity("mg", needed="Please enter the dose in hand in mg, a number.")
    if not mg and "mg" not in read.problems:
        read.problems["mg"] = "Please enter the dose in hand in mg, above 0."
    expires_on = read.day("expires_on", needed="Please enter the day it expires, as on the package.")
    unit = _counted_unit(read, needed=False)
    ordered = read.facts.get("ordered_mg")
    made: dict[str, Any] = {
        "drug": read.words("drug", needed="Which drug is in your hand?"),
        "route": read.words("route", needed="By which route?"),
        "lot": read.words("lot", needed="Please enter the lot number."),
        "ordered_drug": read.words("ordered_drug"),
        "ordered_route": read.words("ordered_route"),
        "ordered_mg": None if ordered in {None, ""} else read.quantity("ordered_mg", needed="A number."),
        "count": read.bounded("count", 0, 1000),
        "expected_count": read.bounded("expected_count", 0, 1000),
        "words": read.words("words"),
    }
    if read.problems or expires_on is None:
        return None
    made |= {name: bool(said) for name, said in matches.items()}
    return DoseChecked(**at, **made, mg=mg, expires_on=expires_on, unit=unit)


def accounted(read: Fields, at: dict[str, Any]) -> Accounted | None:
    """Read what was taken out, given, wasted and returned: together nothing is lost."""
    counts: dict[str, Any] = {
        name: read.quantity(name, needed="Please enter a number, 0 for none.")
        for name in ("dispensed", "given", "wasted", "returned")
    }
    drug, unit = read.words("drug", needed="Which medicine?"), _counted_unit(read, needed=True)
    if not read.problems and abs(counts["dispensed"] - sum(list(counts.values())[1:])) > LEAST_QUANTITY:
        read.problems["dispensed"] = "Given, wasted and returned together must be what was taken out."
    return (
        None if read.problems else Accounted(**at, drug=drug, unit=unit, **counts, words=read.words("words"))
    )


def _counted_unit(read: Fields, *, needed: bool) -> str:
    unit = read.words("unit", needed="In which unit?" if needed else "")
    if unit and unit not in COUNTED_UNITS:
        read.problems["unit"] = f"Choose one of {', '.join(COUNTED_UNITS)}."
    return unit


def medicated(read: Fields, at: dict[str, Any]) -> Medicated | None:
    """Read a medicine given beside the treatment."""
    unit = read.words("unit", needed="In which unit?")
    if unit and unit not in MEDICINE_UNITS:
        read.problems["unit"] = f"Choose one of {', '.join(MEDICINE_UNITS)}."
    drug = read.words("drug", needed="What was given?")
    text = str(read.facts.get("amount", "")).strip()
    amount = float(text) if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text) else 0.0
    if amount <= 0:
        read.problems["amount"] = "Please enter how much: a number above 0."
    return Medicated(**at, drug=drug, amount=amount, unit=unit, words=read.words("words"))
