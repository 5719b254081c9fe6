from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sojourn.program.treatment import phases
from sojourn.program.treatment.phases import Phase
from tests.support import histories as h
from tests.support.derived_phases import derived_phase
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def phase(ward, patient_id):
    return phases.phase_of(patient_id, actor=ward.dora)


@pytest.fixture
def eve(ward):
    return h.patient(ward, "Eve Sandoval", NOW - 90 * DAY)


def suitable(ward, patient_id, at):
    return h.decided(ward, h.assessed(patient_id, at - DAY), "suitable", at)


def test_somebody_who_has_answered_nothing_has_joined(ward, eve):
    assert phase(ward, eve) is Phase.JOINED


def test_an_assessment_waits_for_a_decision_until_one_is_made(ward, eve):
    first = h.assessed(eve, NOW - 10 * DAY)
    assert phase(ward, eve) is Phase.DECIDING
    h.decided(ward, first, "needs_more", NOW - 9 * DAY)
    assert phase(ward, eve) is Phase.ASKED
    second = h.assessed(eve, NOW - 8 * DAY)
    assert phase(ward, eve) is Phase.DECIDING
    h.decided(ward, second, "suitable", NOW - 7 * DAY)
    assert phase(ward, eve) is Phase.DECIDED


@pytest.mark.parametrize("outcome", ["referred", "declined"])
def test_somebody_turned_away_is_counted_and_not_lost(ward, eve, outcome):
    h.decided(ward, h.assessed(eve, NOW - 10 * DAY), outcome, NOW)
    assert phase(ward, eve) is Phase.NOT_TREATED


def test_who_left_the_last_session_without_a_discharge_has_had_it(ward, eve):
    """And who only went out before the dose has not."""
    course = h.course(ward, eve, NOW - 59 * DAY)
    only = h.visit(ward, course, "dosing", 1, NOW - 50 * DAY)
    h.event(ward, only, "left", NOW - 50 * DAY, words="To the car.")
    h.event(ward, only, "dosed", NOW - 50 * DAY + DAY / 24)
    assert phase(ward, eve) is Phase.TREATMENT
    h.event(ward, only, "left", NOW - 50 * DAY + DAY / 12, words="Alone.")
    assert phase(ward, eve) is Phase.AFTER


def test_a_course_leads_from_preparation_through_doses_to_what_follows(ward, eve):
    suitable(ward, eve, NOW - 60 * DAY)
    course = h.course(ward, eve, NOW - 59 * DAY)
    assert phase(ward, eve) is Phase.PREPARATION
    h.visit(ward, course, "preparation", 1, NOW - 58 * DAY)
    first = h.visit(ward, course, "dosing", 1, NOW - 50 * DAY)
    last = h.visit(ward, course, "dosing", 2, NOW - 40 * DAY)
    assert phase(ward, eve) is Phase.PREPARATION
    h.event(ward, first, "dosed", NOW - 50 * DAY)
    assert phase(ward, eve) is Phase.TREATMENT
    h.event(ward, first, "discharged", NOW - 50 * DAY)
    h.event(ward, last, "dosed", NOW - 40 * DAY)
    assert phase(ward, eve) is Phase.TREATMENT, "the last session still runs"
    h.event(ward, last, "discharged", NOW - 40 * DAY)
    assert phase(ward, eve) is Phase.AFTER


def test_a_dose_entered_by_mistake_and_withdrawn_was_not_given(ward, eve):
    course = h.course(ward, eve, NOW - 59 * DAY)
    first = h.visit(ward, course, "dosing", 1, NOW - 50 * DAY)
    mistake = h.event(ward, first, "dosed", NOW - 50 * DAY)
    h.event(ward, first, "struck", NOW, withdraws=mistake)
    assert phase(ward, eve) is Phase.PREPARATION


