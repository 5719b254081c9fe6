"""A regimen: one or more sessions, each with a dose and a day; and the small file it is written in."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise

from sojourn.clinical.pharmacology.doses import Dose, Step
from sojourn.clinical.pharmacology.refusals import CannotSimulate, not_known, number_within, whole_within
from sojourn.clinical.pharmacology.routes import Drug, route_named

LEAST_BETWEEN_H = 24.0  # never two routes in the same 24 hours; two sessions within them would be one
MOST_SESSIONS = 200
LONGEST_DAYS = 3650.0

DOSE_KEYS = ("drug", "route", "dose_mg", "dose_mg_per_kg", "over_min", "steps", "spat_out", "hold_min")
SESSION_KEYS = (*DOSE_KEYS, "day")
REPEAT_KEYS = ("sessions", "days_apart")
STEP_KEYS = ("amount", "from_min", "over_min")
PEOPLE_KEYS = (
    "number", "seed", "weight_kg", "weight_sd_kg", "age_years", "pregnant", "liver", "interactions",
)  # fmt: skip
MEANT = {
    "dose": "dose_mg", "dose_g": "dose_mg", "dose_mcg": "dose_mg", "dose_ug": "dose_mg", "mg": "dose_mg",
    "amount": "dose_mg", "mg_per_kg": "dose_mg_per_kg", "dose_mgkg": "dose_mg_per_kg", "minutes": "over_min",
    "duration": "over_min", "duration_min": "over_min", "infusion_min": "over_min", "over_h": "over_min",
    "count": "number", "n": "number", "patients": "number", "weight": "weight_kg", "weight_lb": "weight_kg",
    "age": "age_years", "name": "title", "sessions": "session", "dose_day": "day", "spit": "spat_out",
    "interval_days": "days_apart", "every_days": "days_apart",
}  # fmt: skip
FILE_KEYS = ("title", "evidence", "until_h", "every_min", "people", "session", "repeat")


@dataclass(frozen=True, slots=True)
class Session:
    """A dose and when it begins, in hours from the beginning of the regimen."""

    start_h: float
    dose: Dose


@dataclass(frozen=True, slots=True)
class Regimen:
    """Sessions in order, at least a day apart. Raises CannotSimulate."""

    sessions: tuple[Session, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.sessions) <= MOST_SESSIONS:
            raise CannotSimulate("session", f"give between 1 and {MOST_SESSIONS} sessions")
        starts = [session.start_h for session in self.sessions]
        for start in starts:
            number_within("day", start / 24, 0, LONGEST_DAYS, "give the day of the session, from 0 on")
        for number, (earlier, later) in enumerate(pairwise(starts), 1):
            if later - earlier < LEAST_BETWEEN_H:
                raise CannotSimulate(
                    "day",
                    f"sessions {number} and {number + 1} overlap: put them in order and at least one day apart, "
                    "by whatever route",
                )

    @classmethod
    def of(cls, dose: Dose, *, days: tuple[float, ...] = (0.0,)) -> "Regimen":
        """Give the same dose on each of the days."""
        return cls(tuple(Session(24.0 * day, dose) for day in days))

    @property
    def days(self) -> tuple[float, ...]:
        return tuple(session.start_h / 24 for session in self.sessions)


def read_dose(told: Mapping[str, object]) -> Dose:
    """Build a dose from a table of a regimen file. Raise CannotSimulate, naming the field and the remedy."""
    refuse_unknown(told, DOSE_KEYS)
    drug = told.get("drug", Drug.RACEMATE)
    if drug not in tuple(Drug):
        raise not_known("drug", drug, Drug)
    if not isinstance(told.get("spat_out", False), bool):
        raise CannotSimulate("spat_out", "give true or false")
    return Dose(
        route=route_named(told.get("route")),
        drug=Drug(str(drug)),
        mg=_number_or_none(told, "dose_mg", 1000, "give a dose of 0 to 1000 mg, in milligrams"),
        mg_per_kg=_number_or_none(
            told, "dose_mg_per_kg", 15, "give 0 to 15 mg per kg of body weight; if it is in mg, use dose_mg"
        ),
        over_min=_number_or_none(told, "over_min", 1440, "give minutes, 0 to 1440") or 0.0,
        steps=_read_steps(told.get("steps", [])),
        spat_out=told.get("spat_out") is True,
        hold_min=_number_or_none(told, "hold_min", 60, "give minutes, 0 to 60"),
    )


def _number_or_none(told: Mapping[str, object], key: str, most: float, remedy: str) -> float | None:
    return number_within(key, told[key], 0, most, remedy) if key in told else None


def read_regimen(told: Mapping[str, object]) -> Regimen:
    """Build a regimen from `[[session]]` tables and an optional `[repeat]`. Raise CannotSimulate."""
    rows = told.get("session")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise CannotSimulate("session", "give at least one table [[session]] with route and dose_mg")
    sessions = [
        _read_session(row, f"session {number}" if len(rows) > 1 else "") for number, row in enumerate(rows, 1)
    ]
    repeat = told.get("repeat")
    if repeat is None:
        return Regimen(tuple(sessions))
    return Regimen(_repeated(sessions, repeat))


def _read_session(row: Mapping[str, object], name: str) -> Session:
    try:
        refuse_unknown(row, SESSION_KEYS)
        day = number_within("day", row.get("day", 0.0), 0, LONGEST_DAYS, "give the day, from 0 on")
        return Session(24.0 * day, read_dose({key: row[key] for key in row if key != "day"}))
    except CannotSimulate as refused:
        raise CannotSimulate(
            refused.field, f"{refused.remedy} ({name})" if name else refused.remedy
        ) from None


def read_toml(text: str) -> dict[str, object]:
    """Read a regimen file's text and refuse keys that mean nothing here. Raise CannotSimulate."""
    if not text.strip():
        raise CannotSimulate("file", "is empty; begin with a table [[session]] with route and dose_mg")
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CannotSimulate(
            "file", f"is not valid TOML ({error}); correct that line: words in quotes, decimals with a point"
        ) from None
    refuse_unknown(told, FILE_KEYS)
    return told


