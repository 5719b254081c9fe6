"""Sessions in which things went otherwise than planned: documents tell what the events tell, field by field."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest

from sojourn.clinical.monitoring import bearings_of, state_of
from sojourn.clinical.monitoring.documents import (
    DOCUMENTS,
    Line,
    NotDerivable,
    facts,
    filled_form,
    incident_report,
    observation_minutes,
    patient_summary,
    session_note,
)
from tests.clinical.monitoring.sessions import DOSE_AT, Told
from tests.clinical.monitoring.test_documents import held, lines, record_of

MINUTES = "Minutes from the first device to the end of monitoring"


def last(told):
    return told.events[-1].event_id


def said(document):
    return [line.says for section in document.sections for line in section.lines]


def corrected(told, minute, wrong_id, kind, *, at=None, **facts):
    """Tell an entry rightly, as the session room does: first that it was wrong, then the right one."""
    right_id = str(len(told.events) + 1)
    told.at(minute, "corrected", struck_id=wrong_id, replaced_by=right_id, words="misread")
    return told.at(minute if at is None else at, kind, **facts)


def test_a_correction_of_a_correction_leaves_only_the_last_reading_in_the_documents():
    told = Told().prepared().dosed().at(40, "vital_taken", systolic="265", diastolic="92")
    corrected(told, 41, last(told), "vital_taken", at=40, systolic="156", diastolic="92")
    corrected(told, 42, last(told), "vital_taken", at=40, systolic="165", diastolic="92")
    told.ready_to_leave_at(121).at(125, "discharged")
    record = record_of(told)
    assert lines(filled_form(record))["Blood pressure at 40 minutes"].says == "165/92 mmHg"
    text = " ".join(said(session_note(record)))
    assert "165/92" in text
    assert "265" not in text
    assert "156" not in text


def test_a_dose_told_again_with_another_amount_and_time_moves_every_figure_that_follows():
    told = Told().prepared().dosed(mg="84")
    dose_id = last(told)
    told.ready_to_leave_at(121)
    corrected(told, 124, dose_id, "dosed", at=-5, mg="56")
    told.at(125, "discharged")
    record = record_of(told)
    form, note = lines(filled_form(record)), lines(session_note(record))
    assert (form["Dose"].says, form[MINUTES].says) == ("56 mg", "130")
    assert note["Dose"].says == "56 mg at 01:55 on 2026-11-24"
    assert lines(observation_minutes(record))["Minutes observed"].says == "130"
    assert lines(patient_summary(record))["Your dose"].says == "56 mg at 01:55"


def test_two_doses_are_told_each_with_its_time_its_lot_and_its_event():
    told = Told().prepared()
    check = {
        "name_matches": "yes", "birth_matches": "yes", "drug": "esketamine", "route": "intranasal",
        "expires_on": "2027-05-01",
    }  # fmt: skip
    told.at(-2, "dose_checked", mg="56", lot="L-ONE", **check).dosed()
    told.at(8, "dose_checked", mg="28", lot="L-TWO", **check).at(10, "dosed", mg="28")
    told.ready_to_leave_at(121).at(125, "discharged")
    record = record_of(told)
    form = lines(filled_form(record))
    assert form["Dose"].says == "84 mg"
    assert form["Lot number"].says == "L-ONE, L-TWO"
    for made, label in ((patient_summary, "Your dose"), (session_note, "Dose")):
        line = lines(made(record))[label]
        assert line.says.startswith("56 mg at 02:00, 28 mg at 02:10: 84 mg together")
        assert line.cites == form["Dose"].cites
        assert len(line.cites) == 2


def test_vital_signs_measured_apart_are_judged_together():
    """The last entry before the dose is an oximeter's: it says nothing of the pressure before it."""
    told = Told().prepared(systolic="165", diastolic="95").at(-1, "vital_taken", spo2="98").dosed()
    told.at(124, "vital_taken", systolic="185", diastolic="95").at(124.5, "vital_taken", spo2="97")
    form = lines(filled_form(record_of(told.at(125, "discharged"))))
    assert form["Acceptable before the dose"].says == "no"
    assert form["Acceptable at the end"].says == "no"
    assert len(form["Acceptable at the end"].cites) == 2


def test_nobody_is_billed_or_praised_for_time_after_the_patient_had_gone():
    told = held(discharged=False).at(110, "left", words="Alone.").at(125, "discharged")
    record = record_of(told)
    assert lines(filled_form(record))[MINUTES].says == "110"
    made = lines(observation_minutes(record))
    assert made["Minutes observed"].says == "110"
    assert "The patient left" in made
    assert lines(patient_summary(record))["We watched over you for"].says == "110 minutes"
    assert "left without a discharge" in lines(session_note(record))["Ended"].says


