"""The board of running sessions: what is due next first, values with age and source, red until somebody has it."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connections
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange, NumericRange
from django.test.utils import CaptureQueriesContext

from sojourn.clinical import monitoring
from sojourn.live.tickets import hub_word, opened
from sojourn.program.people.models import Patient, StaffMember, User
from sojourn.program.plans.models import Visit
from sojourn.program.safety.models import Alarm
from sojourn.program.treatment import answering, floor
from sojourn.program.treatment.models import SessionEvent
from sojourn.program.treatment.recorder import NewEvent, add_events
from tests.support import courses, histories
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
SESSIONS = "/workspace/sessions/"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def first(ward):
    return courses.first_session(ward)


@pytest.fixture
def board(ward, sign_in, time_machine):
    def _board(moment):
        time_machine.move_to(moment, tick=False)
        return sign_in(ward.mona).get(SESSIONS).content.decode()

    return _board


def run_many(ward, count):
    """Sessions that run at once, each with a dose and a reading, four to a monitor."""
    monitors = [
        StaffMember.objects.create(
            user=User.objects.create_user(f"{uuid4()}@practice.example"), name=f"Monitor {n}", roles=["session_monitor"]
        )
        for n in range(count // 4 + 1)
    ]  # fmt: skip
    for n in range(count):
        patient = Patient.objects.create(
            name=f"Patient {n}", born_on=date(1980, 1, 1), state="CA", site_id=ward.oakland, joined_at=NOW
        )
        course = histories.course(ward, patient.id, NOW - timedelta(days=5))
        visit = Visit.objects.create(
            course=course,
            patient=patient,
            kind="dosing",
            number=1,
            during=DateTimeTZRange(NOW - 60 * MINUTE, NOW + 60 * MINUTE),
            clinician=monitors[n // 4],
            places=NumericRange(n % 4 + 1, n % 4 + 2),
            booked_at=NOW,
        )
        told = [
            ("dosed", {"mg": 56}, NOW - (45 + n % 5) * MINUTE),
            ("vital_taken", {"systolic": 130, "diastolic": 80, "spo2": 97}, NOW - 10 * MINUTE),
        ]
        add_events(
            visit.id,
            [
                NewEvent(event=monitoring.read_event(kind=kind, facts=facts, taken_at=at), form_id=uuid4())
                for kind, facts, at in told
            ],
            did="recorded: vital_taken",
            patient_id=patient.id,
            actor=ward.mona,
            received_at=NOW,
        )


def test_two_hundred_sessions_ask_the_database_as_often_as_one(ward, sign_in, time_machine, connection):
    time_machine.move_to(NOW, tick=False)
    client = sign_in(ward.mona)
    client.get(SESSIONS)
    run_many(ward, 1)
    with CaptureQueriesContext(connection) as one:
        client.get(SESSIONS)
    run_many(ward, 199)
    with CaptureQueriesContext(connection) as many:
        page = client.get(SESSIONS)
    assert page.content.decode().count("data-visit=") == 200
    assert len(many) == len(one)


@pytest.fixture
def connection(db):
    from django.db import connection

    return connection


def test_rows_that_nothing_changed_are_not_read_again(ward, sign_in, time_machine):
    time_machine.move_to(NOW, tick=False)
    client = sign_in(ward.ben)
    run_many(ward, 3)
    client.get(SESSIONS)
    with CaptureQueriesContext(connections["default"]) as again:
        client.get(SESSIONS)
    assert not [q["sql"] for q in again if '"treatment_sessionevent"."facts"' in q["sql"]]


def test_more_sessions_than_can_be_listed_are_not_cut_silently(ward, sign_in, time_machine, monkeypatch):
    monkeypatch.setattr(floor, "LISTED_AT_MOST", 3)
    time_machine.move_to(NOW, tick=False)
    run_many(ward, 5)
    page = sign_in(ward.mona).get(SESSIONS).content.decode()
    assert "2 more sessions are not shown" in page
    assert page.count("data-visit=") == 3


def test_a_session_that_nobody_ended_stays_until_the_patient_has_left(ward, first, board):
    dosed_at = courses.give_dose(ward, first)
    page = board(dosed_at + timedelta(days=2))
    assert "Ada Núñez" in page
    assert "overdue" in page
    courses.note_event(ward, first, "left", {"words": "Gone since Tuesday."}, dosed_at + timedelta(days=2))
    assert "Ada Núñez" not in board(dosed_at + timedelta(days=2, minutes=1))


def test_a_row_turns_red_by_the_passing_of_time_alone(ward, first, board):
    dosed_at = courses.give_dose(ward, first)
    assert "is-act" not in board(dosed_at + 40 * MINUTE)
    assert "is-act" in board(dosed_at + 40 * MINUTE + timedelta(seconds=1))
    assert "is-act" not in board(dosed_at + 10 * MINUTE), "an earlier moment is asked for after a later one"


def test_what_somebody_else_corrects_or_moves_changes_the_row(ward, first, board):
    dosed_at = courses.give_dose(ward, first)
    at = dosed_at + 40 * MINUTE
    wrong = courses.take_vitals(ward, first, at, systolic=142)
    assert "142/78" in board(at)
    courses.note_event(ward, first, "struck", {"struck_id": str(wrong.event_id), "words": "Other cuff."}, at)
    assert "142/78" not in board(at)
    Patient.objects.filter(pk=ward.ada.patient_id).update(name="Ada N. Lovelace")
    assert "Ada N. Lovelace" in board(at)


def test_a_red_alarm_nobody_has_stands_before_what_is_due_sooner(ward, first, board):
    dosed_at = courses.give_dose(ward, first)
    run_many(ward, 1)
    at = dosed_at + 40 * MINUTE
    Visit.objects.exclude(pk=first.pk).filter(kind="dosing", patient__name="Patient 0").update(
        during=DateTimeTZRange(at - 60 * MINUTE, at + 60 * MINUTE)
    )
    courses.take_vitals(ward, first, at, systolic=190)
    page = board(at + MINUTE)
    assert page.index("Ada Núñez") < page.index("Patient 0") if "Patient 0" in page else True


def test_a_board_of_one_site_or_only_of_those_who_need_somebody(ward, first, sign_in, time_machine):
    dosed_at = courses.give_dose(ward, first)
    time_machine.move_to(dosed_at + 50 * MINUTE, tick=False)
    client = sign_in(ward.dora)
    assert "Ada Núñez" in client.get(f"{SESSIONS}?site={ward.oakland}").content.decode()
    assert "Ada Núñez" not in client.get(f"{SESSIONS}?site={ward.brooklyn}").content.decode()
    assert "Ada Núñez" in client.get(f"{SESSIONS}?site=nonsense").content.decode()
    assert "floor--needing" in client.get(f"{SESSIONS}?need=1").content.decode()
    assert "floor--dense" in client.get(f"{SESSIONS}?dense=1").content.decode()


def test_one_press_says_that_somebody_looked_and_another_takes_it_back(ward, first, sign_in, time_machine):
    dosed_at = courses.give_dose(ward, first)
    time_machine.move_to(dosed_at + 30 * MINUTE, tick=False)
    client, url = sign_in(ward.mona), f"{SESSIONS}{first.id}/"
    sent = {"do": "looked", "looked-form_id": uuid4(), "back": "board"}
    page = client.post(url, sent, follow=True)
    assert page.redirect_chain == [(SESSIONS, 302)]
    assert 'value="undo"' in page.content.decode()
    looked = SessionEvent.objects.get(kind="looked")
    page = client.post(url, {"do": "undo", "undo-event_id": looked.id, "back": "board"}, follow=True)
    assert "Taken back." in page.content.decode()
    assert 'value="undo"' not in page.content.decode()


def test_the_boards_script_is_told_what_became_of_a_press(ward, first, sign_in, time_machine):
    dosed_at = courses.give_dose(ward, first)
    courses.take_vitals(ward, first, dosed_at + 40 * MINUTE, systolic=190)
    time_machine.move_to(dosed_at + 41 * MINUTE, tick=False)
    client, url = sign_in(ward.mona), f"{SESSIONS}{first.id}/"

    def press(**sent):
        return client.post(url, sent, headers={"Accept": "application/json"})

    alarm = Alarm.objects.get()
    about = {"acknowledged-about_id": alarm.about_id, "acknowledged-limit_id": alarm.reason}
    told = press(do="acknowledged", **about).json()
    assert told["ok"]
    assert "Nobody has taken this on" not in told["row"]["html"]
    again = press(do="acknowledged", **about)
    assert (again.status_code, again.json()["ok"]) == (409, False)
    refused = press(do="called", **{"called-form_id": uuid4(), "called-whom": "Nils"})
    assert refused.status_code == 422
    assert "reached" in refused.json()["said"]


def test_quick_entry_records_and_returns_to_the_board_or_says_what_is_wrong(
    ward, first, sign_in, time_machine
):
    dosed_at = courses.give_dose(ward, first)
    time_machine.move_to(dosed_at + 40 * MINUTE, tick=False)
    client, url = sign_in(ward.mona), f"{SESSIONS}{first.id}/quick/"
    wrong = {
        "do": "vital_taken",
        "vital_taken-form_id": uuid4(),
        "vital_taken-systolic": "12",
        "vital_taken-diastolic": "8",
    }
    page = client.post(url, wrong)
    assert page.status_code == 422
    assert 'value="12"' in page.content.decode()
    right = wrong | {"vital_taken-systolic": "120", "vital_taken-diastolic": "80"}
    page = client.post(url, right, follow=True)
    assert page.redirect_chain == [(SESSIONS, 302)]
    assert "120/80" in page.content.decode()
    assert sign_in(ward.cleo).get(url).status_code == 404


def test_the_hub_alone_is_given_rows_and_nobody_learns_that_they_are_there(
    ward, first, client, sign_in, time_machine
):
    dosed_at = courses.give_dose(ward, first)
    time_machine.move_to(dosed_at + 40 * MINUTE, tick=False)
    rows = f"{SESSIONS}rows/"
    for headers in (
        {},
        {"Authorization": "Hub "},
        {"Authorization": "Hub nonsense"},
        {"Authorization": "Hub \u00e9"},
    ):
        assert client.get(rows, headers=headers).status_code == 404
    assert sign_in(ward.dora).get(rows).status_code == 404
    client.logout()
    asked = {"Authorization": f"Hub {hub_word(settings.SECRET_KEY)}"}
    stands = client.get(rows, headers=asked).json()["stands"]
    assert list(stands) == [str(first.id)]
    nobody = uuid4()
    told = client.get(f"{rows}?v={first.id}&v={nobody}&v=nonsense", headers=asked).json()
    assert told["gone"] == [str(nobody)]
    [row] = told["rows"]
    assert row["site"] == str(ward.oakland)
    assert row["mark"] == stands[str(first.id)]["mark"]
    assert "Ada Núñez" in row["html"]
    assert 0 <= row["holds_for_s"] <= 600


def test_a_ticket_says_what_its_holder_may_be_told(ward, first, sign_in, time_machine):
    time_machine.move_to(first.during.lower, tick=False)

    def given(who, url=f"{SESSIONS}ticket/"):
        answer = sign_in(who).get(url)
        if answer.status_code != 200:
            return answer.status_code
        return opened(answer.json()["ticket"], secret=settings.SECRET_KEY, now=first.during.lower.timestamp())

    assert given(ward.mona).sites == (str(ward.oakland),)
    assert given(ward.cleo).sites == (str(ward.brooklyn),)
    assert given(ward.dora).sites is None
    assert given(ward.thea) == given(ward.ada) == 403
    assert given(ward.mona, f"{SESSIONS}{first.id}/ticket/").visit_id == str(first.id)
    assert given(ward.cleo, f"{SESSIONS}{first.id}/ticket/") == 404


def test_a_value_stands_with_its_age_and_who_took_it(ward, first, board):
    dosed_at = courses.give_dose(ward, first)
    courses.take_vitals(ward, first, dosed_at + 40 * MINUTE)
    page = board(dosed_at + 43 * MINUTE)
    assert "124/78" in page
    assert f"· {ward.mona.name}" in page


def test_the_trend_is_drawn_with_the_limits_of_this_patient(ward, first, board):
    """Baseline 124: amber begins at 154, thirty above it, not at the plan's 160."""
    dosed_at = courses.give_dose(ward, first)
    courses.take_vitals(ward, first, dosed_at + 40 * MINUTE, systolic=140)
    page = board(dosed_at + 43 * MINUTE)
    assert "Systolic pressure since the dose: 140 mmHg. Limits of this patient:" in page
    drawn = page.split("Systolic pressure since the dose")[1].split('"')[0]
    assert "154" in drawn
    assert "160" not in drawn


