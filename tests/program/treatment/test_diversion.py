"""Signs about the medicine: read off the records, noted by staff, and what they hold; settled by a prescriber with a reason."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from sojourn.clinical.monitoring.diversion import Level
from sojourn.program.people.policy import NotAllowed
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import DoseOrder
from sojourn.program.treatment import actions, diversion, session_refusals, tablets
from sojourn.program.treatment.holding import holds_of
from sojourn.program.treatment.models import NotedSign, SettledSign
from sojourn.program.treatment.session_places import tell_place
from tests.support import courses
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
HOLD = "The prescriber talks with the patient before the next dose"


@pytest.fixture
def home(ward):
    return courses.first_session(ward, "racemic_sl_home")


def note(ward, sign, *, days=0, actor=None, now=NOW, form_id=None, **more):
    diversion.note_sign(
        patient_id=ward.ada.patient_id, form_id=form_id or uuid4(), sign=sign, seen_on=now.date() - timedelta(days=days),
        words="Told on the telephone.", actor=actor or ward.mona, now=now, **more,
    )  # fmt: skip


def standing(ward, now=NOW, actor=None):
    return diversion.signs_of(ward.ada.patient_id, actor=actor or ward.ben, now=now)


def count(ward, visit, counted, now=NOW):
    tablets.count_tablets(course_id=visit.course_id, counted=counted, words="", actor=ward.cora, now=now)


def ship(ward, visit, n, doses=2, now=NOW):
    tablets.ship_tablets(
        course_id=visit.course_id, tablets=n, lot="T7", expires_on=(now + timedelta(days=400)).date(), doses=doses,
        actor=ward.cora, now=now,
    )  # fmt: skip


def holds(ward, visit, at):
    return [hold.says for hold in holds_of(courses.session_at(ward, visit, at), actor=ward.mona, now=at)]


def test_three_different_signs_hold_the_next_dose_until_one_is_settled(ward, home):
    at = courses.make_ready(ward, home)
    note(ward, "lost")
    note(ward, "craving")
    assert standing(ward).now.level is Level.TALK
    assert not any(HOLD in says for says in holds(ward, home, at))
    note(ward, "family")
    assert any(HOLD in says for says in holds(ward, home, at))
    with pytest.raises(session_refusals.DoseHeld, match=HOLD):
        actions.begin_dosing(
            visit_id=home.id, form_id=uuid4(), mg=courses.session_at(ward, home, at).ordered_mg, words="",
            taken_at=at, actor=ward.mona, now=at,
        )  # fmt: skip
    lost = standing(ward).now.signs[0].seen[0]
    diversion.settle_sign(
        patient_id=ward.ada.patient_id, key=lost.key, why="Spilled on camera.", actor=ward.ben, now=NOW
    )
    assert standing(ward).now.level is Level.TALK
    assert standing(ward).settled[0].why == "Spilled on camera."
    assert not any(HOLD in says for says in holds(ward, home, at))


def test_what_is_said_beside_the_bed_accuses_nobody(ward, home):
    at = courses.make_ready(ward, home)
    for sign in ("lost", "craving", "family"):
        note(ward, sign)
    said = next(says for says in holds(ward, home, at) if HOLD in says)
    for word in ("diversion", "sign", "lost", "craving", "misuse", "family"):
        assert word not in said.casefold()


def test_a_count_off_by_two_holds_dose_and_shipment_by_itself_and_by_one_only_counts(ward, home):
    ship(ward, home, 4)
    count(ward, home, 3)
    assert standing(ward).now.level is Level.NOTE
    count(ward, home, 2, now=NOW + timedelta(days=1))
    found = standing(ward, now=NOW + timedelta(days=1)).now
    assert found.level is Level.HOLD
    assert found.signs[0].seen[0].evidence == "2 counted, 4 must remain"
    assert found.signs[0].seen[0].by == ward.cora.name
    with pytest.raises(tablets.ShipmentHeld, match="until a prescriber has talked"):
        ship(ward, home, 2, now=NOW + timedelta(days=1, hours=1))


def test_who_counts_again_the_same_day_corrects_the_count(ward, home):
    ship(ward, home, 4)
    count(ward, home, 1)
    count(ward, home, 4, now=NOW + timedelta(minutes=5))
    assert standing(ward).now.level is Level.NONE


def test_a_count_at_the_dose_check_is_a_sign_and_the_last_check_of_a_session_stands(ward, home):
    ship(ward, home, 4)
    at = courses.make_ready(ward, home)
    courses.check_dose(ward, home, at, count=1)
    assert standing(ward, now=at).now.level is Level.HOLD
    courses.check_dose(ward, home, at + timedelta(minutes=1), count=4)
    assert standing(ward, now=at + timedelta(minutes=1)).now.level is Level.NONE


def test_two_signs_let_medicine_out_for_a_week_at_a_time(ward, home):
    ship(ward, home, 2)
    later = NOW + timedelta(days=40)
    count(ward, home, 2, now=later)
    note(ward, "lost", now=later)
    note(ward, "craving", now=later)
    with pytest.raises(tablets.ShipmentHeld, match="a week at a time"):
        ship(ward, home, 4, doses=4, now=later)
    ship(ward, home, 2, doses=2, now=later)


def test_two_increases_at_home_are_read_off_the_orders(ward, home):
    for days, mg in ((1, 110), (2, 125)):
        DoseOrder.objects.create(
            course_id=home.course_id,
            dose_mg=mg,
            ordered_by_id=ward.ben.staff_id,
            ordered_at=NOW + timedelta(days=days),
        )
    found = standing(ward, now=NOW + timedelta(days=3)).now
    assert [each.sign.id for each in found.signs] == ["tolerance"]
    assert "110 to 125 mg" in found.signs[0].seen[0].evidence


def test_addresses_that_change_are_read_off_the_places(ward, home):
    later = [courses.visit_of(home.course, VisitKind.DOSING, n) for n in (1, 2, 3)]
    for n, visit in enumerate(later):
        tell_place(
            visit_id=visit.id, address=f"{n} Elm Street", callback="555", emergency_department="General", wishes="",
            read_back=True, actor=ward.mona, now=NOW + timedelta(days=n),
        )  # fmt: skip
    found = standing(ward, now=NOW + timedelta(days=3)).now
    assert [each.sign.id for each in found.signs] == ["address_changes"]


def test_an_early_ask_is_a_sign_only_more_than_five_days_before_it_is_due(ward, home):
    with pytest.raises(diversion.NotEarly):
        note(ward, "early_ask", due_on=NOW.date() + timedelta(days=5))
    with pytest.raises(diversion.NotEarly):
        note(ward, "early_ask")
    note(ward, "early_ask", due_on=NOW.date() + timedelta(days=6))
    assert "due on" in standing(ward).now.signs[0].seen[0].evidence


def test_the_same_form_twice_is_one_sign(ward, home):
    form_id = uuid4()
    for _ in range(2):
        note(ward, "lost", form_id=form_id)
    assert NotedSign.objects.count() == 1


@pytest.mark.parametrize("sign", ["count_differs", "tolerance", "address_changes", "bad_hair", ""])
def test_what_records_tell_is_not_noted_by_hand(ward, home, sign):
    with pytest.raises(diversion.NoSuchSign):
        note(ward, sign)


def test_no_sign_is_of_tomorrow_and_none_without_words(ward, home):
    with pytest.raises(diversion.DayImpossible):
        note(ward, "lost", days=-1)
    with pytest.raises(diversion.WordsMissing):
        diversion.note_sign(
            patient_id=ward.ada.patient_id, form_id=uuid4(), sign="lost", seen_on=NOW.date(), words="  ",
            actor=ward.mona, now=NOW,
        )  # fmt: skip


def test_who_may_note_settle_and_see(ward, home):
    note(ward, "lost", actor=ward.thea)
    key = standing(ward).now.signs[0].seen[0].key
    for nobody in (ward.cora, ward.ada):
        assert standing(ward, actor=nobody) is None
        with pytest.raises(NotAllowed):
            note(ward, "lost", actor=nobody)
    assert standing(ward, actor=ward.cleo) is None, "of another site"
    with pytest.raises(NotAllowed):
        diversion.settle_sign(patient_id=ward.ada.patient_id, key=key, why="x", actor=ward.mona, now=NOW)
    with pytest.raises(diversion.WordsMissing):
        diversion.settle_sign(patient_id=ward.ada.patient_id, key=key, why=" ", actor=ward.ben, now=NOW)
    with pytest.raises(diversion.NoSuchSign):
        diversion.settle_sign(patient_id=ward.ada.patient_id, key="noted:x", why="x", actor=ward.ben, now=NOW)


def test_signs_and_what_was_settled_are_never_changed(ward, home):
    note(ward, "lost")
    key = standing(ward).now.signs[0].seen[0].key
    diversion.settle_sign(patient_id=ward.ada.patient_id, key=key, why="Found.", actor=ward.ben, now=NOW)
    for rows in (NotedSign.objects.all(), SettledSign.objects.all()):
        for change in (lambda rows: rows.delete(), lambda rows: rows.update(patient_id=ward.ada.patient_id)):
            with pytest.raises(DatabaseError), transaction.atomic():
                change(rows)
