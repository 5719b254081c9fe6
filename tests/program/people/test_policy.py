import pytest

from sojourn.program.people.models import Patient
from sojourn.program.people.policy import NotAllowed, patients_visible_to, require

pytestmark = pytest.mark.django_db


def names(actor):
    return set(Patient.objects.filter(patients_visible_to(actor)).values_list("name", flat=True))


def test_staff_see_the_patients_of_their_own_site(ward):
    assert names(ward.ben) == names(ward.mona) == names(ward.cora) == {"Ada Núñez"}
    assert names(ward.cleo) == {"Bea Thornton"}


def test_a_therapist_sees_only_patients_whose_care_team_they_are_on(ward):
    assert names(ward.thea) == {"Ada Núñez"}
    assert names(ward.theo) == set()


def test_a_patient_sees_only_themselves_and_a_director_everyone(ward):
    assert names(ward.ada) == {"Ada Núñez"}
    assert names(ward.dora) == {"Ada Núñez", "Bea Thornton"}


def test_a_deed_outside_the_role_is_refused(ward):
    with pytest.raises(NotAllowed):
        require(ward.mona, "decide eligibility", patient_id=ward.ada.patient_id)


def test_a_deed_on_a_patient_of_another_site_is_refused(ward):
    with pytest.raises(NotAllowed):
        require(ward.cleo, "decide eligibility", patient_id=ward.ada.patient_id)
    require(ward.ben, "decide eligibility", patient_id=ward.ada.patient_id)
