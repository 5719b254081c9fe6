"""A note tells of checks and criteria what held when it counted, and says beside it what was said otherwise."""

import pytest

from sojourn.clinical.monitoring.documents import (
    NotDerivable,
    filled_form,
    observation_minutes,
    patient_summary,
    session_note,
)
from sojourn.clinical.monitoring.driving import TO_THE_PATIENT
from tests.clinical.monitoring.sessions import Told
from tests.clinical.monitoring.test_documents import held, lines, record_of

BEFORE, LATE = "Before the dose", "Answered after the dose"
COUNTED, NOT_COUNTED = "Confirmed before leaving", "Confirmed before the dose or after the end"
SOBER = "sober"


def sections(told):
    return {section.title: section.lines for section in session_note(record_of(told)).sections}


def asks(told, item):
    return next(each.asks for each in told.plan.checklist if each.id == item)


def says(told, criterion):
    return next(each.says for each in told.plan.criteria if each.id == criterion)


def line_of(lines_of_section, label):
    (found,) = [line for line in lines_of_section if line.label == label]
    return found


def test_what_was_answered_after_the_dose_does_not_pass_for_a_check_before_it():
    told = Told().prepared().at(-5, "checked", item=SOBER, passed="no", words="smells of wine").dosed()
    told.at(10, "checked", item=SOBER, passed="yes")
    note = sections(told)
    assert line_of(note[BEFORE], asks(told, SOBER)).says.startswith("no: smells of wine")
    (late,) = note[LATE]
    assert late.says.startswith(f"{asks(told, SOBER)} yes")
    assert "+10 min" in late.label


def test_a_check_answered_twice_tells_both_answers_and_cites_both():
    told = Told().at(-25, "checked", item=SOBER, passed="no").prepared().dosed()
    answered = line_of(sections(told)[BEFORE], asks(told, SOBER))
    assert answered.says == "yes; before that no at 01:35"
    assert len(answered.cites) == 2


def test_a_check_answered_twice_alike_is_told_once():
    told = Told().at(-25, "checked", item=SOBER, passed="yes").prepared().dosed()
    assert line_of(sections(told)[BEFORE], asks(told, SOBER)).says == "yes"


def test_only_what_was_confirmed_from_the_dose_to_the_end_was_confirmed_before_leaving():
    told = Told().prepared().at(-10, "confirmed", criterion="walks", words="Early Bird").dosed()
    told.at(100, "confirmed", criterion="escort", words="Nils").at(
        110, "confirmed", criterion="escort", words="Ida"
    )
    told.at(125, "discharged").at(130, "confirmed", criterion="oriented", words="Late Comer")
    note = sections(told)
    (escort,) = note[COUNTED]
    assert (escort.label, escort.says) == (says(told, "escort"), "Ida; before that Nils at 03:40")
    early, late = note[NOT_COUNTED]
    assert "Early Bird" in early.says
    assert "Late Comer" in late.says
    assert "+130 min" in late.label


def test_what_was_confirmed_in_a_session_without_a_dose_let_nobody_leave():
    told = (
        Told()
        .prepared()
        .at(-10, "confirmed", criterion="escort", words="Nils")
        .at(5, "cancelled", words="Fever.")
    )
    assert COUNTED not in sections(told)
    assert "Nils" in sections(told)[NOT_COUNTED][0].says


def left_for_hospital():
    told = Told().prepared().dosed().at(40, "vital_taken", systolic="190", diastolic="95")
    return told.at(52, "left", words="With the ambulance.")


def test_who_left_without_a_discharge_is_told_not_to_drive_and_the_minutes_are_counted():
    record = record_of(left_for_hospital())
    summary = lines(patient_summary(record))
    assert summary["Driving"].says == TO_THE_PATIENT
    assert summary["We watched over you for"].says == "52 minutes"
    assert summary["You left"].says == "With the ambulance."
    assert summary["Discharge"].says == "You left before you were discharged."
    assert lines(observation_minutes(record))["Minutes observed"].says == "52"
    with pytest.raises(NotDerivable):
        filled_form(record)


def test_who_was_discharged_is_not_told_that_they_left_before_it():
    told = held(discharged=False).at(125, "left", words="With Nils.").at(125, "discharged")
    assert "Discharge" not in lines(patient_summary(record_of(told)))
    assert "Discharge" in lines(observation_minutes(record_of(told)))


def test_a_discharge_with_something_missing_names_it_in_words():
    told = Told().prepared().dosed().at(125, "discharged")
    (departure,) = told.state_at(126).departures
    assert "Fully awake: answers readily to the name" in departure.says
    for criterion in told.plan.criteria:
        assert f" {criterion.id}," not in departure.says
        assert "_" not in departure.says


def test_a_dose_given_too_early_names_what_was_not_passed():
    told = (
        Told()
        .at(-20, "checked", item=SOBER, passed="no")
        .at(-15, "vital_taken", systolic="124", diastolic="78")
        .dosed()
    )
    (departure,) = told.state_at(10).departures
    held = next(item for item in told.plan.checklist if item.id == SOBER)
    assert held.when_no.rstrip(".") in departure.says
    assert f"not answered: {asks(told, 'mood')}" in departure.says
    assert "not measured: heart rate" in departure.says
    assert "not measured: blood pressure" not in departure.says


def test_what_was_answered_after_a_dose_takes_nothing_from_that_departure():
    told = Told().at(-15, "vital_taken", systolic="124", diastolic="78", heart_rate="70", spo2="98").dosed()
    before = told.state_at(10).departures
    told.at(5, "checked", item=SOBER, passed="yes")
    assert told.state_at(10).departures == before