@pytest.mark.parametrize("made", [filled_form, observation_minutes, patient_summary])
def test_a_discharge_that_stands_before_the_dose_discharges_nobody(made):
    told = Told().prepared().at(-10, "discharged").dosed().ready_to_leave_at(121)
    with pytest.raises(NotDerivable, match="before the dose"):
        made(record_of(told))


@pytest.mark.parametrize("end", [{"kind": "left", "words": "to the car"}, {"kind": "discharged"}])
def test_who_went_out_before_the_dose_and_came_back_is_watched_after_it(end):
    told = Told().prepared().at(-10, **end).dosed()
    state = told.state_at(41)
    assert state.ended_at is None
    assert state.next_due is not None
    assert bearings_of(told.events).ended_at is None
    assert state.departures == ()


def test_the_summary_tells_the_pressure_before_the_dose_and_the_last_one_after_it():
    told = Told().at(-30, "vital_taken", systolic="155", diastolic="95").prepared(systolic="124").dosed()
    told.at(40, "vital_taken", systolic="150", diastolic="90").at(121, "discharged")
    record = record_of(told)
    made = lines(patient_summary(record))
    assert made["Blood pressure before"].says == "124/78 mmHg"
    assert (
        made["Blood pressure before"].says
        == lines(filled_form(record))["Blood pressure before the dose"].says
    )
    assert made["Blood pressure when you left"].says == "150/90 mmHg"


def test_a_pressure_of_before_the_dose_is_not_said_to_be_that_of_leaving():
    made = lines(patient_summary(record_of(Told().prepared().dosed().at(121, "discharged"))))
    assert "Blood pressure when you left" not in made


def test_what_a_device_sends_by_itself_is_nobodys_look():
    told = held()
    record = record_of(told)
    by_device = tuple(
        replace(entry, hand="device") if entry.event.taken_at == DOSE_AT + timedelta(minutes=40) else entry
        for entry in record.entries
    )
    before = int(lines(observation_minutes(record))["Looks at the patient on record"].says)
    after = lines(observation_minutes(replace(record, entries=by_device)))["Looks at the patient on record"]
    assert int(after.says) == before - 1 == len(after.cites)


def test_the_note_names_who_watched_and_who_was_booked():
    record = record_of(held())
    relieved = tuple(
        replace(entry, by="Jo Relief") if entry.event.taken_at > DOSE_AT + timedelta(minutes=80) else entry
        for entry in record.entries
    )
    note = lines(session_note(replace(record, entries=relieved)))
    assert note["Booked to watch"].says == "Mona Reyes"
    assert note["Watched by"].says == "Mona Reyes, Jo Relief"
    assert len(note["Watched by"].cites) == 2


def alarmed_by_mistake():
    told = Told().prepared().dosed().at(40, "vital_taken", systolic="210", diastolic="92")
    about = last(told)
    told.at(
        40,
        "alarmed",
        limit_id="SYSTOLIC-RED",
        severity="red",
        about_id=about,
        words="Systolic pressure 210 mmHg.",
    )
    corrected(told, 41, about, "vital_taken", at=40, systolic="120", diastolic="80")
    return told.ready_to_leave_at(121).at(125, "discharged")


@pytest.mark.parametrize("made", [session_note, incident_report])
def test_an_alarm_of_a_reading_that_was_corrected_says_so_and_what_is_right(made):
    found = [text for text in said(made(record_of(alarmed_by_mistake()))) if text]
    at = next(n for n, text in enumerate(found) if "210" in text)
    assert found[at + 1].startswith("the entry that raised it counts no more: misread")
    assert found[at + 2].startswith("told rightly: 120/80 mmHg")


def test_a_pressure_is_looked_at_again_by_a_pressure_and_not_by_an_oximeter():
    told = Told().prepared().dosed().at(40, "vital_taken", systolic="190", diastolic="95")
    told.at(
        40, "alarmed", limit_id="SYSTOLIC-RED", severity="red", about_id=last(told), words="Systolic 190."
    )
    told.at(41, "vital_taken", spo2="97").at(46, "vital_taken", systolic="150", diastolic="90")
    again = lines(incident_report(record_of(told)))["Looked again"]
    assert "150/90" in again.says
    assert "97" not in again.says


def test_an_incident_report_tells_what_the_serious_event_was_and_how_it_ended():
    told = held(discharged=False).at(60, "noticed", sign="seizure", words="thirty seconds")
    told.at(
        61, "serious", happened="yes", what="Seizure", treatment="kept safe", hospital="yes", outcome="stable"
    )
    told.at(70, "left", words="With the ambulance, to St. Mary's.")
    text = " ".join(said(incident_report(record_of(told))))
    for words in ("thirty seconds", "serious adverse event: Seizure", "hospital", "With the ambulance"):
        assert words in text


