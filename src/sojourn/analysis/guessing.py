"""A map for a table whose columns say what they are: patient, day or week or visit, score, group."""

import re
from collections.abc import Sequence
from dataclasses import replace

from sojourn.analysis.table_map import MapUnusable, TableMap

PATIENT = ("patient", "patient_id", "id", "subject", "subject_id", "usubjid", "participant", "person")
SCORE = ("score", "total", "value")
GROUP = ("group", "arm", "treatment", "therapy", "grp", "trt")
DAYS_IN = {"day": 1, "days": 1, "week": 7, "weeks": 7, "month": 30, "months": 30}
DATES = ("date", "answered_on", "visit_date")
VERSION = ("version", "instrument_version", "form_version")
NAME = ("name", "patient_name", "full_name")
BORN = ("born_on", "birth_date", "date_of_birth", "dob")
BASELINE = re.compile(r"(pre|screening|baseline|before.*)", re.IGNORECASE)
LABEL = re.compile(r"(day|week|wk|month|mo|d|w|m)?[ _.-]*(\d+)(?:\.0+)?", re.IGNORECASE)
UNITS = {"d": 1, "w": 7, "m": 30}


def guessed_map(header: Sequence[str], instrument_id: str) -> TableMap:
    """Take the columns by their names; what is not found is asked for. Raises MapUnusable."""
    plain = {name.strip().casefold().replace(" ", "_"): name for name in header}
    patient = _first(plain, PATIENT)
    score = _first(
        plain, (*SCORE, instrument_id, instrument_id.replace("-", ""), instrument_id.replace("-", "_"))
    )
    unit = next((name for name in DAYS_IN if name in plain), None)
    visit = _first(plain, ("visit", "visit_label", "timepoint", "time_point"))
    date = _first(plain, DATES)
    if patient is None or score is None or not (unit or visit or date):
        raise MapUnusable(
            "The columns do not say what they are. Name them patient, score, and day, week, month, visit or date; "
            f"or give --map. Here: {', '.join(header)}."
        )
    found = TableMap(
        patient=patient,
        score=score,
        group=_first(plain, GROUP),
        born_on=_first(plain, BORN),
        version=_first(plain, VERSION),
        name=_first(plain, NAME),
    )
    if unit == "day":
        return replace(found, day=plain["day"])
    if unit:
        return replace(found, visit=plain[unit])
    return replace(found, visit=visit) if visit else replace(found, date=date)


def guessed_visits(labels: Sequence[str], column: str) -> tuple[tuple[str, int], ...]:
    """Read days after the first day from labels such as "baseline", "week 4" or a bare number of weeks.

    Raises MapUnusable for a label that says no day.
    """
    unit = DAYS_IN.get(column.strip().casefold())
    found = []
    for label in labels:
        match = LABEL.fullmatch(label.strip())
        if BASELINE.fullmatch(label.strip()):
            found.append((label, 0))
        elif match and (match[1] or unit):
            each = UNITS[match[1][0].lower()] if match[1] else unit or 1
            found.append((label, each * int(match[2])))
        else:
            raise MapUnusable(
                f'The visit {label!r} says no day. Give a map with [visits], such as "{label}" = 28.'
            )
    return tuple(found)


def _first(plain: dict[str, str], names: Sequence[str]) -> str | None:
    return next((plain[name] for name in names if name in plain), None)
