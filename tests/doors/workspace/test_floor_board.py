"""The board of running sessions: what is due next first, values with age and source, red until somebody has it."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange, NumericRange
from django.test.utils import CaptureQueriesContext

from sojourn.clinical import monitoring
from sojourn.program.people.models import Patient, StaffMember, User
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Visit
from sojourn.program.safety.models import Alarm
from sojourn.program.treatment import answering
from sojourn.program.treatment.recorder import NewEvent, add_events
from tests.support import courses, histories
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
SESSIONS = "/workspace/sessions/"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def first(ward):
    course = courses.start(ward)
    courses.book(ward, course)
    courses.sign_consent(ward)
    courses.hold(ward, courses.visit_of(course, VisitKind.PREPARATION, 1))
    return courses.visit_of(course, VisitKind.DOSING, 1)


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
    run_many(ward, 1)
    client.get(SESSIONS)
    with CaptureQueriesContext(connection) as one:
        client.get(SESSIONS)
    run_many(ward, 199)
    with CaptureQueriesContext(connection) as many:
        page = client.get(SESSIONS)
    assert page.content.decode().count("floor__row") == 200
    assert len(many) == len(one)


@pytest.fixture
def connection(db):
    from django.db import connection

    return connection


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


def test_the_board_reloads_itself_where_no_script_runs_and_rows_have_keys(ward, first, board):
    courses.give_dose(ward, first)
    page = board(first.during.lower + 30 * MINUTE)
    assert '<meta http-equiv="refresh" content="20">' in page
    assert 'accesskey="1"' in page