@pytest.mark.parametrize("kind", ["note", "incident"])
def test_a_departure_cites_the_event_that_tells_it(kind):
    told = Told().dosed().at(60, "left", words="Alone.").at(61, "noted", words="Called after them.")
    made = DOCUMENTS[kind](record_of(told))
    (section,) = [each for each in made.sections if each.title == "Departures from the plan"]
    by_id = {entry.event.event_id: entry.number for entry in record_of(told).entries}
    assert [line.cites for line in section.lines] == [(by_id["0"],), (by_id["1"],)]


def moved(told, dose_at):
    """The same session with its dose at another moment."""
    by = dose_at - DOSE_AT
    told.events = [replace(event, taken_at=event.taken_at + by) for event in told.events]
    return told


def test_a_session_over_midnight_names_the_day_of_what_came_after():
    told = moved(
        held().at(600, "noted", words="Called: slept well."), datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
    )
    record = record_of(told)  # 23:00 in Oakland
    note = lines(
        session_note(
            replace(record, state=state_of(events=told.events, plan=told.plan, now=told.events[-1].taken_at))
        )
    )
    assert note["Dose"].says == "56 mg at 23:00 on 2026-11-24"
    assert note["Ended"].says.startswith("2026-11-25 01:05, discharged")
    assert "2026-11-25 09:00 (+600 min)" in note
    assert "23:40 (+40 min)" in note
    assert lines(filled_form(record))["Date"].says == "2026-11-24"
    minutes = lines(observation_minutes(record))
    assert (minutes["Dose"].says, minutes["Discharge"].says) == ("2026-11-24 23:00", "2026-11-25 01:05")


@pytest.mark.parametrize(
    ("dose_at", "dosed", "ended"),
    [
        (
            datetime(2026, 11, 1, 7, 30, tzinfo=UTC),
            "00:30 PDT",
            "01:35 PST",
        ),  # the hour from 1 to 2 comes twice
        (
            datetime(2027, 3, 14, 9, 0, tzinfo=UTC),
            "01:00 PST",
            "04:05 PDT",
        ),  # the hour from 2 to 3 never comes
    ],
)
def test_in_the_night_the_clocks_change_each_time_says_which_it_is(dose_at, dosed, ended):
    record = record_of(moved(held(), dose_at))
    note = lines(session_note(record))
    assert note["Dose"].says.startswith(f"56 mg at {dosed} on")
    assert note["Ended"].says.startswith(ended)
    assert lines(filled_form(record))[MINUTES].says == "125"


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_every_document_names_the_zone_of_its_times(kind):
    told = held().at(130, "noticed", sign="panic")
    told.at(130, "alarmed", limit_id="SIGN-panic", severity="red", about_id=last(told), words="Panic.")
    assert DOCUMENTS[kind](record_of(told)).about.endswith("Times are those of America/Los_Angeles.")


def told_at_40(**changed):
    record = record_of(held())
    at_40 = DOSE_AT + timedelta(minutes=40)
    entries = tuple(replace(e, **changed) if e.event.taken_at == at_40 else e for e in record.entries)
    return lines(session_note(replace(record, entries=entries)))["02:40 (+40 min)"].says


def test_a_reading_says_which_device_measured_it_and_who_was_there():
    assert told_at_40(device="cuff 7").endswith("97 % · Mona Reyes, cuff 7")
    assert told_at_40(by="cuff 7", device="cuff 7", hand="device").endswith("97 % · cuff 7")


@pytest.mark.parametrize(
    ("minutes", "says"), [(5, ""), (6, " · on record since 02:46"), (95, " · on record since 04:15")]
)
def test_what_arrived_late_says_since_when_it_is_on_record(minutes, says):
    told = told_at_40(received_at=DOSE_AT + timedelta(minutes=40 + minutes))
    assert told.endswith(f"97 % · Mona Reyes{says}")


def test_of_two_accounts_of_the_medicine_only_the_last_stands_as_it_is():
    account = {"drug": "esketamine", "unit": "devices", "given": "2", "wasted": "0"}
    told = held().at(126, "accounted", dispensed="2", returned="0", **account)
    told.at(127, "accounted", dispensed="3", returned="1", **account)
    found = [text for text in said(session_note(record_of(told))) if "in devices" in text]
    assert found[0].startswith("replaced by a later account: esketamine, in devices: 2 taken out")
    assert found[1].startswith("esketamine, in devices: 3 taken out")