def refuse_unknown(told: Mapping[str, object], known: tuple[str, ...]) -> None:
    """Refuse a key nobody would read. Raise CannotSimulate with the key that was likely meant, and those that are known."""
    for key in told:
        if key in known:
            continue
        near = MEANT.get(key.lower()) or next(iter(get_close_matches(key.lower(), known, n=1)), "")
        guess = f"did you mean {near}? Use" if near in known else "use"
        raise CannotSimulate(key, f"is not known here; {guess} {', '.join(known)}, or remove it")


def _repeated(sessions: list[Session], repeat: object) -> tuple[Session, ...]:
    if not isinstance(repeat, dict):
        raise CannotSimulate("repeat", "give a table with sessions and days_apart")
    refuse_unknown(repeat, REPEAT_KEYS)
    if len(sessions) != 1:
        raise CannotSimulate("repeat", "repeats exactly one [[session]]; write the others out instead")
    often = f"give how often in all, a whole number from 1 to {MOST_SESSIONS}"
    times = whole_within("sessions", repeat.get("sessions"), 1, MOST_SESSIONS, often)
    remedy = "give the days between two sessions, at least 1"
    apart = number_within("days_apart", repeat.get("days_apart"), 1, LONGEST_DAYS, remedy)
    return tuple(
        Session(sessions[0].start_h + 24.0 * apart * number, sessions[0].dose) for number in range(times)
    )


def _read_steps(rows: object) -> tuple[Step, ...]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise CannotSimulate("steps", "give a list of { amount, from_min, over_min }")
    found = []
    for row in rows:
        refuse_unknown(row, STEP_KEYS)
        found.append(
            Step(
                amount=number_within("amount", row.get("amount"), 0, 1000, "give it in the unit of the dose"),
                from_min=number_within(
                    "from_min", row.get("from_min"), 0, 1440, "give minutes from the start"
                ),
                over_min=number_within(
                    "over_min", row.get("over_min"), 0, 1440, "give minutes, 0 for a push"
                ),
            )
        )
    return tuple(found)