@pytest.mark.parametrize("how", ["completed", "dropped_out", "stopped"])
def test_an_ended_course_says_how_it_ended_until_a_new_decision(ward, eve, how):
    suitable(ward, eve, NOW - 60 * DAY)
    h.course(ward, eve, NOW - 59 * DAY, ended_at=NOW - 20 * DAY, ended_how=how, ended_because="as it went")
    assert phase(ward, eve) is Phase(how)
    again = h.assessed(eve, NOW - 5 * DAY)
    assert phase(ward, eve) is Phase.DECIDING
    h.decided(ward, again, "suitable", NOW - 4 * DAY)
    assert phase(ward, eve) is Phase.DECIDED
    h.course(ward, eve, NOW - 3 * DAY)
    assert phase(ward, eve) is Phase.PREPARATION


def test_the_last_of_two_courses_counts(ward, eve):
    ended = {"ended_because": "as it went", "ended_at": NOW - 40 * DAY}
    h.course(ward, eve, NOW - 80 * DAY, ended_how="completed", **ended)
    h.course(ward, eve, NOW - 60 * DAY, ended_how="stopped", **ended)
    assert phase(ward, eve) is Phase.STOPPED


def test_every_patient_is_counted_once_and_research_records_apart(ward, eve):
    h.assessed(eve, NOW)
    h.patient(ward, "Imported record 1", NOW, kind="research", import_source="x", import_id="1")
    counts = phases.patients_by_phase(ward.dora)
    assert counts[Phase.RESEARCH] == 1
    assert counts[Phase.DECIDING] == 1
    assert sum(counts.values()) == 4, "Ada, Bea, Eve and the record"
    assert sum(phases.patients_by_phase(ward.cleo).values()) == 1, "Cleo sees Bea only"


def test_pages_of_patients_follow_one_another_without_gap_or_double(ward):
    for n in range(103):
        h.patient(ward, f"Same Name {n // 3:03}", NOW)
    seen, after = [], None
    while True:
        page = phases.list_patients(ward.dora, after=after)
        seen += [row.id for row in page.rows]
        after = page.next_after
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 105
    names = [row.name for row in phases.list_patients(ward.dora).rows]
    assert names == sorted(names, key=str.lower)


def test_the_list_narrows_by_phase_site_and_part_of_a_name(ward, eve):
    h.assessed(eve, NOW)
    assert [r.name for r in phases.list_patients(ward.dora, phase=Phase.DECIDING).rows] == ["Eve Sandoval"]
    assert [r.name for r in phases.list_patients(ward.dora, site_id=ward.brooklyn).rows] == ["Bea Thornton"]
    assert [r.name for r in phases.list_patients(ward.dora, name_part="sando").rows] == ["Eve Sandoval"]
    assert phases.list_patients(ward.theo, name_part="sando").rows == ()


def test_asking_for_one_phase_finds_exactly_those_who_stand_in_it(ward, eve):
    h.patient(ward, "Imported record 1", NOW, kind="research", import_source="x", import_id="1")
    for name, outcome in (("A", "suitable"), ("B", "needs_more"), ("C", "referred"), ("D", "declined")):
        h.decided(ward, h.assessed(h.patient(ward, name, NOW), NOW - DAY), outcome, NOW)
    for n, how in enumerate(("completed", "dropped_out", "stopped")):
        h.course(
            ward, h.patient(ward, how, NOW), NOW - 60 * DAY, ended_at=NOW, ended_how=how, ended_because="x"
        )
        of = h.course(ward, h.patient(ward, f"open {n}", NOW), NOW - 60 * DAY)
        if n:
            h.session(ward, of, 1, NOW - (50 - n) * DAY)
        if n == 1:
            h.visit(ward, of, "dosing", 2, NOW + DAY)
    everybody = dict(phases.with_phase(phases.Patient.objects.all()).values_list("pk", "phase"))
    h.assessed(eve, NOW)
    everybody[eve] = Phase.DECIDING
    assert set(everybody.values()) == set(Phase)
    for phase in Phase:
        found = set(phases.in_phase(phases.Patient.objects.all(), phase).values_list("pk", flat=True))
        assert found == {pk for pk, stands in everybody.items() if stands == phase}, phase


