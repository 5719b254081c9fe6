"""A map for a table whose columns say what they are: patient, day or week or visit, score, group; or a column a visit."""

import re
from collections.abc import Sequence
from dataclasses import replace

from sojourn.analysis.table_map import MapUnusable, TableMap

PATIENT = (
    "patient", "patientid", "id", "subject", "subjectid", "usubjid", "subjid", "participant", "participantid", "person",
    "personid", "pid", "recordid", "studyid",
)  # fmt: skip
SCORE = ("score", "total", "value", "totalscore", "sumscore")
GROUP = ("group", "arm", "treatment", "therapy", "grp", "trt")
VISIT = ("visit", "visitlabel", "visitname", "timepoint", "avisit")
DAYS_IN = {"day": 1, "days": 1, "week": 7, "weeks": 7, "month": 30, "months": 30}
DATES = ("date", "answeredon", "visitdate")
VERSION = ("version", "instrumentversion", "formversion")
NAME = ("name", "patientname", "fullname")
BORN = ("bornon", "birthdate", "dateofbirth", "dob")
BASELINE = re.compile(r"(pre|screening|baseline|before.*)", re.IGNORECASE)
UNIT = r"(days?|weeks?|wks?|months?|mo|d|w|m)"
LABEL = re.compile(rf"{UNIT}?[ _.-]*(\d+)(?:\.0+)?", re.IGNORECASE)
TURNED = re.compile(rf"(\d+)[ _.-]*{UNIT}", re.IGNORECASE)
AFTER_PREFIX = re.compile(r"([A-Za-z0-9-]*)[ _.](.+)")
UNITS = {"d": 1, "w": 7, "m": 30}
FEWEST_VISITS = 2


def guessed_map(header: Sequence[str], instrument_id: str) -> TableMap:
    """Take the columns by their names; what is not found is asked for. Raises MapUnusable."""
    plain = {_plain(name): name for name in reversed(header)}  # of two of one name the first
    scale = _plain(instrument_id)
    named = (
        *SCORE,
        scale,
        f"{scale}total",
        f"{scale}score",
        f"{scale}sum",
        f"{scale}totalscore",
        f"total{scale}",
    )
    patient, score = _first(plain, PATIENT), _first(plain, named)
    unit = next((name for name in DAYS_IN if name in plain), None)
    visit, date = _first(plain, VISIT), _first(plain, DATES)
    wide = _wide(header, scale) if score is None else ()
    if patient is None or not (wide or (score and (unit or visit or date))):
        raise MapUnusable(
            "The columns do not say what they are. Name them patient, score, and day, week, month, visit or date; or give a "
            f"column for each visit, such as baseline and week 4; or give --map. Here: {', '.join(header)}."
        )
    found = TableMap(
        patient=patient,
        score=None if wide else score,
        wide=wide,
        group=_first(plain, GROUP),
        born_on=_first(plain, BORN),
        version=None if wide else _first(plain, VERSION),
        name=_first(plain, NAME),
    )
    if wide:
        return found
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
        day = _day_of(label, unit)
        if day is None:
            raise MapUnusable(
                f'The visit {label!r} says no day. Give a map with [visits], such as "{label}" = 28.'
            )
        found.append((label, day))
    return tuple(found)


def _wide(header: Sequence[str], scale: str) -> tuple[tuple[str, int], ...]:
    """Find a column for each visit, all of one prefix ("bdi.pre", "bdi.2m"); the scale's own prefix before others."""
    by_prefix: dict[str, list[tuple[str, int]]] = {}
    for name in header:
        split = AFTER_PREFIX.fullmatch(name.strip())
        whole, rest = _day_of(name, None), _day_of(split[2], None) if split else None
        if whole is not None:
            by_prefix.setdefault("", []).append((name, whole))
        elif split and rest is not None:
            by_prefix.setdefault(_plain(split[1]), []).append((name, rest))
    fit = {
        prefix: columns
        for prefix, columns in by_prefix.items()
        if len({day for _, day in columns}) == len(columns) >= FEWEST_VISITS
        and any(day == 0 for _, day in columns)
    }
    if scale in fit:
        return tuple(fit[scale])
    return tuple(next(iter(fit.values()))) if len(fit) == 1 else ()


def _day_of(label: str, unit: int | None) -> int | None:
    text = label.strip()
    if BASELINE.fullmatch(text):
        return 0
    if (match := LABEL.fullmatch(text)) and (match[1] or unit):
        return (UNITS[match[1][0].lower()] if match[1] else unit or 1) * int(match[2])
    if match := TURNED.fullmatch(text):
        return UNITS[match[2][0].lower()] * int(match[1])
    return None


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _first(plain: dict[str, str], names: Sequence[str]) -> str | None:
    return next((plain[name] for name in names if name in plain), None)