def test_before_the_dose_nothing_is_drawn(ward, first, board):
    courses.make_ready(ward, first)
    assert "since the dose:" not in board(first.during.lower)


def test_red_stays_red_after_a_better_reading_until_somebody_has_the_alarm(ward, first, board):
    dosed_at = courses.give_dose(ward, first)
    courses.take_vitals(ward, first, dosed_at + 40 * MINUTE, systolic=190)
    courses.take_vitals(ward, first, dosed_at + 45 * MINUTE)
    for _reload in range(2):
        page = board(dosed_at + 46 * MINUTE)
        assert "is-act" in page
        assert "Nobody has taken this on: Systolic pressure 190 mmHg." in page
    answering.acknowledge_alarm(alarm_id=Alarm.objects.get().id, actor=ward.ben, now=dosed_at + 47 * MINUTE)
    page = board(dosed_at + 47 * MINUTE)
    assert "is-act" not in page
    assert "Nobody has taken this on" not in page


def test_closing_an_alarm_says_on_the_record_that_somebody_had_it(ward, first, board):
    dosed_at = courses.give_dose(ward, first)
    courses.take_vitals(ward, first, dosed_at + 40 * MINUTE, systolic=190)
    courses.take_vitals(ward, first, dosed_at + 45 * MINUTE)
    at = dosed_at + 46 * MINUTE
    answering.close_alarm(alarm_id=Alarm.objects.get().id, reason="Settled.", actor=ward.ben, now=at)
    assert "Nobody has taken this on" not in board(at)