class Story:
    """Three patients to whom things happen in an order nobody planned."""

    STEPS = (
        "assess", "decide", "decide", "begin", "begin", "end", "book", "book", "book", "dose", "over", "strike", "call_off",
        "move",
    )  # fmt: skip

    def __init__(self, ward, seed):
        self.ward, self.draw, self.hour = ward, Random(seed), 0
        self.patients = [h.patient(ward, f"Person {n}", NOW - 400 * DAY) for n in range(3)]
        self.assessments, self.courses, self.sessions, self.marks = [], {}, [], []

    def step(self):
        """Let one thing happen, where it can."""
        self.hour += 1
        self.at, self.who = NOW - 300 * DAY + self.hour * DAY, self.draw.choice(self.patients)
        what = self.draw.choice(self.STEPS)
        getattr(self, what)()
        return what

    def assess(self):
        self.assessments.append(h.assessed(self.who, self.at))

    def decide(self):
        if self.assessments:
            outcome = self.draw.choice(["suitable", "needs_more", "referred", "declined"])
            h.decided(self.ward, self.assessments.pop(), outcome, self.at)

    def begin(self):
        if self.who not in self.courses:
            self.courses[self.who] = h.course(self.ward, self.who, self.at)

    def end(self):
        if self.who in self.courses:
            course = self.courses.pop(self.who)
            course.ended_at, course.ended_because = self.at, "as it went"
            course.ended_how = self.draw.choice(["completed", "dropped_out", "stopped"])
            course.save()

    def book(self):
        if self.who in self.courses:
            self.sessions.append(h.visit(self.ward, self.courses[self.who], "dosing", self.hour, self.at))

    def dose(self):
        if self.sessions:
            self.marks.append(h.event(self.ward, self.draw.choice(self.sessions), "dosed", self.at))

    def over(self):
        if self.sessions:
            kind, words = self.draw.choice([("discharged", {}), ("cancelled", {"words": "She felt ill."})])
            session = self.draw.choice(self.sessions)
            if kind == "discharged" and session.number % 2:
                kind, words = "left", {"words": "Alone."}
            self.marks.append(h.event(self.ward, session, kind, self.at, **words))

    def strike(self):
        if self.marks:
            mark = self.marks.pop()
            h.event(self.ward, mark.visit, "struck", self.at, withdraws=mark)

    def call_off(self):
        if self.sessions:
            session = self.draw.choice(self.sessions)
            session.cancelled_at, session.cancelled_because = self.at, "by phone"
            session.save()

    def move(self):
        site = self.draw.choice([self.ward.oakland, self.ward.brooklyn])
        phases.Patient.objects.filter(pk=self.who).update(site_id=site)


@pytest.mark.parametrize("seed", range(8))
def test_the_phase_that_is_kept_is_the_one_the_records_tell(ward, seed):
    """After each thing that happens every phase and every count is right."""
    story, seen = Story(ward, seed), set()
    for _ in range(60):
        what = story.step()
        told = dict(derived_phase(phases.Patient.objects.all()).values_list("pk", "phase"))
        assert dict(phases.with_phase(phases.Patient.objects.all()).values_list("pk", "phase")) == told, what
        counts = {phase.value: n for phase, n in phases.patients_by_phase(ward.dora).items() if n}
        assert counts == Counter(told.values()), what
        seen |= set(counts)
        if story.draw.random() < 0.1:
            phases.add_up_phases()
    assert len(seen) > 4, "the story must lead somewhere"


def test_counting_phases_reads_no_patient(ward):
    with CaptureQueriesContext(connection) as asked:
        phases.patients_by_phase(ward.dora)
        phases.patients_by_phase(ward.ben)
    assert not [query["sql"] for query in asked if "people_patient" in query["sql"]]
    assert sum(phases.patients_by_phase(ward.ben).values()) == 1, "Ben sees the patients of Oakland"
