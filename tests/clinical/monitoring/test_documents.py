"""Documents are derived from the events of one session, cite them, and never say what is not on record."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from sojourn.clinical.monitoring import state_of
from sojourn.clinical.monitoring.documents import (
    DOCUMENTS,
    Entry,
    Kept,
    NotDerivable,
    SessionRecord,
    Telling,
    filled_form,
    forms,
    incident_report,
    observation_minutes,
    patient_summary,
    session_note,
)
from sojourn.clinical.monitoring.driving import OF_THE_PATIENT, TO_THE_PATIENT
from sojourn.clinical.monitoring.events import Corrected, Struck
from tests.clinical.monitoring.sessions import DOSE_AT, Told


def record_of(told, *, session_number=1):
    plan = told.plan
    struck = {e.struck_id for e in told.events if isinstance(e, Struck | Corrected)}
    ordered = sorted(enumerate(told.events, start=1), key=lambda pair: pair[1].taken_at)
    return SessionRecord(
        patient_name="Ada Núñez",
        born_on=date(1984, 5, 2),
        session_number=session_number,
        title="Esketamine in the clinic",
        monitor="Mona Reyes",
        site_name="Oakland",
        site_address="1 Lake St, CA",
        zone=ZoneInfo("America/Los_Angeles"),
        plan=plan,
        observe_longer=False,
        state=state_of(events=told.events, plan=plan, now=DOSE_AT + timedelta(hours=5)),
        entries=tuple(
            Entry(number=n, event=event, by="Mona Reyes", counts=event.event_id not in struck)
            for n, event in ordered
        ),
        head="ab" * 32,
    )


def held(plan_id="esketamine_clinic", *, discharged=True):
    told = Told(plan_id).prepared(systolic="124").dosed()
    told.at(40, "vital_taken", systolic="165", diastolic="92", heart_rate="80", spo2="97")
    told.at(41, "rated", moaas="4", dissociation="6")
    told.calm_at(80)
    told.ready_to_leave_at(118, without=("observation",))
    return told.at(125, "discharged", words="With Nils Núñez.") if discharged else told


def lines(document):
    return {line.label.removesuffix(" *"): line for section in document.sections for line in section.lines}


def event(record, number):
    return next(entry.event for entry in record.entries if entry.number == number)


def test_the_form_states_what_the_events_state():
    form = lines(filled_form(record_of(held())))
    assert form["Dose"].says == "56 mg"
    assert form["Date"].says == "2026-11-24"
    assert form["Minutes from the first device to the end of monitoring"].says == "125"
    assert form["Blood pressure before the dose"].says == "124/78 mmHg"
    assert form["Blood pressure at 40 minutes"].says == "165/92 mmHg"
    assert form["Blood pressure before the end"].says == "120/78 mmHg"
    assert form["Acceptable before the dose"].says == "yes"
    assert form["First treatment session"].says == "yes"
    assert form["Sedation"].says == "yes, from 02:41, gone by 03:20"
    assert form["Increase in blood pressure"].says == "yes, from 02:40, gone by 03:20"
    assert form["Respiratory depression"].says == "no"


NOT_OF_EVENTS = {
    "Sex": "not asked yet", "Enrolled in the program": "not noted yet", "Phone and e-mail": "not on record",
    "Benzodiazepines": "no assessment", "Other sedative-hypnotics": "no assessment", "Psychostimulants": "no assessment",
    "MAO inhibitors": "no assessment", "Opioids (wording of 2025)": "no assessment",
    "Serious adverse event: what, onset, treatment, hospital, outcome": "not answered yet",
}  # fmt: skip


def test_what_is_not_known_says_so_on_the_form_and_is_never_a_no():
    form = lines(filled_form(record_of(held())))
    for label, says in NOT_OF_EVENTS.items():
        assert form[label].says == ""
        assert says in form[label].lacks


def test_what_is_kept_of_people_stands_on_the_form_with_its_source():
    kept = {
        "sex": Kept("female", "told to Mona on 2026-11-01"), "enrolled": Kept("yes, since 2026-11-01", "told to Mona"),
        "contact": Kept("555-0100, mona@example.org", "staff record"),
    }  # fmt: skip
    groups = ("benzodiazepine", "sedative", "stimulant", "maoi", "opioid")
    medicines = {group: Kept("no", "assessment of 2026-11-02") for group in groups}
    medicines["maoi"] = Kept("", "", lacks="the patient answered: I do not know")
    form = lines(filled_form(replace(record_of(held()), kept=kept, medicines=medicines)))
    assert (form["Sex"].says, form["Sex"].source) == ("female", "told to Mona on 2026-11-01")
    assert (form["Benzodiazepines"].says, form["Benzodiazepines"].source) == (
        "no",
        "assessment of 2026-11-02",
    )
    assert form["MAO inhibitors"].lacks == "the patient answered: I do not know"
    assert form["MAO inhibitors"].says == ""


def test_what_was_looked_for_and_not_found_says_so_as_what_nobody_looked_for():
    groups = ("benzodiazepine", "sedative", "stimulant", "maoi", "opioid")
    record = replace(record_of(held()), medicines={group: Kept("", "") for group in groups})
    for label in ("Benzodiazepines", "Psychostimulants", "Opioids (wording of 2025)"):
        assert "no assessment says" in lines(filled_form(record))[label].lacks


def test_a_serious_event_stands_on_the_form_as_it_was_answered_last():
    told = held()
    told.at(90, "serious", happened="no")
    told.at(
        124, "serious", happened="yes", what="Fainted", treatment="laid flat", hospital="yes", outcome="well"
    )
    line = lines(filled_form(record_of(told)))[
        "Serious adverse event: what, onset, treatment, hospital, outcome"
    ]
    assert "Fainted" in line.says
    assert line.says.endswith("from 04:04"), "its onset, where the session was"
    assert "hospital" in line.says
    assert len(line.cites) == 1


def test_every_statement_of_the_form_cites_an_event_or_names_its_source():
    kept = {name: Kept("something", "somewhere") for name in ("sex", "enrolled", "contact")}
    groups = ("benzodiazepine", "sedative", "stimulant", "maoi", "opioid")
    told = held().at(90, "serious", happened="no")
    record = replace(
        record_of(told), kept=kept, medicines={group: Kept("no", "somewhere") for group in groups}
    )
    for name, line in lines(filled_form(record)).items():
        assert bool(line.says) != bool(line.lacks), name
        assert line.lacks or line.cites or line.source, name


def test_the_form_says_when_the_patient_would_have_been_ready():
    form = lines(filled_form(record_of(held())))
    found = form["Minutes after which the patient would have been ready without the 2-hour minimum"]
    assert found.says.startswith("118,")


def test_a_form_without_a_discharge_cannot_be_made():
    with pytest.raises(NotDerivable, match="discharge"):
        filled_form(record_of(held(discharged=False)))


def test_a_form_whose_discharge_was_struck_out_cannot_be_made():
    told = held()
    told.at(126, "struck", struck_id=told.events[-1].event_id, words="Wrong patient.")
    with pytest.raises(NotDerivable):
        filled_form(record_of(told))


def test_only_esketamine_has_a_form():
    for plan_id in ("iv_clinic", "im_clinic", "sl_home"):
        with pytest.raises(NotDerivable):
            filled_form(record_of(held(plan_id)))
    assert {form.plan: form.due_days for form in forms()} == {"esketamine_clinic": 7}


def test_a_reading_too_far_from_minute_40_does_not_pass_for_it():
    told = Told().prepared().dosed().calm_at(29).calm_at(51).at(125, "discharged")
    assert lines(filled_form(record_of(told)))["Blood pressure at 40 minutes"].lacks == "not on record"


@pytest.mark.parametrize(("minute", "is_there"), [(29, False), (30, True), (50, True), (51, False)])
def test_the_edges_of_about_40_minutes(minute, is_there):
    told = Told().prepared().dosed().calm_at(minute).at(125, "discharged")
    assert bool(lines(filled_form(record_of(told)))["Blood pressure at 40 minutes"].says) is is_there


def test_every_number_of_a_form_stands_in_an_event_it_cites():
    record = record_of(held())
    for line in lines(filled_form(record)).values():
        if "mmHg" in line.says:
            assert line.cites
            upper, lower = line.says.removesuffix(" mmHg").split("/")
            pressures = [event(record, n).blood_pressure for n in line.cites]
            assert (int(upper), int(lower)) in {(p.systolic_mmhg, p.diastolic_mmhg) for p in pressures}


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_document_cites_only_events_of_its_session_and_none_that_was_struck(kind):
    told = held().at(130, "left", words="With Nils.")
    wrong = told.at(60, "vital_taken", systolic="210", diastolic="130", heart_rate="80", spo2="80").events[-1]
    told.at(61, "struck", struck_id=wrong.event_id, words="Another patient.")
    told.at(
        62, "alarmed", limit_id="L", severity="red", about_id=told.events[-4].event_id, words="Systolic 190"
    )
    record = record_of(told)
    made = DOCUMENTS[kind](record)
    standing = {entry.number for entry in record.standing}
    cited = {n for section in made.sections for line in section.lines for n in line.cites}
    assert cited <= standing
    assert "210" not in " ".join(line.says for section in made.sections for line in section.lines)


def test_the_note_tells_every_reading_and_says_what_was_struck_out():
    told = held()
    told.at(126, "noted", words="Slept.")
    told.at(127, "struck", struck_id=told.events[-1].event_id, words="Other patient.")
    note = session_note(record_of(told))
    said = " ".join(line.says for section in note.sections for line in section.lines)
    assert "165/92 mmHg" in said
    assert "Slept." not in said
    assert "Other patient." in said


def test_a_note_can_be_made_while_the_session_runs_and_says_so():
    assert lines(session_note(record_of(held(discharged=False))))["Ended"].lacks == "not ended yet"


def test_minutes_run_from_the_dose_to_the_discharge():
    made = lines(observation_minutes(record_of(held())))
    assert made["Minutes observed"].says == "125"
    assert made["Looks at the patient on record"].says == "6"


@pytest.mark.parametrize("plan_id", ["esketamine_clinic", "iv_clinic", "im_clinic", "sl_home"])
@pytest.mark.parametrize("kind", DOCUMENTS)
def test_whatever_was_given_every_document_says_that_nobody_drives_and_who_says_so(kind, plan_id):
    told = held(plan_id).at(130, "noticed", sign="panic").at(131, "called", whom="Dr. Adeyemi", reached="yes")
    told.at(
        60, "alarmed", limit_id="L", severity="red", about_id=told.events[-1].event_id, words="Systolic 190"
    )
    try:
        made = lines(DOCUMENTS[kind](record_of(told)))
    except NotDerivable:
        assert kind == "form", "only what nobody asks for is not made"
        assert plan_id != "esketamine_clinic"
        return
    assert made["Driving"].says in {OF_THE_PATIENT, TO_THE_PATIENT}
    assert "no driving until the next day" in made["Driving"].source


def test_the_patient_is_told_not_to_drive_until_after_a_nights_sleep():
    made = lines(patient_summary(record_of(held())))
    assert made["Driving"].says == "Do not drive or use machines until the next day, after a restful sleep."
    assert "988" in made["At any hour"].says
    assert "911" in made["At any hour"].says


@pytest.mark.parametrize("made", [observation_minutes, patient_summary])
def test_nothing_is_told_of_a_session_without_a_dose_or_an_end(made):
    with pytest.raises(NotDerivable):
        made(record_of(Told().prepared()))
    with pytest.raises(NotDerivable):
        made(record_of(Told().prepared().dosed()))


def test_an_incident_report_tells_who_took_the_alarm_on_and_what_followed():
    told = Told().prepared().dosed().at(40, "vital_taken", systolic="190", diastolic="95")
    about = told.events[-1].event_id
    told.at(
        40, "alarmed", limit_id="SBP", severity="red", about_id=about, words="Systolic pressure 190 mmHg."
    )
    told.at(42, "acknowledged", limit_id="SBP", about_id=about)
    told.at(45, "vital_taken", systolic="150", diastolic="85")
    report = incident_report(record_of(told))
    said = [line.says for line in report.sections[0].lines]
    assert said[0].startswith("red: Systolic pressure 190 mmHg.")
    assert report.sections[0].lines[1].lacks == "no attempt to tell anybody is on record"
    assert said[2].startswith("taken on")
    assert "150/85" in said[3]


def test_an_incident_report_tells_every_attempt_to_tell_somebody_of_its_alarm_and_of_no_other():
    told = Told().prepared().dosed().at(40, "vital_taken", systolic="190", diastolic="95")
    about = told.events[-1].event_id
    told.at(
        40, "alarmed", limit_id="SBP", severity="red", about_id=about, words="Systolic pressure 190 mmHg."
    )

    def telling(minute, way, whom, limit_id="SBP", **outcome):
        at = DOSE_AT + timedelta(minutes=minute)
        return Telling(about_id=about, limit_id=limit_id, way=way, whom=whom, tried_at=at, **outcome)

    attempts = (
        telling(40, "screen", "Mona", failed_because="not opened in time"),
        telling(41, "email", "Mona", made_at=DOSE_AT + timedelta(minutes=42)),
        telling(43, "text message", ""),
        telling(40, "screen", "Ben", limit_id="DBP"),
    )
    report = incident_report(replace(record_of(told), tellings=attempts))
    lines = [line for line in report.sections[0].lines if line.label.startswith("Told")]
    assert [line.says for line in lines] == [
        "Mona, by screen: not delivered, not opened in time",
        "Mona, by email: delivered at 02:42",  # where the session was
        "nobody, by text message: nothing came back yet",
    ]
    assert {line.cites for line in lines} == {(len(told.events),)}, "each cites the entry of its alarm"


def test_a_quiet_session_has_no_incident_report():
    with pytest.raises(NotDerivable):
        incident_report(record_of(held()))


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ("HOME-SOUND", "a look was missed"),
        ("CALL-SITTER", "nobody took a call for help on"),
        ("SITTER-CALL", "the sitter's look was missed"),
        ("OF-AN-OLD-LADDER", "a look was missed"),
    ],
)
def test_the_note_says_what_was_missed(step, says):
    told = Told("sl_home").prepared().dosed(mg="100")
    told.at(
        25, "missed", step=step, does="call_sitter", look_due_at="2026-11-24T10:20:00+00:00", words="Call."
    )
    said = " ".join(line.says for section in session_note(record_of(told)).sections for line in section.lines)
    assert f"{says}: Call." in said
