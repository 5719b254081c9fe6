"""How long people who responded stayed in response, in columns; the same rule as `reports.time_in_response`."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sojourn.clinical.outcomes.recount.columns import MISSING, NEVER, THOUSANDTHS, Int32, People, Readings
from sojourn.clinical.outcomes.reports.yardstick import Yardstick

NO_ROW = np.iinfo(np.int32).max


@dataclass(frozen=True)
class Survival:
    """Kaplan-Meier curves by unit: `shares` (units, days) still in response at each of `days`; medians, NaN above half."""

    days: tuple[int, ...]
    shares: NDArray[np.float64]
    medians: NDArray[np.float64]
    people: NDArray[np.int64]


def followed_in_response(
    people: People, readings: Readings, baseline: Int32, *, yardstick: Yardstick
) -> tuple[Int32, Int32, NDArray[np.bool_]]:
    """Give who responded (rows of People), the days each was followed since, and whether response was lost at the end.

    `baseline` in thousandths, MISSING where unknown; a baseline below the floor cannot respond.
    """
    percent = yardstick.response_percent
    if percent is None:
        raise ValueError("percent change is not defined on this scale")
    floor = int(yardstick.baseline_at_least * THOUSANDTHS) if yardstick.baseline_at_least is not None else 1
    first = people.first_dose_day
    # Response is a score up to this number of thousandths; nobody reaches one below 0.
    able = (first != NEVER) & (baseline != MISSING) & (baseline >= floor) & (baseline > 0)
    highest = np.where(able, (100 - percent) * baseline.astype(np.int64) // 100, -1).astype(np.int32)
    after = readings.day > first[readings.person]
    after &= able[readings.person]
    in_response = after & (readings.value <= highest[readings.person])

    def first_row(of: NDArray[np.bool_]) -> Int32:
        """The first row of each person for which something holds; rows come in order, so the first written stays."""
        rows = np.flatnonzero(of)[::-1]
        found = np.full(len(first), NO_ROW, dtype=np.int32)
        found[readings.person[rows]] = rows
        return found

    began = first_row(in_response)
    rows = np.arange(len(readings.person), dtype=np.int32)
    lost = first_row(after & ~in_response & (rows > began[readings.person]))
    last = np.full(len(first), -1, dtype=np.int32)
    seen = np.flatnonzero(after)
    last[readings.person[seen]] = seen
    who = np.flatnonzero(began != NO_ROW).astype(np.int32)
    was_lost = lost[who] != NO_ROW
    until = np.where(was_lost, lost[who], last[who])
    return who, readings.day[until] - readings.day[began[who]], was_lost


def survival_by_unit(
    time: Int32, event: NDArray[np.bool_], unit: Int32, *, units: int, days: Sequence[int]
) -> Survival:
    """Estimate a curve for each unit; who is lost at the time of an event counts as at risk then."""
    length = int(time.max(initial=0)) + 2
    ended = np.bincount(unit * length + time, minlength=units * length).reshape(units, length)
    lost = np.bincount((unit * length + time)[event], minlength=units * length).reshape(units, length)
    at_risk = ended[:, ::-1].cumsum(axis=1)[:, ::-1]
    with np.errstate(invalid="ignore", divide="ignore"):
        curve = np.cumprod(np.where(at_risk > 0, 1 - lost / at_risk, 1.0), axis=1)
    at = np.clip(np.asarray(days), 0, length - 1)
    half = curve <= 0.5 + 1e-12  # a product of shares that is exactly a half may come out a hair above it
    medians = np.where(half.any(axis=1), half.argmax(axis=1), np.nan)
    return Survival(tuple(days), np.asarray(curve[:, at], dtype=np.float64), medians, ended.sum(axis=1))
