"""The rows that results are counted from are what the records say, whatever came in which order."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import uuid4

import pytest
from django.db import connection

from sojourn.clinical.outcomes.practice import USUAL_WINDOWS
from sojourn.program.measures.models import Response
from sojourn.program.people.models import Patient, Site, StaffMember, User
from sojourn.program.results.counting import column_of
from sojourn.program.results.models import PersonFollowed, ScoresFollowed
from tests.support import histories as h
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def kept():
    """The rows as they are kept, without what identifies nobody."""
    people = {row["patient_id"]: row for row in PersonFollowed.objects.values()}
    scores = {(row["patient_id"], row["instrument_id"]): row for row in ScoresFollowed.objects.values()}
    return people, scores


def made_anew():
    """The rows as they would be made from nothing but the records."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM results_scoresfollowed")
        cursor.execute("DELETE FROM results_personfollowed")
        cursor.execute("SELECT results_follow(ARRAY(SELECT id FROM people_patient))")
    return kept()


def answer(patient_id, on, value, *, instrument="phq-9", hour=12, **more):
    return Response.objects.create(
        patient_id=patient_id, instrument_id=instrument, instrument_version="1", definition_hash="0" * 64,
        source="import", answers=None, answered_at=datetime(on.year, on.month, on.day, hour, tzinfo=UTC),
        answered_on=on, value=value, **({"unscorable_because": "too few answers"} if value is None else {}), **more,
    )  # fmt: skip


class Story:
    """Things that happen to a practice, drawn at random, in an order nobody planned."""

    def __init__(self, ward, seed):
        self.ward, self.draw = ward, Random(seed)
        self.patients = [h.patient(ward, f"Person {n}", NOW - 500 * DAY) for n in range(4)]
        self.courses, self.doses, self.answers, self.given = [], [], [], 0

    def step(self):
        what = self.draw.choice(
            [self.answers_late] * 8 + [self.corrects] * 3 + [self.begins, self.ends, self.is_dosed, self.is_dosed]
            + [self.dose_is_struck, self.is_found_a_research_record, self.moves, self.clock_of_site_changes]
        )  # fmt: skip
        what()

    def answers_late(self):
        on = (NOW - self.draw.randint(0, 480) * DAY).date()
        value = self.draw.choice([None, 0, *range(28)])
        row = answer(
            self.draw.choice(self.patients), on, value, instrument=self.draw.choice(["phq-9", "phq-9", "gad-7"]),
            hour=self.draw.randint(0, 23), prorated=value is not None and self.draw.random() < 0.1,
        )  # fmt: skip
        self.answers.append(row)

    def corrects(self):
        if not self.answers:
            return
        wrong = self.answers.pop(self.draw.randrange(len(self.answers)))
        on = wrong.answered_on + self.draw.randint(-3, 3) * DAY
        value = self.draw.choice([None, self.draw.randint(0, 27)])
        self.answers.append(
            answer(
                wrong.patient_id,
                on,
                value,
                instrument=wrong.instrument_id,
                corrects=wrong,
                correction_why="mixed up",
            )
        )

    def begins(self):
        patient = self.draw.choice(self.patients)
        if any(c.patient_id == patient and c.ended_at is None for c in self.courses):
            return
        self.courses.append(h.course(self.ward, patient, NOW - self.draw.randint(0, 450) * DAY))

    def ends(self):
        for course in self.courses:
            if course.ended_at is None:
                course.ended_at, course.ended_how, course.ended_because = NOW, "completed", "as planned"
                course.save()
                return

    def is_dosed(self):
        if not self.courses:
            return
        course = self.draw.choice(self.courses)
        self.given += 1
        at = course.started_at + self.given * DAY
        user = User.objects.create_user(email=f"{uuid4()}@example.org", password=None)
        monitor = StaffMember.objects.create(user=user, name="A monitor", roles=["session_monitor"])
        alone = replace(self.ward, mona=replace(self.ward.mona, staff_id=monitor.id))
        visit = h.visit(alone, course, "dosing", self.given, at)
        self.doses.append((course, h.event(self.ward, visit, "dosed", at, mg=56.0)))

    def dose_is_struck(self):
        if self.doses:
            _course, event = self.doses.pop(self.draw.randrange(len(self.doses)))
            h.event(self.ward, event.visit, "struck", NOW, withdraws=event)

    def is_found_a_research_record(self):
        patient = Patient.objects.get(pk=self.draw.choice(self.patients))
        patient.kind = "research" if patient.kind == "patient" else "patient"
        patient.import_source, patient.import_id = (
            ("x", str(patient.pk)) if patient.kind == "research" else ("", "")
        )
        patient.save()

    def moves(self):
        Patient.objects.filter(pk=self.draw.choice(self.patients)).update(
            site_id=self.draw.choice([self.ward.oakland, self.ward.brooklyn])
        )

    def clock_of_site_changes(self):
        Site.objects.filter(pk=self.ward.oakland).update(
            timezone=self.draw.choice(["America/Los_Angeles", "America/New_York", "Pacific/Auckland"])
        )


