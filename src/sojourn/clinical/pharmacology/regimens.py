"""A regimen: one or more sessions, each with a dose and a day; and the small file it is written in."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from sojourn.clinical.pharmacology.doses import Dose, Step
from sojourn.clinical.pharmacology.refusals import CannotSimulate, number_within
from sojourn.clinical.pharmacology.routes import Drug, route_named

LEAST_BETWEEN_H = 24.0  # never two routes in the same 24 hours; two sessions within them would be one
MOST_SESSIONS = 200
LONGEST_DAYS = 3650.0

DOSE_KEYS = ("drug", "route", "dose_mg", "dose_mg_per_kg", "over_min", "steps", "spat_out", "hold_min")
SESSION_KEYS = (*DOSE_KEYS, "day")
REPEAT_KEYS = ("sessions", "days_apart")
STEP_KEYS = ("amount", "from_min", "over_min")
PEOPLE_KEYS = ("number", "seed", "weight_kg", "weight_sd_kg", "age_years")
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
        if any(later - earlier < LEAST_BETWEEN_H for earlier, later in pairwise(starts)):
            raise CannotSimulate(
                "day", "two sessions overlap: put them in order and at least one day apart"
            )  # fmt: skip

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
        raise CannotSimulate("drug", f"is not known; use one of {', '.join(Drug)}")
    if not isinstance(told.get("spat_out", False), bool):
        raise CannotSimulate("spat_out", "give true or false")
    return Dose(
        route=route_named(told.get("route", "")),
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
    sessions = []
    for row in rows:
        refuse_unknown(row, SESSION_KEYS)
        day = number_within("day", row.get("day", 0.0), 0, LONGEST_DAYS, "give the day, from 0 on")
        dose = read_dose({key: row[key] for key in row if key != "day"})
        sessions.append(Session(24.0 * day, dose))
    repeat = told.get("repeat")
    if repeat is None:
        return Regimen(tuple(sessions))
    return Regimen(_repeated(sessions, repeat))


def read_toml(text: str) -> dict[str, object]:
    """Read a regimen file's text and refuse keys that mean nothing here. Raise CannotSimulate."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CannotSimulate("file", f"is not valid TOML ({error}); correct that line") from None
    refuse_unknown(told, FILE_KEYS)
    return told


def refuse_unknown(told: Mapping[str, object], known: tuple[str, ...]) -> None:
    """Refuse a key nobody would read. Raise CannotSimulate with the keys that are known."""
    for key in told:
        if key not in known:
            raise CannotSimulate(key, f"is not known here; use {', '.join(known)}, or remove it")


def _repeated(sessions: list[Session], repeat: object) -> tuple[Session, ...]:
    if not isinstance(repeat, dict):
        raise CannotSimulate("repeat", "give a table with sessions and days_apart")
    refuse_unknown(repeat, REPEAT_KEYS)
    if len(sessions) != 1:
        raise CannotSimulate("repeat", "repeats exactly one [[session]]; write the others out instead")
    times = repeat.get("sessions")
    if not isinstance(times, int) or not 1 <= times <= MOST_SESSIONS:
        raise CannotSimulate("sessions", f"give how often in all, 1 to {MOST_SESSIONS}")
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
