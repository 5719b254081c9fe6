"""Invented people: always marked, the same from a seed, streamed, and leaving as their response lets them."""

import csv
import json
import tracemalloc

import numpy as np
import pytest

from sojourn.clinical.pharmacology import Dose, Drug, Evidence, People, Regimen, Route
from sojourn.clinical.pharmacology.synthetic import live_through, synthesize
from sojourn.laboratory.__main__ import main

INFUSION = Dose(Route.INTRAVENOUS, Drug.RACEMATE, mg_per_kg=0.5, over_min=40)
SIX = Regimen.of(INFUSION, days=(0, 3.5, 7, 10.5, 14, 17.5))


@pytest.fixture
def written(tmp_path):
    def _written(*words, name="people.ndjson"):
        assert main(["synthesize", "--seed", "5", "--out", str(tmp_path / name), *words]) == 0
        return tmp_path / name

    return _written


def test_every_record_is_marked_synthetic(written):
    lines = [json.loads(line) for line in written("--patients", "40").read_text().splitlines()]
    assert len(lines) == 40
    assert all(line["synthetic"] is True for line in lines)
    assert all(line["patient"].startswith("SYNTHETIC-5-") for line in lines)
    assert len({line["patient"] for line in lines}) == 40
    with written("--patients", "3", "--format", "csv", name="people.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert {row["synthetic"] for row in rows} == {"synthetic"}


def test_a_record_holds_a_course_that_could_be(written):
    for text in written("--patients", "60").read_text().splitlines():
        person = json.loads(text)
        assert 1 <= len(person["sessions"]) <= 6
        assert person["left_early"] == (len(person["sessions"]) < 6)
        last_day = person["sessions"][-1]["day"]
        if person["left_early"]:
            assert max(score["day"] for score in person["scores"]) <= last_day
        for session in person["sessions"]:
            assert session["dose_mg"] == pytest.approx(person["weight_kg"] / 2, abs=0.11)
            for look in session["looks"]:
                assert look["systolic_mmhg"] - look["diastolic_mmhg"] >= 15
                assert 0 <= look["cadss"] <= 92
        assert all(0 <= score["total"] <= 60 for score in person["scores"])


def test_alarms_are_those_of_the_monitoring_plan(written):
    seen = 0
    for text in written("--patients", "80").read_text().splitlines():
        for session in json.loads(text)["sessions"]:
            high = {
                look["minute"] for look in session["looks"] if look["minute"] and look["systolic_mmhg"] >= 180
            }
            told = {
                a["minute"] for a in session["alarms"] if a["limit"] in {"SYSTOLIC-RED", "SYSTOLIC-EMERGENCY"}
            }
            assert high == {minute for minute in told if minute}
            seen += len(high)
    assert seen


def test_the_same_seed_gives_the_same_people_at_any_block_size():
    people = People(count=90, seed=8)
    whole = next(iter(synthesize(regimen=SIX, people=people, block=90)))
    parts = list(synthesize(regimen=SIX, people=people, block=17))
    assert np.array_equal(np.concatenate([part.scores.madrs for part in parts]), whole.scores.madrs)
    assert np.array_equal(np.concatenate([part.attended for part in parts]), whole.attended)
    assert np.array_equal(np.concatenate([part.readings.systolic for part in parts]), whole.readings.systolic)


def test_a_score_does_not_depend_on_which_other_days_are_asked_for():
    people = People(count=40, seed=8).draw(first=0, count=40)

    def scores(*days):
        return live_through(regimen=SIX, people=people, looks_min=(0.0,), score_days=days).scores

    every, some = scores(*map(float, range(60))), scores(0.0, 21.0, 59.0)
    for name in ("madrs", "phq9", "gad7"):
        assert np.array_equal(getattr(every, name)[:, [0, 21, 59]], getattr(some, name))


def test_the_three_scales_tell_of_one_course_and_keep_to_their_bounds():
    found = next(iter(synthesize(regimen=SIX, people=People(count=2000, seed=3), block=2000))).scores
    for scale, highest in ((found.madrs, 60), (found.phq9, 27), (found.gad7, 21)):
        assert scale.min() >= 0
        assert scale.max() <= highest
    gained = found.madrs[:, 0] - found.madrs[:, -3]
    assert np.corrcoef(gained, found.phq9[:, 0] - found.phq9[:, -3])[0, 1] > 0.9
    assert np.corrcoef(gained, found.gad7[:, 0] - found.gad7[:, -3])[0, 1] > 0.75


def test_most_gain_fades_in_the_months_after_the_series_and_some_people_keep_theirs():
    people = People(count=600, seed=3).draw(first=0, count=600)
    scores = live_through(regimen=SIX, people=people, looks_min=(0.0,), score_days=(0.0, 18.5, 180.0)).scores
    gained, left = scores.madrs[:, 0] - scores.madrs[:, 1], scores.madrs[:, 0] - scores.madrs[:, 2]
    assert gained.mean() > 15
    assert left.mean() < 0.35 * gained.mean()
    assert (left >= 0.5 * gained)[gained >= 15].mean() > 0.1


def test_drowsiness_is_seen_only_in_those_who_feel_far_away_and_raises_its_alarm(written):
    seen = 0
    for text in written("--patients", "200").read_text().splitlines():
        for session in json.loads(text)["sessions"]:
            drowsy = {look["minute"] for look in session["looks"] if look["moaas"] < 5}
            assert all(look["felt_of_10"] >= 2 for look in session["looks"] if look["minute"] in drowsy)
            assert drowsy <= {alarm["minute"] for alarm in session["alarms"]}
            seen += len(drowsy)
    assert seen


def test_who_does_not_improve_leaves_more_often():
    people = next(iter(synthesize(regimen=SIX, people=People(count=4000, seed=2), block=4000)))
    improved = people.scores.madrs[:, 1] <= 0.75 * people.scores.madrs[:, 0]
    left_then = people.attended == 1
    assert left_then[~improved].mean() > 2 * left_then[improved].mean()


def test_masked_people_improve_less_than_open_ones():
    def last(evidence):
        blocks = synthesize(regimen=SIX, people=People(count=400, seed=2), evidence=evidence, block=400)
        return next(iter(blocks)).scores.madrs[:, -3].mean()

    assert last(Evidence.MASKED) > last(Evidence.OPEN) + 5


def test_memory_does_not_grow_with_the_number_of_people():
    def peak(count):
        tracemalloc.start()
        for _ in synthesize(regimen=SIX, people=People(count=count, seed=1), block=64):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(64)
    assert peak(1280) < 1.3 * peak(256)


def test_no_people_are_refused_in_a_sentence(capsys):
    assert main(["synthesize", "--patients", "0", "--seed", "1"]) == 1
    assert "`people`: " in capsys.readouterr().out
