from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, transaction

from sojourn.program.audit.models import Entry
from sojourn.program.people import actions
from sojourn.program.people.actors import VISITOR, actor_of
from sojourn.program.people.models import CareTeamMember, Credential, Patient, Practice, StaffMember, User
from sojourn.program.people.policy import MAY, NotAllowed
from sojourn.program.people.roles import Role
from tests.support.ward import NOW, PASSWORD

pytestmark = pytest.mark.django_db


def join(ward, **changes):
    facts = {
        "name": "Zoë Okonkwo-Ibáñez", "born_on": date(1990, 1, 1), "email": "zoe@example.org", "password": PASSWORD,
        "phone": "", "state": "CA", "site_id": ward.oakland, "now": NOW,
    } | changes  # fmt: skip
    return actions.join_practice(**facts)


def test_a_visitor_becomes_a_patient_who_can_sign_in(ward):
    zoe = join(ward)
    user = User.objects.get(email="zoe@example.org")
    assert user.check_password(PASSWORD)
    assert actor_of(user) == zoe
    assert Entry.objects.filter(did="joined the practice", patient_id=zoe.patient_id).count() == 1


def test_an_email_is_taken_whatever_its_case_and_nothing_is_stored(ward):
    join(ward)
    before = Patient.objects.count()
    with pytest.raises(actions.EmailTaken):
        join(ward, email=" ZOE@Example.org")
    assert Patient.objects.count() == before


def test_a_weak_password_is_refused_with_the_reason(ward):
    with pytest.raises(actions.PasswordTooWeak) as weak:
        join(ward, password="short")
    assert any("12 characters" in message for message in weak.value.messages)
    assert not User.objects.filter(email="zoe@example.org").exists()


@pytest.mark.parametrize("name", ["أميرة بنت خالد", "E\u0301lodie", "N" * 300, "<script>alert(1)</script>"])
def test_a_name_is_stored_just_as_it_was_typed(ward, name):
    zoe = join(ward, name=name)
    assert Patient.objects.get(pk=zoe.patient_id).name == name


def test_a_practice_is_opened_once(ward):
    with pytest.raises(actions.PracticeAlreadyOpen):
        actions.open_practice(
            name="Another", site_name="X", site_address="X", site_state="CA", site_timezone="America/Los_Angeles",
            director_name="X", email="x@example.org", password=PASSWORD, now=NOW,
        )  # fmt: skip
    assert Practice.objects.count() == 1


def test_only_a_director_adds_staff(ward):
    with pytest.raises(NotAllowed):
        actions.add_staff_member(
            name="Eve", email="eve@example.org", password=PASSWORD, roles=[Role.MEDICAL_DIRECTOR],
            site_ids=[ward.oakland], actor=ward.cora, now=NOW,
        )  # fmt: skip


def test_a_staff_member_who_left_is_a_visitor(ward):
    StaffMember.objects.filter(pk=ward.ben.staff_id).update(left_on=NOW.date())
    assert actor_of(User.objects.get(pk=ward.ben.user_id)) == VISITOR


def test_a_care_team_keeps_its_history_when_a_therapist_changes(ward):
    later = NOW + timedelta(days=3)
    actions.work_at(staff_id=ward.theo.staff_id, site_ids=[ward.oakland], actor=ward.dora, now=NOW)
    actions.put_on_care_team(
        patient_id=ward.ada.patient_id,
        staff_id=ward.theo.staff_id,
        role=Role.THERAPIST,
        actor=ward.cora,
        now=later,
    )
    told = CareTeamMember.objects.filter(patient_id=ward.ada.patient_id, role=Role.THERAPIST).order_by(
        "since_at"
    )
    assert [(m.staff_member_id, m.until_at) for m in told] == [
        (ward.thea.staff_id, later),
        (ward.theo.staff_id, None),
    ]


def test_every_change_of_a_credential_is_kept(ward):
    paper = Credential.objects.filter(staff_member=ward.ben.staff_id).first()
    paper.number = "CA-NEW-1"
    paper.save()
    assert paper.events.count() == 2


def test_the_log_of_deeds_refuses_to_be_changed(ward):
    for change in (lambda e: e.update(did="something else"), lambda e: e.delete()):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change(Entry.objects.all())


def test_every_deed_names_known_roles():
    assert all(roles and roles <= frozenset(Role) and Role.VISITOR not in roles for roles in MAY.values())
