from datetime import timedelta

import pytest
from django.urls import reverse

from sojourn.program.audit.models import Entry
from sojourn.program.plans.choices import VisitKind
from sojourn.program.treatment.models import PrivateNote, VisitNote
from tests.support import courses

pytestmark = pytest.mark.django_db
BETWEEN = "/workspace/between-doses/"


@pytest.fixture
def dosed(ward, time_machine):
    """Ada's course after its first dose; it is the morning of her first integration."""
    course = courses.prepare(ward)
    courses.run_session(ward, courses.visit_of(course, VisitKind.DOSING, 1))
    talk = courses.visit_of(course, VisitKind.INTEGRATION, 1)
    time_machine.move_to(talk.during.upper, tick=False)
    return talk


def page_of(ward):
    return reverse("workspace:between_patient", args=[ward.ada.patient_id])


def text_of(response):
    return response.content.decode()


def test_the_list_counts_the_days_and_names_what_is_owed(ward, dosed, sign_in, django_assert_num_queries):
    client = sign_in(ward.thea)
    client.get(BETWEEN)
    with django_assert_num_queries(7):
        page = text_of(client.get(BETWEEN))
    assert "1 day since dose 1" in page
    assert "2 days until dose 2" in page
    assert "Integration 1 due by Fri Dec 4" in page
    assert "Nobody is in treatment" in text_of(sign_in(ward.theo).get(BETWEEN))


def test_a_dose_booked_before_its_integration_was_held_is_marked(ward, dosed, sign_in, time_machine):
    time_machine.move_to(dosed.during.upper + timedelta(hours=3), tick=False)
    assert "Dose 2 is booked before integration 1 is held" in text_of(sign_in(ward.thea).get(BETWEEN))


def test_a_note_is_written_once_and_holds_the_visit(ward, dosed, sign_in):
    client = sign_in(ward.thea)
    sent = {
        "note-visit": dosed.id,
        "note-shared": "She spoke of the shore.",
        "note-to_prescriber": "Sleeps.",
        "do": "note",
    }
    refused = client.post(page_of(ward), sent | {"note-shared": " "})
    assert "an empty one holds no visit" in text_of(refused)
    assert "Sleeps." in text_of(refused)
    written = text_of(client.post(page_of(ward), sent, follow=True))
    assert "Note written. The visit counts as held." in written
    assert "She spoke of the shore." in written
    again = text_of(client.post(page_of(ward), sent))
    assert "has its note already" in again
    assert VisitNote.objects.filter(visit=dosed).count() == 1


def test_markup_and_other_scripts_in_a_note_are_shown_as_text(ward, dosed, sign_in):
    client = sign_in(ward.thea)
    words = "<script>alert(1)</script> ואז שקט e\u0301"
    page = client.post(
        page_of(ward), {"note-visit": dosed.id, "note-shared": words, "do": "note"}, follow=True
    )
    assert "&lt;script&gt;alert(1)&lt;/script&gt; ואז שקט e\u0301" in text_of(page)


def test_a_private_note_is_on_the_page_of_its_author_only(ward, dosed, sign_in):
    client = sign_in(ward.thea)
    sent = {"private-text": "My own unease.", "do": "private"}
    for _ in range(2):
        assert "My own unease." in text_of(client.post(page_of(ward), sent, follow=True))
    assert PrivateNote.objects.count() == 1
    for other in (ward.dora, ward.ben):
        page = text_of(sign_in(other).get(page_of(ward)))
        assert "My own unease." not in page
        assert "private notes" not in page


def test_a_prescriber_reads_the_shared_notes_and_the_log_says_so(ward, dosed, sign_in):
    sign_in(ward.ben).get(page_of(ward))
    seen = Entry.objects.get(did="saw the notes")
    assert (seen.actor_id, seen.patient_id) == (ward.ben.user_id, ward.ada.patient_id)


def test_a_therapist_outside_the_care_team_finds_nothing(ward, dosed, sign_in):
    assert sign_in(ward.theo).get(page_of(ward)).status_code == 404


def test_the_page_of_a_patient_asks_a_fixed_number_of_times(ward, dosed, sign_in, django_assert_num_queries):
    client = sign_in(ward.thea)
    client.get(page_of(ward))
    with django_assert_num_queries(11):
        client.get(page_of(ward))
