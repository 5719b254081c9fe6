"""Each invented person lives as one synthetic person, and the course the cast claims is what happens to that person."""

from datetime import UTC, datetime, timedelta

import pytest

from sojourn.clinical import monitoring, protocols
from sojourn.clinical.monitoring.events import VitalTaken
from sojourn.clinical.pharmacology import People, Regimen, ordered_dose
from sojourn.clinical.pharmacology.synthetic import synthesize
from sojourn.clinical.quantities import BloodPressure, HeartRate, OxygenSaturation
from sojourn.program.demonstration.cast import PATIENTS, Course, Stage
from sojourn.program.demonstration.living_person import SEED, LivingPerson

BEGUN = datetime(2026, 1, 6, 18, tzinfo=UTC)
DAYS = {
    "esketamine_clinic": (0, 3, 7, 10, 14, 17, 21, 24, 28, 35, 42, 49),
    "racemic_iv_clinic": (0, 3, 7, 10, 14, 17),
    "racemic_im_clinic": (0, 3, 7, 10, 14, 17),
    "racemic_sl_home": (0, 7, 14, 21),
}
TREATED = [part for part in PATIENTS if part.weeks_in]


def lived(part, moved_by=0):
    """The person on the usual days of their protocol; `moved_by` days for the later half of them, as over a holiday."""
    days = DAYS[part.protocol]
    at = [BEGUN + timedelta(days=day + moved_by * (2 * place >= len(days))) for place, day in enumerate(days)]
    return LivingPerson.of(part).dosed(at, timezone="UTC", until=BEGUN + timedelta(weeks=part.weeks_in + 1))


def scores(part, person):
    """PHQ-9 before the first dose and week by week, as long as this person comes."""
    weeks = part.weeks_in
    if part.stage is Stage.STOPPED:
        weeks -= 3
    if part.stage is Stage.DROPPED_OUT:
        weeks = max(1, DAYS[part.protocol][person.comes_to] // 7)
    return [person.phq9_on(7 * week) for week in range(weeks + 1)]


@pytest.mark.parametrize("moved_by", [0, 1])
@pytest.mark.parametrize("part", TREATED, ids=lambda part: part.name)
def test_the_course_of_the_cast_is_what_the_generator_gives(part, moved_by):
    first, *later = scores(part, lived(part, moved_by))
    gain = 1 - later[-1] / first
    match part.course:
        case Course.REMITS:
            assert later[-1] <= 4 or (len(later) <= 3 and gain >= 0.5)
        case Course.RESPONDS:
            assert gain >= 0.5 or (len(later) == 1 and gain >= 0.25)
        case Course.PARTLY:
            assert 0.25 <= gain < 0.5
        case Course.DOES_NOT_RESPOND:
            assert abs(gain) < 0.25
        case Course.WORSENS:
            assert later[-1] >= first + 3
        case Course.RELAPSES:
            assert min(later[1:6]) <= first / 2
            assert later[-1] >= 0.75 * first


@pytest.mark.parametrize("part", TREATED, ids=lambda part: part.name)
def test_who_drops_out_is_who_the_generator_lets_leave(part):
    person = lived(part)
    asked_to = len(DAYS[part.protocol])
    if part.stage is Stage.STOPPED:
        asked_to = sum(day <= 7 * (part.weeks_in - 3) for day in DAYS[part.protocol])
    assert (person.comes_to < asked_to) is (part.stage is Stage.DROPPED_OUT)


def test_who_drops_out_had_not_improved():
    for part in TREATED:
        if part.stage is Stage.DROPPED_OUT:
            person = lived(part)
            day = DAYS[part.protocol][person.comes_to]
            assert person.gain_on(day) < 0.5, part.name


@pytest.mark.parametrize("part", TREATED, ids=lambda part: part.name)
def test_nobody_is_dosed_against_a_reading_before_the_dose(part):
    plan = monitoring.monitoring_plan(protocols.course_protocol(part.protocol).monitoring)
    person = lived(part)
    for dose in range(person.comes_to):
        vitals = person.looks(dose)[0].vitals
        pressure = BloodPressure(vitals["systolic"], vitals["diastolic"])
        before = VitalTaken(
            taken_at=BEGUN,
            blood_pressure=pressure,
            heart_rate=HeartRate(vitals["heart_rate"]),
            spo2=OxygenSaturation(vitals["spo2"]),
        )
        assert not monitoring.crossings_of(before, plan=plan, baseline=pressure, after_dose=False)


def test_the_people_are_those_that_synthesize_writes():
    """The same seed and place on the command line give the same person: weight, and PHQ-9 before the first dose."""
    part = next(part for part in TREATED if part.protocol == "racemic_iv_clinic")
    person = lived(part)
    dose = ordered_dose(route="intravenous", drug="ketamine", mg=float(person.dose_mg))
    regimen = Regimen.of(dose)
    blocks = synthesize(regimen=regimen, people=People(count=part.place + 1, seed=SEED), block=part.place + 1)
    written = next(iter(blocks))
    assert round(float(written.weight_kg[-1]), 1) == float(person.weight_kg)
    assert written.scores.phq9[-1, 0] == person.phq9_on(0)


def test_no_two_people_are_the_same_person():
    places = [part.place for part in PATIENTS]
    assert len(set(places)) == len(places)