def test_who_was_ready_and_what_came_after_it_said_otherwise_was_ready_at_the_later_moment():
    told = Told().prepared().dosed().ready_to_leave_at(70).at(70.5, "noticed", sign="panic")
    told.ready_to_leave_at(95).at(125, "discharged")
    label = "Minutes after which the patient would have been ready without the 2-hour minimum"
    form = lines(filled_form(record_of(told)))
    assert form[label].says.startswith("70,"), "the first minute, whatever came after"
    late = Told().prepared().dosed().ready_to_leave_at(70, without={"walks"}).at(75, "noticed", sign="panic")
    late.at(80, "confirmed", criterion="walks").ready_to_leave_at(95).at(125, "discharged")
    assert lines(filled_form(record_of(late)))[label].says.startswith("95,")


def test_a_form_of_a_session_with_thousands_of_readings_is_short_and_asks_no_reading_whether_all_was_ready():
    told = Told().prepared().dosed()
    for number in range(7000):  # an oximeter that sends each second
        told.at(0.1 + number / 60, "vital_taken", spo2="97", heart_rate="72")
    record = record_of(told.ready_to_leave_at(121).at(125, "discharged"))
    with mock.patch.object(facts, "state_of", wraps=facts.state_of) as folded:
        form = lines(filled_form(record))
    assert folded.call_count == 1, "asked from the moment at which all was confirmed"
    oxygen = form["Oxygen, each time (asked by this program)"]
    assert oxygen.says.startswith(
        "7002 readings: first 98 % at -15 min, lowest 97 % at +0 min, last 98 % at +121 min"
    )
    assert len(oxygen.cites) == 7002
    assert len(oxygen.spans) == 2, "cited as first to last, and readable"
    assert form["Respiratory depression"].says == "no"
    assert len(form["Respiratory depression"].spans) == 1


@pytest.mark.parametrize(
    ("cites", "spans"),
    [
        ((), ()),
        ((3,), ((3, 3),)),
        (tuple(range(1, 10)), tuple((n, n) for n in range(1, 10))),
        (tuple(range(1, 11)), ((1, 10),)),
        ((1, *range(3, 13), 20), ((1, 1), (3, 12), (20, 20))),
    ],
)
def test_many_events_in_a_row_are_cited_as_first_to_last(cites, spans):
    assert Line("What", "something", cites).spans == spans


def sent_by_an_oximeter(low_at=None, received_at=None):
    """Thirty readings, one a minute, with somebody's look in the middle; `low_at` raises an alarm."""
    told = Told().prepared().dosed()
    for minute in range(1, 31):
        told.at(
            minute, "vital_taken", spo2="91" if minute == low_at else str(95 + minute % 4), heart_rate="70"
        )
        if minute == low_at:
            about = last(told)
            told.at(
                minute, "alarmed", limit_id="OXYGEN-RED", severity="red", about_id=about, words="Oxygen 91 %."
            )
        if minute == 15:
            told.at(15.5, "looked", words="Breathes quietly.")
    record = record_of(told)
    entries = tuple(
        replace(e, hand="device", device="oximeter 3", by="oximeter 3", received_at=received_at)
        if e.event.taken_at > DOSE_AT and type(e.event).__name__ == "VitalTaken"
        else e
        for e in record.entries
    )
    note = session_note(replace(record, entries=entries))
    return next(section for section in note.sections if section.title == "What happened").lines


def test_many_readings_of_a_device_in_a_row_are_one_line_of_the_note():
    found = sent_by_an_oximeter()
    assert [line.says for line in found[2:]] == [
        "15 readings until 02:15 (+15 min): heart rate 70 to 70 beats/min, oxygen 95 to 98 % · oximeter 3",
        "looked at the patient: Breathes quietly. · Mona Reyes",
        "15 readings until 02:30 (+30 min): heart rate 70 to 70 beats/min, oxygen 95 to 98 % · oximeter 3",
    ]
    assert found[2].label == "02:01 (+1 min)"
    assert len(found[2].cites) == 15


def test_readings_of_a_device_that_came_late_say_so_in_their_one_line_too():
    """A gateway without a network sends half an hour at once; nobody saw these readings when they were taken."""
    found = [line.says for line in sent_by_an_oximeter(received_at=DOSE_AT + timedelta(minutes=17))]
    assert sum("11 came late, the last on record since 02:17" in says for says in found) == 1
    assert sum("came late" in says for says in found) == 1, (
        "those of the last five minutes were written down at once"
    )


def test_a_reading_that_called_somebody_stands_by_itself():
    found = [line.says for line in sent_by_an_oximeter(low_at=28)]
    assert "heart rate 70/min, oxygen 91 % · oximeter 3" in found
    assert any(text.startswith("12 readings until 02:27") for text in found)