@pytest.mark.parametrize("seed", range(8))
def test_rows_kept_step_by_step_are_those_made_from_the_records_at_once(ward, seed):
    story = Story(ward, seed)
    for _ in range(40):
        story.step()
    step_by_step = kept()
    assert step_by_step == made_anew()
    assert seed or any(row["baseline"] is not None for row in step_by_step[1].values()), (
        "the stories must tell something"
    )


def test_many_answers_in_one_statement_are_followed_too(ward):
    patients = [h.patient(ward, f"Person {n}", NOW) for n in range(3)]
    for patient in patients:
        h.course(ward, patient, NOW - 10 * DAY)
    Response.objects.bulk_create(
        Response(
            patient_id=patient, instrument_id="phq-9", instrument_version="1", definition_hash="0" * 64, source="import",
            answers=None, answered_at=NOW, answered_on=NOW.date(), value=12,
        )
        for patient in patients
    )  # fmt: skip
    assert {row.baseline for row in ScoresFollowed.objects.all()} == {12_000}
    assert ScoresFollowed.objects.count() == 3


def test_the_database_knows_the_windows_that_clinical_knows(ward):
    """A score on each day of two years after a dose lands in the window that contains the day, or in none."""
    patient = h.patient(ward, "Daily", NOW - 800 * DAY)
    course = h.course(ward, patient, NOW - 700 * DAY)
    h.event(ward, h.visit(ward, course, "dosing", 1, NOW - 690 * DAY), "dosed", NOW - 690 * DAY, mg=56.0)
    first = PersonFollowed.objects.get().first_dose_on
    for window in USUAL_WINDOWS:
        for day, inside in (
            (window.opens - 1, False),
            (window.opens, True),
            (window.closes, True),
            (window.closes + 1, False),
        ):
            with_one = answer(patient, first + timedelta(days=day), 7)
            row = ScoresFollowed.objects.values(column_of(window)).first() or {}
            assert (row.get(column_of(window)) == 7000) is inside, (window, day)
            answer(patient, first, None, corrects=with_one, correction_why="never was")
            assert not ScoresFollowed.objects.exists()


def test_what_was_received_later_was_not_known_at_the_cut(ward):
    patient = h.patient(ward, "Late", NOW - 200 * DAY)
    h.course(ward, patient, NOW - 100 * DAY)
    answer(patient, date(2026, 8, 1), 20, received_at=NOW - 50 * DAY)
    wrong = answer(patient, date(2026, 8, 20), 5, received_at=NOW - 40 * DAY)
    answer(
        patient, date(2026, 8, 20), 15, received_at=NOW - 30 * DAY, corrects=wrong, correction_why="mixed up"
    )

    def baseline(cut):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT baseline FROM results_scores_at(ARRAY[%s]::uuid[], NULL, %s)", [patient, cut]
            )
            return [row[0] for row in cursor.fetchall()]

    assert baseline(NOW - 60 * DAY) == []
    assert baseline(NOW - 45 * DAY) == [20_000]
    assert baseline(NOW - 35 * DAY) == [5_000]
    assert baseline(NOW) == [15_000]
