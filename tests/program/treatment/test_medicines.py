"""Changes of medicines: marked beside the scores, struck when wrong, never edited."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from sojourn.program.people.policy import NotAllowed
from sojourn.program.treatment import medicines
from sojourn.program.treatment.models import MedicineChange
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 20)


def record(ward, medicine="sertraline", what="started", on=ON, by=None):
    return medicines.record_medicine_change(
        patient_id=ward.ada.patient_id,
        medicine=medicine,
        what=what,
        on=on,
        detail="50 mg",
        actor=by or ward.ben,
        now=NOW,
    )


def lines(ward, by=None):
    return medicines.medicine_changes_of(ward.ada.patient_id, actor=by or ward.ben)


def test_a_change_is_recorded_once_and_signed(ward):
    assert record(ward) == record(ward, medicine="  sertraline ")
    (line,) = lines(ward)
    assert (line.label, line.by, line.on) == ("sertraline started", ward.ben.name, ON)


@pytest.mark.parametrize("on", [date(2026, 11, 25), date(1984, 5, 1)])
def test_a_day_after_today_or_before_birth_is_refused(ward, on):
    with pytest.raises(medicines.DayImpossible):
        record(ward, on=on)


def test_the_edges_of_the_days_are_taken(ward):
    record(ward, on=date(2026, 11, 24))
    record(ward, on=date(1984, 5, 2))
    assert len(lines(ward)) == 2


def test_a_change_names_a_medicine_and_what_happened(ward):
    with pytest.raises(medicines.MedicineMissing):
        record(ward, medicine=" ")
    with pytest.raises(medicines.NoSuchChange):
        record(ward, what="doubled")


def test_a_wrong_line_is_struck_with_a_reason_and_may_be_recorded_again(ward):
    change = record(ward)
    with pytest.raises(medicines.ReasonMissing):
        medicines.strike_medicine_change(change_id=change, because=" ", actor=ward.ben, now=NOW)
    medicines.strike_medicine_change(change_id=change, because="wrong patient", actor=ward.ben, now=NOW)
    assert [line.struck_because for line in lines(ward)] == ["wrong patient"]
    record(ward)
    assert len(lines(ward)) == 2


def test_lines_are_never_edited_and_a_struck_one_stays_struck(ward):
    change = record(ward)
    with pytest.raises(DatabaseError), transaction.atomic():
        MedicineChange.objects.update(on=ON - timedelta(days=1))
    medicines.strike_medicine_change(change_id=change, because="wrong day", actor=ward.ben, now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        MedicineChange.objects.update(struck_because="other")


def test_strangers_see_none_and_record_none(ward):
    change = record(ward)
    assert lines(ward, ward.cleo) == ()
    with pytest.raises(NotAllowed):
        record(ward, by=ward.cleo)
    with pytest.raises(NotAllowed):
        record(ward, by=ward.cora)
    with pytest.raises(medicines.NoSuchChange):
        medicines.strike_medicine_change(change_id=change, because="x", actor=ward.cleo, now=NOW)
