"""The practice's counts in SQL, beside the same counts made of people in plain Python."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from random import Random

import pytest

from sojourn.clinical import instruments
from sojourn.clinical.outcomes.practice import USUAL_WINDOWS, Person, Reading, chain_of
from sojourn.clinical.outcomes.reports import yardstick_of
from sojourn.program.measures.models import Response
from sojourn.program.people.models import StaffMember, User
from sojourn.program.results.counting import Asked, chain_from, counted, harms_among
from tests.doors.workspace.test_inbox import alarm
from tests.support import histories as h
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
CUT = NOW.date()
WEEK, MONTH = (next(w for w in USUAL_WINDOWS if w.id == name) for name in ("week 1", "week 4"))
PHQ9 = yardstick_of(instruments.get("phq-9"))
DAY = timedelta(days=1)


def scored(patient_id, on, value, prorated=False, **correction):
    at = datetime(on.year, on.month, on.day, 20, tzinfo=UTC)
    correction.setdefault("received_at", at)
    return Response.objects.create(
        patient_id=patient_id, instrument_id="phq-9", instrument_version="1", definition_hash="0" * 64,
        source="import", answers=None, answered_at=at,
        answered_on=on, value=value, prorated=prorated, **correction,
    )  # fmt: skip


def random_history(ward, seed):
    """Forty people with gaps, late starts, low baselines, prorated scores and no dose at all."""
    draw, people = Random(seed), []
    for place in range(40):
        patient = h.patient(ward, f"Person {place}", NOW - 200 * DAY)
        start = NOW - draw.randint(20, 150) * DAY
        course = h.course(ward, patient, start)
        dose_on = None
        if draw.random() < 0.85:
            dose_at = start + draw.randint(1, 12) * DAY
            _dose(ward, course, dose_at)
            dose_on = (dose_at - timedelta(hours=8)).date()
        readings = []
        for offset in sorted({draw.randint(-15, 40) for _ in range(draw.randint(0, 8))}):
            on = (dose_on or start.date()) + offset * DAY
            if on > CUT:
                continue
            value, prorated = draw.randint(0, 27), draw.random() < 0.1
            scored(patient, on, value, prorated)
            readings.append(Reading(on, Fraction(value), counts=not prorated))
        people.append(Person(str(patient), (start - timedelta(hours=8)).date(), dose_on, tuple(readings)))
    return people


def _dose(ward, course, at):
    """Give a dose under a monitor of its own: many histories share one calendar here."""
    user = User.objects.create_user(email=f"{course.id}@example.org", password=None)
    member = StaffMember.objects.create(user=user, name="A monitor", roles=["session_monitor"])
    alone = replace(ward, mona=replace(ward.mona, staff_id=member.id))
    h.event(ward, h.visit(alone, course, "dosing", 1, at), "dosed", at, mg=56.0)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("window", [WEEK, MONTH], ids=lambda w: w.id)
def test_the_database_counts_what_plain_python_counts(ward, seed, window):
    people = random_history(ward, seed)
    rows = counted(ward.dora, Asked(CUT), yardstick=PHQ9, windows=[WEEK, MONTH])
    rows = [row for row in rows if row.visit == window.id]
    within = timedelta(days=7)
    assert chain_from(rows, lambda row: row.responded) == chain_of(
        people=people, window=window, outcome=PHQ9.response(within), as_of=CUT
    )
    assert (
        chain_from(rows, lambda row: row.remitted).met
        == chain_of(people=people, window=window, outcome=PHQ9.remission(within), as_of=CUT).met
    )
    everybody = chain_of(people=people, window=window, outcome=PHQ9.change(within), as_of=CUT)
    assert sum(row.worse_at_all for row in rows) == everybody.worse
    assert sum(row.seen_at_all for row in rows) == everybody.observed


def test_research_records_and_unseen_sites_count_nowhere(ward):
    here = h.patient(ward, "Here", NOW - 90 * DAY)
    research = h.patient(ward, "Imported", NOW - 90 * DAY, kind="research", import_source="x", import_id="1")
    for patient in (here, research):
        h.course(ward, patient, NOW - 60 * DAY)
    assert sum(r.enrolled for r in counted(ward.dora, Asked(CUT), yardstick=PHQ9, windows=[MONTH])) == 1
    assert sum(r.enrolled for r in counted(ward.ben, Asked(CUT), yardstick=PHQ9, windows=[MONTH])) == 1
    assert counted(ward.cleo, Asked(CUT), yardstick=PHQ9, windows=[MONTH]) == ()


def test_a_corrected_answer_counts_as_corrected_and_never_as_it_was(ward):
    course = h.course(ward, ward.ada.patient_id, NOW - 61 * DAY)
    _dose(ward, course, NOW - 60 * DAY)
    scored(ward.ada.patient_id, (NOW - 62 * DAY).date(), 20)
    month = (NOW - 32 * DAY).date()
    wrong = scored(ward.ada.patient_id, month, 5)

    def responded():
        [row] = counted(ward.dora, Asked(CUT), yardstick=PHQ9, windows=[MONTH])
        return row.observed, row.responded

    assert responded() == (1, 1)
    scored(ward.ada.patient_id, month + 3 * DAY, 15, corrects=wrong, correction_why="two lines were mixed up")
    assert responded() == (1, 0)


def test_filters_narrow_who_is_counted(ward):
    early, late = (h.patient(ward, name, NOW - 200 * DAY) for name in ("Early", "Late"))
    h.course(ward, early, NOW - 150 * DAY)
    h.course(ward, late, NOW - 30 * DAY)

    def people(**filters):
        rows = counted(ward.dora, Asked(CUT, **filters), yardstick=PHQ9, windows=[MONTH])
        return sum(row.enrolled for row in rows)

    assert people() == 2
    assert people(since=CUT - 40 * DAY) == 1
    assert people(until=CUT - 40 * DAY) == 1
    assert people(site_id=ward.brooklyn) == 0
    assert people(protocols=("esketamine_clinic",)) == 2
    assert people(protocols=()) == 0
    assert (
        sum(r.enrolled for r in counted(ward.dora, Asked(date(2020, 1, 1)), yardstick=PHQ9, windows=[MONTH]))
        == 0
    )


def test_harms_are_counted_among_the_same_people(ward):
    course = h.course(ward, ward.ada.patient_id, NOW - 20 * DAY)
    h.session(ward, course, 1, NOW - 10 * DAY)
    h.session(ward, course, 2, NOW - 5 * DAY)
    alarm(ward.ada, severity="red", minutes_ago=90)
    alarm(ward.ada, minutes_ago=30)
    found = harms_among(ward.dora, Asked(CUT))
    assert (found.people, found.doses, found.people_with_red_alarm, found.red_alarms) == (1, 2, 1, 1)
    assert harms_among(ward.cleo, Asked(CUT)).doses == 0


@pytest.mark.parametrize("people", [2, 30])
def test_the_number_of_queries_does_not_grow_with_people(ward, django_assert_num_queries, people):
    for place in range(people):
        h.course(ward, h.patient(ward, f"Person {place}", NOW), NOW - 60 * DAY)
    with django_assert_num_queries(2):
        counted(ward.dora, Asked(CUT), yardstick=PHQ9, windows=[WEEK, MONTH])
        harms_among(ward.dora, Asked(CUT))
