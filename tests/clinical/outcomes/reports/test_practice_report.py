"""The long report: what it says of a known practice, and what it says of data that carry nothing."""

from fractions import Fraction

import numpy as np
import pytest

from sojourn.clinical import instruments
from sojourn.clinical.outcomes.practice import USUAL_WINDOWS
from sojourn.clinical.outcomes.recount import NEVER, People, Readings
from sojourn.clinical.outcomes.reports import yardstick_of
from sojourn.clinical.outcomes.reports.practice_report import practice_report
from sojourn.clinical.outcomes.reports.yardstick import Severity

PHQ9 = yardstick_of(instruments.get("phq-9"))
BANDS = (Severity("mild", Fraction(0)), Severity("moderate", Fraction(10)), Severity("severe", Fraction(20)))
MONTH = USUAL_WINDOWS[2]
AS_OF = 20_000


def practice(n, *, fall=8.0, seed=1, leave=0.0, units=2):
    """People dosed long ago; each window answered unless somebody ill has left for good by then."""
    draw = np.random.default_rng(seed)
    rows = []
    for person in range(n):
        baseline = int(draw.integers(12, 26))
        rows.append((person, -1, baseline))
        for window in USUAL_WINDOWS:
            if draw.random() < leave * baseline / 20:
                break
            rows.append(
                (person, window.target, int(np.clip(round(baseline - fall + draw.normal(0, 3)), 0, 27)))
            )
    laid = np.array(rows, dtype=np.int32).reshape(-1, 3)
    first = np.full(n, AS_OF - 500, dtype=np.int32)
    return (
        People(first, (np.arange(n) % units).astype(np.int32), units),
        Readings(laid[:, 0], laid[:, 1] + AS_OF - 500, laid[:, 2] * np.int32(1000)),
    )


def report(people, readings, **more):
    return practice_report(
        people=people, readings=readings, yardstick=PHQ9, severities=BANDS, windows=USUAL_WINDOWS, primary=MONTH,
        as_of=AS_OF, rng=np.random.default_rng(7), **more,
    )  # fmt: skip


def test_the_mean_change_is_the_one_the_practice_was_made_with():
    found = report(*practice(200, fall=8.0, leave=0.1))
    for visit in found["change"]["visits"]:
        assert visit["low"] < -8.0 + 0.3
        assert visit["high"] > -8.0 - 0.3
        assert visit["error"] < 0.6
    imputed = found["imputed"]
    assert imputed["by penalty"][0]["value"] == pytest.approx(-8, abs=0.8)
    values = [row["value"] for row in imputed["by penalty"]]
    assert values == sorted(values), "the worse the missing, the smaller the improvement"
    assert imputed["missing"] > 20


def test_where_the_missing_could_undo_everything_the_tipping_point_says_when():
    found = report(*practice(60, fall=1.5, leave=0.25))["imputed"]
    assert found["tipping point"] is not None
    assert 0 < found["tipping point"] < 20


def test_the_same_data_give_the_same_report():
    assert report(*practice(40, leave=0.1)) == report(*practice(40, leave=0.1))


def test_who_is_missing_is_told_by_how_ill_they_were():
    rows = report(*practice(300, leave=0.2))["missing by baseline severity"]
    share = {
        row["baseline"]: row["missing"] / (row["missing"] + row["answered"])
        for row in rows
        if row["window"] == "week 8"
    }
    assert share["severe"] > share["moderate"]


def test_a_unit_that_treats_the_more_ill_is_held_to_less():
    people, readings = practice(400)
    ill = readings.value[np.r_[True, np.diff(readings.person) > 0]] > 18_000
    sorted_units = People(people.first_dose_day, ill.astype(np.int32), 2)
    mild, severe = report(sorted_units, readings)["case mix"]["units"]
    assert mild["expected"] / mild["due"] > severe["expected"] / severe["due"]
    assert mild["expected"] + severe["expected"] == pytest.approx(mild["met"] + severe["met"], abs=1e-4)


def test_nobody_and_one_person_are_told_in_words():
    empty = Readings(*(np.empty(0, dtype=np.int32) for _ in range(3)))
    nobody = report(People(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int32), 1), empty)
    assert nobody["change"] == {"unsaid": "no window has 5 scores"}
    assert nobody["time in response"] == {"unsaid": "nobody was in response at any visit"}
    assert nobody["case mix"] == {"unsaid": "everybody or nobody met the outcome"}
    undosed = report(People(np.full(1, NEVER, dtype=np.int32), np.zeros(1, dtype=np.int32), 1), empty)
    assert undosed["windows"][0]["enrolled"] == 1
    because = "the mixed model behind it could not be fitted: no window has 5 scores"
    assert undosed["imputed"] == {"unsaid": because}


def test_everybody_in_response_is_no_reason_for_an_error():
    people, readings = practice(30, fall=20.0)
    found = report(people, readings)
    assert found["case mix"] == {"unsaid": "everybody or nobody met the outcome"}
    assert found["time in response"]["median"] is None


def test_more_people_than_a_model_takes_are_counted_and_not_modelled(monkeypatch):
    monkeypatch.setattr("sojourn.clinical.outcomes.reports.practice_report.MOST_MODELLED", 10)
    found = report(*practice(11))
    assert "11 people are more than the 10 that a model takes" in found["change"]["unsaid"]
    assert found["windows"][2]["observed"] == 11


def test_whose_window_is_still_to_come_is_not_missing():
    people, readings = practice(40)
    recent = people.first_dose_day.copy()
    recent[30:] = AS_OF - 20
    still_to_come = np.isin(readings.person, np.arange(30, 40)) & (readings.day > AS_OF - 501)
    kept = Readings(
        readings.person[~still_to_come], readings.day[~still_to_come], readings.value[~still_to_come]
    )
    kept.day[kept.person >= 30] = AS_OF - 21
    found = report(People(recent, people.unit, people.units), kept)
    assert found["windows"][2]["reached"] == 30
    assert found["imputed"]["missing"] == 0
