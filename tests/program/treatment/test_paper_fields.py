"""Each event shows in the documents: change one, and a document changes; what it prints leads back to the event."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from sojourn.clinical import monitoring
from sojourn.clinical.monitoring.documents import DOCUMENTS, NotDerivable
from sojourn.clinical.monitoring.driving import OF_THE_PATIENT, TO_THE_PATIENT
from sojourn.program.treatment import dose_checking
from sojourn.program.treatment.papers import record_of
from sojourn.program.treatment.sessions import telling_of
from tests.support import courses

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)

# One other value for each fact of each kind of event that a session room records.
OTHERWISE = {
    "checked": {"passed": False},
    "dose_checked": {
        "name_matches": False, "birth_matches": False, "drug": "ketamine", "route": "oral", "mg": 84.0, "lot": "ZZ9",
        "expires_on": "2031-05-05", "count": 7, "ordered_mg": 28.0, "ordered_drug": "ketamine", "ordered_route": "oral",
    },
    "accounted": {"drug": "ketamine", "words": "other words"},
    "dosed": {"mg": 84.0, "words": "ZZ9"},
    "vital_taken": {"systolic": 151, "diastolic": 93, "heart_rate": 99, "spo2": 91, "respiratory_rate": 19},
    "rated": {"moaas": 3, "dissociation": 8},
    "looked": {"words": "other words"},
    "called": {"whom": "somebody else", "reached": False, "words": "other words"},
    "medicated": {"drug": "labetalol", "amount": 7.0, "unit": "mL", "words": "other words"},
    "noticed": {"sign": "panic", "words": "other words"},
    "confirmed": {"words": "Somebody Else"},
    "noted": {"words": "other words"},
    "serious": {"what": "other", "treatment": "other", "hospital": False, "outcome": "other"},
    "discharged": {"words": "other words"},
    "left": {"words": "other words"},
}  # fmt: skip


@pytest.fixture
def told(ward):
    """A session in which everything happened that a session room records; when it was over."""
    visit = courses.first_session(ward)
    dosed_at = courses.give_dose(ward, visit)

    def note(minute, kind, **facts):
        courses.note_event(ward, visit, kind, facts, dosed_at + minute * MINUTE)

    courses.take_vitals(ward, visit, dosed_at + 40 * MINUTE, systolic=185, diastolic=92)
    note(41, "rated", moaas=4, dissociation=6)
    note(42, "looked", words="Asleep, breathing quietly.")
    note(43, "noticed", sign="vomiting", words="a little")
    note(44, "medicated", drug="ondansetron", amount=4.0, unit="mg", words="by mouth")
    note(45, "called", whom="Dr. Adeyemi", reached=True, words="asked about pressure")
    note(46, "noted", words="Spoke of the sea.")
    note(
        47,
        "serious",
        happened=True,
        what="Fainted",
        treatment="laid flat",
        hospital=True,
        outcome="well again",
    )
    for minute in (80, 120):
        courses.take_vitals(ward, visit, dosed_at + minute * MINUTE)
    end = dosed_at + 125 * MINUTE
    courses.meet_every_criterion(ward, visit, end)
    courses.note_event(ward, visit, "discharged", {"words": "To Nils, well."}, end)
    courses.note_event(ward, visit, "left", {"words": "With Nils."}, end)
    dose_checking.account_for(
        visit_id=visit.id,
        form_id=uuid4(),
        facts={
            "drug": "esketamine", "unit": "devices", "dispensed": 3, "given": 2, "wasted": 0, "returned": 1,
            "words": "one kept",
        },
        taken_at=end,
        actor=ward.mona,
        now=end,
    )  # fmt: skip
    return visit, end


def all_documents(session):
    """Everything that every document says, by kind; what cannot be made says why."""
    record = record_of(session)
    found = {}
    for kind, made in DOCUMENTS.items():
        try:
            found[kind] = [
                (s.title, line.label, line.says, line.lacks)
                for s in made(record).sections
                for line in s.lines
            ]
        except NotDerivable as missing:
            found[kind] = [str(missing)]
    return found


def with_event(session, row):
    """The same session in which one event says something else."""
    events = tuple(row if each.id == row.id else each for each in session.events)
    told = telling_of(events)
    state = monitoring.state_of(
        events=told, plan=session.plan, observe_longer=session.observes_longer, now=session.state.ended_at
    )
    return replace(session, events=events, told=told, state=state)


def test_each_fact_of_each_event_shows_in_a_document(ward, told):
    visit, end = told
    session = courses.session_at(ward, visit, end)
    before, tried = all_documents(session), set()
    for row in session.events:
        for name, other in OTHERWISE.get(row.kind, {}).items():
            if name not in row.facts or row.facts[name] == other:
                continue
            if row.kind == "confirmed" and row.facts["criterion"] != "escort":
                continue
            changed = all_documents(with_event(session, replace(row, facts=row.facts | {name: other})))
            assert changed != before, f"{row.kind}.{name} of event {row.sequence} shows nowhere"
            tried.add((row.kind, name))
    assert {kind for kind, _name in tried} == set(OTHERWISE)


def test_each_event_taken_away_is_missed_by_a_document(ward, told):
    visit, end = told
    session = courses.session_at(ward, visit, end)
    before = all_documents(session)
    for row in session.events:
        struck = with_event(session, replace(row, struck_at=end))
        assert all_documents(struck) != before, f"{row.kind} of event {row.sequence} shows nowhere"


def test_the_time_of_each_event_shows_in_a_document(ward, told):
    visit, end = told
    session = courses.session_at(ward, visit, end)
    before = all_documents(session)
    for row in session.events:
        if row.kind in {"checked", "confirmed"}:
            continue  # the latest answer holds, whenever it was given
        moved = with_event(session, replace(row, taken_at=row.taken_at - 2 * MINUTE))
        assert all_documents(moved) != before, f"when {row.kind} was, of event {row.sequence}, shows nowhere"


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_every_document_after_a_dose_says_that_nobody_drives_today(ward, told, kind):
    visit, end = told
    session = courses.session_at(ward, visit, end)
    made = DOCUMENTS[kind](record_of(session))
    said = [line.says for section in made.sections for line in section.lines]
    assert OF_THE_PATIENT in said or TO_THE_PATIENT in said


def test_each_number_on_the_page_leads_to_its_event(ward, told, sign_in, time_machine):
    visit, end = told
    time_machine.move_to(end, tick=False)
    client = sign_in(ward.mona)
    page = client.get(reverse("workspace:session_papers", args=[visit.id])).content.decode()
    linked = set(re.findall(rf'href="{reverse("workspace:session", args=[visit.id])}#event-(\d+)"', page))
    session = client.get(reverse("workspace:session", args=[visit.id])).content.decode()
    there = set(re.findall(r'id="event-(\d+)"', session))
    cited = {
        str(number)
        for kind in ("note", "form", "minutes", "summary")
        for section in DOCUMENTS[kind](record_of(courses.session_at(ward, visit, end))).sections
        for line in section.lines
        for number in line.cites
    }
    assert cited <= linked <= there
    assert len(cited) > 20