def test_the_board_reloads_itself_where_no_script_runs(ward, first, board):
    courses.give_dose(ward, first)
    page = board(first.during.lower + 30 * MINUTE)
    assert '<meta http-equiv="refresh" content="20">' in page
    assert "reloads itself every 20 seconds" in page


def test_one_press_takes_on_all_that_stood_in_a_row_and_the_gravest_stands_first(ward, first, sign_in, board):
    dosed_at = courses.give_dose(ward, first)
    at = dosed_at + 40 * MINUTE
    courses.take_vitals(ward, first, at, systolic=165)
    courses.take_vitals(ward, first, at, systolic=190, spo2=91, heart_rate=135)
    page = board(at)
    waiting = Alarm.objects.count()
    assert waiting > 3
    assert f"Take on all {waiting}" in page
    assert page.count("Nobody has taken this on") == 3, "the rest is counted"
    assert f"{waiting} alarms in all" in page
    assert page.index("Systolic pressure 190") < page.index("Take on all")
    causes = list(Alarm.objects.values_list("about_id", "reason"))
    sent = {
        "do": "acknowledged",
        "acknowledged-about_id": [about for about, _ in causes],
        "acknowledged-limit_id": [reason for _, reason in causes],
    }
    client = sign_in(ward.mona)
    said = client.post(f"{SESSIONS}{first.id}/", sent, headers={"Accept": "application/json"}).json()
    assert said["said"] == f"You have taken these {waiting} alarms on."
    assert "Nobody has taken this on" not in said["row"]["html"]
    assert SessionEvent.objects.filter(visit=first, kind="acknowledged").count() == waiting


