"""The demonstration must come up at any hour of any day: somebody tries it on a Sunday night."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from sojourn.program.demonstration.actions import seed
from sojourn.program.demonstration.cast import PATIENTS, Stage
from sojourn.program.measures.models import Response
from sojourn.program.people.models import Patient, Practice, User
from sojourn.program.people.queries import account_actor
from sojourn.program.safety.queries import closed_alarms_for, open_alarms_for
from sojourn.program.treatment.floor import sessions_today
from sojourn.program.treatment.phases import patients_by_phase

pytestmark = pytest.mark.django_db
RUNNING = tuple(part for part in PATIENTS if part.stage is Stage.RUNNING)
A_WEEK = [datetime(2026, 11, 23, 5, 0, tzinfo=UTC) + timedelta(hours=31 * step) for step in range(11)]


def director():
    return account_actor(User.objects.get(email="director@demo.example").id)


@pytest.mark.parametrize("now", A_WEEK, ids=lambda now: f"{now:%a-%H}")
def test_sessions_run_at_any_hour_of_the_week(now):
    seed(now=now, parts=RUNNING)
    going_on = {
        session.visit.patient_name: round((now - session.state.dosed_at) / timedelta(minutes=1))
        for session in sessions_today(director(), now=now)
        if session.state.dosed_at
        and not session.is_over
        and session.visit.starts_at > now - timedelta(hours=4)
    }
    assert set(going_on) == {part.name for part in RUNNING}
    for part in RUNNING:
        assert abs(going_on[part.name] - part.minutes_in) <= 1


def test_the_whole_practice_stands_with_people_in_every_phase():
    now = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
    seed(now=now)
    assert Practice.objects.get().is_demonstration
    assert Patient.objects.count() == len(PATIENTS)
    phases = patients_by_phase(director())
    empty = {str(phase) for phase, count in phases.items() if not count}
    assert empty == {"research"}
    alarms = open_alarms_for(director())
    assert {alarm.severity for alarm in alarms} == {"red", "amber"}
    assert len(alarms) >= 4
    assert {alarm.is_unacknowledged for alarm in alarms} == {True, False}
    assert all(alarm.raised_at > now - timedelta(days=3) for alarm in alarms), (
        "an old open alarm is a neglected one"
    )
    assert not any(alarm.is_late(now) for alarm in alarms)
    closed = closed_alarms_for(director())
    assert len(closed) >= 5
    assert all(("Watched" in a.closed_because) == (a.about_kind == "session event") for a in closed)


@pytest.mark.parametrize(
    "now",
    [
        datetime(2027, 1, 1, 5, 0, tzinfo=UTC),  # New Year's Day in Brooklyn, the old year in Oakland
        datetime(2027, 3, 14, 10, 0, tzinfo=UTC),  # the clock is put forward in Oakland
        datetime(2027, 11, 7, 6, 0, tzinfo=UTC),  # an hour that comes twice in Brooklyn
        datetime(2028, 2, 29, 18, 0, tzinfo=UTC),
    ],
    ids=lambda now: f"{now:%Y-%m-%d}",
)
def test_the_practice_opens_on_odd_days_and_when_a_rule_of_today_has_expired(now):
    """The federal telehealth rule ends with 2026: each decision then has one more finding to settle."""
    some = [
        part
        for part in PATIENTS
        if part.name in {"Ada Núñez", "Jamal Whitaker", "Bridget O'Shea", "Stefan Brandvold"}
    ]
    seed(now=now, parts=some)
    assert Patient.objects.count() == len(some)
    assert not Response.objects.filter(answered_at__gt=now).exists()


def test_the_same_moment_gives_the_same_practice():
    now = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
    some = PATIENTS[5:8]

    def told():
        seed(now=now, parts=some)
        return list(
            Response.objects.order_by("patient__name", "answered_at", "instrument_id").values_list(
                "patient__name", "value"
            )
        )

    def told_and_forgotten():
        before = transaction.savepoint()
        heard.append(told())
        transaction.savepoint_rollback(before)

    heard = []
    told_and_forgotten()
    told_and_forgotten()
    assert heard[0]
    assert heard[0] == heard[1]
