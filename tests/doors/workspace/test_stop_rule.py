"""A prescriber proposes, agrees, reads where a rule stands, and records the conversation it asks for."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from sojourn.clinical.outcomes.stop_rule import Terms
from sojourn.program.treatment.models import StopConversation, StopRuleOffer
from tests.support import courses, stop_rules
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def course(ward):
    return courses.start(ward)


@pytest.fixture
def held(ward, course, time_machine):
    """Three doses without a fall; it is the evening before the fourth."""
    stop_rules.agree(ward, course)
    stop_rules.sign(ward, may_contact=("my prescriber",), trusted_name="Nils Núñez", trusted_phone="555-0101")
    coming = stop_rules.dosed(ward, course, courses.book(ward, course), [18, 17, 18])
    time_machine.move_to(coming[0].during.lower - timedelta(hours=12), tick=False)
    return coming[0]


def page_of(ward):
    return reverse("workspace:stop_rule", args=[ward.ada.patient_id])


def text_of(response):
    return " ".join(unescape(response.content.decode()).split())


def talk(**changed):
    return {
        "deed": "talk",
        "talk-choice": "go_on",
        "talk-words": "Sleeps better.",
        "talk-again_by": "5",
        **changed,
    }


def test_terms_are_proposed_before_the_patient_signs(ward, course, sign_in):
    client = sign_in(ward.ben)
    assert "No rule is signed for this course yet" in text_of(client.get(page_of(ward)))
    client.post(page_of(ward), {"deed": "offer", "terms-fall": "phq-9:8", "terms-by_session": "5"})
    assert StopRuleOffer.objects.get().points == 8
    page = text_of(client.get(page_of(ward)))
    assert "Proposed: If my PHQ-9 score has not fallen by 8 points by session 5" in page


@pytest.mark.parametrize(
    "outside", [{"terms-fall": "phq-9:5"}, {"terms-by_session": "9"}, {"terms-fall": "x"}]
)
def test_terms_outside_the_bounds_are_not_proposed(ward, course, sign_in, outside):
    sent = {"deed": "offer", "terms-fall": "phq-9:8", "terms-by_session": "5"} | outside
    assert sign_in(ward.ben).post(page_of(ward), sent).status_code == 422
    assert not StopRuleOffer.objects.exists()


def test_what_the_patient_chose_otherwise_is_agreed_with_one_press(ward, course, sign_in):
    stop_rules.sign(ward, Terms("gad-7", 5, 4))
    client = sign_in(ward.ben)
    assert "to agree" in text_of(client.get(reverse("workspace:decisions")))
    assert "Agree to this rule" in text_of(client.get(page_of(ward)))
    client.post(page_of(ward), {"deed": "agree"})
    assert "Holds no dose" in text_of(client.get(page_of(ward)))


def test_a_rule_that_is_due_stands_on_decisions_inbox_and_chart_with_its_uncertainty(ward, held, sign_in):
    client = sign_in(ward.ben)
    for name in ("workspace:decisions", "workspace:inbox"):
        page = text_of(client.get(reverse(name)))
        assert "stop and talk" in page
        assert "mean fall" in page
        assert "95 % range" in page
    assert "Conversation due" in text_of(client.get(reverse("workspace:chart", args=[ward.ada.patient_id])))


def test_the_page_shows_scores_choices_with_sources_and_whom_to_call(ward, held, sign_in):
    page = text_of(sign_in(ward.ben).get(page_of(ward)))
    for shown in (
        "Conversation due, next dose held",
        "Change the dose",
        "A second opinion",
        "End well",
        "Nils Núñez, 555-0101",
    ):
        assert shown in page
    assert "ELEKT-D" in page
    assert "Policy of this program" in page
    assert page.count("Source:") >= 8


def test_the_conversation_is_recorded_and_the_dose_is_free(ward, held, sign_in):
    client = sign_in(ward.ben)
    page = text_of(client.post(page_of(ward), talk(), follow=True))
    assert "The conversation is recorded." in page
    assert "Holds no dose" in page
    assert "looked at again at session 5" in page
    assert "stop and talk" not in text_of(client.get(reverse("workspace:decisions")))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"talk-words": " "}, "Say in a line what was agreed."),
        ({"talk-choice": ""}, "Choose how both go on."),
        ({"talk-choice": "dance"}, "Select a valid choice."),
        ({"talk-again_by": "2"}, "Name a session to come"),
        ({"talk-choice": "end_well"}, "Name a session to come"),
    ],
)
def test_a_conversation_that_lacks_something_is_not_recorded(ward, held, sign_in, changed, message):
    response = sign_in(ward.ben).post(page_of(ward), talk(**changed))
    assert response.status_code == 422
    assert message in text_of(response)
    assert not StopConversation.objects.exists()


def test_a_therapist_sees_in_the_inbox_that_a_conversation_is_due_and_no_form(ward, held, sign_in):
    client = sign_in(ward.thea)
    assert "Stop and talk before the next dose" in text_of(client.get(reverse("workspace:inbox")))
    assert client.get(page_of(ward)).status_code == 403


def test_without_an_open_course_the_page_leads_back_to_the_chart(ward, sign_in):
    page = text_of(sign_in(ward.ben).get(page_of(ward), follow=True))
    assert "There is no open course" in page


def test_a_stranger_finds_nothing(ward, held, sign_in):
    assert sign_in(ward.cleo).get(page_of(ward)).status_code == 404
    assert "Ada" not in text_of(sign_in(ward.cleo).get(reverse("workspace:decisions")))
