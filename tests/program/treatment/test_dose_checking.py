"""The check before a dose is on record as it was found; the patient's words are not, and two people sign where they must."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from sojourn.program.treatment import actions, dose_checking, session_refusals
from sojourn.program.treatment.models import SessionEvent
from sojourn.program.treatment.papers import paper
from tests.support import courses

pytestmark = pytest.mark.django_db


def begun(ward, protocol_id="esketamine_clinic"):
    return courses.first_session(ward, protocol_id)


@pytest.fixture
def first(ward):
    return begun(ward)


def dose(ward, visit, at, mg=56.0):
    return actions.begin_dosing(
        visit_id=visit.id, form_id=uuid4(), mg=mg, words="", taken_at=at, actor=ward.mona, now=at
    )


@pytest.mark.parametrize(
    "different",
    [
        {"name": "Bea Thornton"},
        {"name": ""},
        {"born_on": date(1984, 2, 5)},
        {"born_on": None},
        {"lot": "OLD", "expires_on": date(2026, 11, 30)},
        {"mg": "84", "count": 3},
    ],
)
def test_what_is_wrong_in_hand_is_kept_on_record_and_holds_the_dose(ward, first, different):
    at = courses.make_ready(ward, first)
    assert courses.check_dose(ward, first, at, **different)
    assert SessionEvent.objects.filter(visit=first, kind="dose_checked").count() == 2
    with pytest.raises(session_refusals.DoseHeld):
        dose(ward, first, at)
    later = at + timedelta(minutes=2)
    assert not courses.check_dose(ward, first, later)
    dose(ward, first, later)


def test_nothing_another_patient_said_enters_the_record(ward, first):
    at = courses.make_ready(ward, first)
    courses.check_dose(ward, first, at, name="Bea Thornton", born_on=date(1990, 7, 7))
    told = str(list(SessionEvent.objects.values_list("facts", flat=True)))
    assert "Bea" not in told
    assert "1990" not in told


def test_answering_the_checklist_by_hand_does_not_stand_in_for_the_check(ward, first):
    at = first.during.lower
    courses.name_escort(ward, first, now=at)
    courses.check_all(ward, first, at, dose_check=True)
    courses.take_vitals(ward, first, at)
    with pytest.raises(session_refusals.DoseHeld, match="not checked yet"):
        dose(ward, first, at)


@pytest.mark.parametrize("kind", ["dose_checked", "witnessed"])
def test_a_form_cannot_tell_a_check_or_a_witness(ward, first, kind):
    facts = SessionEvent.objects.filter(kind=kind).values_list("facts", flat=True).first() or {}
    at = courses.make_ready(ward, first)
    with pytest.raises(session_refusals.NotRecordedByHand):
        courses.note_event(ward, first, kind, dict(facts), at)


def test_a_check_is_not_corrected_into_a_right_one(ward, first):
    at = courses.make_ready(ward, first)
    courses.check_dose(ward, first, at, name="Bea Thornton")
    wrong = SessionEvent.objects.filter(kind="dose_checked").order_by("-sequence").first()
    with pytest.raises(session_refusals.NothingToStrike):
        actions.correct_event(
            visit_id=first.id,
            form_id=uuid4(),
            wrong_id=wrong.id,
            facts=wrong.facts | {"name_matches": True},
            taken_at=at,
            why="typed wrong",
            actor=ward.mona,
            now=at,
        )


def test_the_same_form_twice_is_one_check(ward, first):
    at, form_id = first.during.lower, uuid4()
    for _ in range(2):
        dose_checking.check_dose(
            visit_id=first.id,
            form_id=form_id,
            in_hand=courses.in_hand(first),
            taken_at=at,
            actor=ward.mona,
            now=at,
        )
    assert SessionEvent.objects.filter(kind="dose_checked").count() == 1


def test_a_drip_waits_for_a_second_person_who_is_not_the_first(ward):
    visit = begun(ward, "racemic_iv_clinic")
    at = visit.during.lower
    courses.name_escort(ward, visit, now=at)
    courses.check_all(ward, visit, at)
    courses.take_vitals(ward, visit, at)
    form_id = uuid4()
    dose_checking.check_dose(
        visit_id=visit.id,
        form_id=form_id,
        in_hand=courses.in_hand(visit),
        taken_at=at,
        actor=ward.mona,
        now=at,
    )
    check = SessionEvent.objects.get(form_id=form_id)

    def sign(actor, about=check.id):
        return dose_checking.witness(visit_id=visit.id, form_id=uuid4(), about_id=about, actor=actor, now=at)

    with pytest.raises(session_refusals.DoseHeld, match="second person"):
        dose(ward, visit, at, 35.0)
    with pytest.raises(dose_checking.SamePerson):
        sign(ward.mona)
    with pytest.raises(dose_checking.NothingToWitness):
        sign(ward.ben, uuid4())
    sign(ward.ben)
    dose(ward, visit, at, 35.0)
    told = str(paper(visit.id, "note", actor=ward.mona, now=at))
    assert f"seen by a second person · {ward.ben.name}" in told
    assert "lot L1" in told