def test_an_alarm_made_up_or_of_half_a_name_takes_nothing_on(ward, first, sign_in):
    dosed_at = courses.give_dose(ward, first)
    courses.take_vitals(ward, first, dosed_at + 40 * MINUTE, systolic=190)
    alarm = Alarm.objects.get()
    client = sign_in(ward.mona)
    for about, limits in (
        ([alarm.about_id, uuid4()], [alarm.reason, "MADE-UP"]),
        ([alarm.about_id], []),
        ([], []),
        (["x"], [alarm.reason]),
    ):
        sent = {"do": "acknowledged", "acknowledged-about_id": about, "acknowledged-limit_id": limits}
        answer = client.post(f"{SESSIONS}{first.id}/", sent, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json()["ok"]) == (409, False)
    assert not SessionEvent.objects.filter(kind="acknowledged").exists()


def test_somebody_who_has_recorded_nothing_takes_on_an_alarm_from_the_board(
    ward, first, sign_in, time_machine
):
    """There is nothing of theirs to take back: the answer to their press broke on that, and the board said "not recorded"."""
    dosed_at = courses.give_dose(ward, first)
    courses.take_vitals(ward, first, dosed_at + 40 * MINUTE, systolic=190)
    time_machine.move_to(dosed_at + 41 * MINUTE, tick=False)
    alarm = Alarm.objects.get()
    sent = {
        "do": "acknowledged",
        "acknowledged-about_id": alarm.about_id,
        "acknowledged-limit_id": alarm.reason,
    }
    answer = sign_in(ward.dora).post(f"{SESSIONS}{first.id}/", sent, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert answer.json()["said"] == "You have taken this alarm on."
    assert answer.json()["undo"] == ""
