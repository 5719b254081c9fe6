from datetime import timedelta

import pytest
from django.urls import reverse

from sojourn.clinical.evidence.lessons import lessons
from sojourn.program.audit import actions as audit
from sojourn.program.education.actions import answer_check
from sojourn.program.measures import actions as measures
from tests.support import courses, histories
from tests.support.questionnaires import TODAY, all_zero, ask
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
PAGE = "/today/"


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def ada(ward, sign_in):
    return sign_in(ward.ada)


def page_of(client):
    response = client.get(PAGE)
    assert response.status_code == 200
    return response


def step_of(client):
    return page_of(client).context["next_step"]


def line_of(client, title):
    return next(line for line in page_of(client).context["ready"] if line.title == title)


def saw(ward, who, at):
    audit.record(
        who, "saw the chart", about=("patient", ward.ada.patient_id), at=at, patient_id=ward.ada.patient_id
    )


def answer(ward, request_id, at=NOW):
    measures.submit_response(request_id=request_id, raw_answers=all_zero(), answered_at=at, actor=ward.ada)


def test_somebody_without_an_assessment_is_led_to_it(ada):
    assert step_of(ada).url == reverse("portal:assessment")


def test_somebody_waiting_for_a_decision_is_asked_for_nothing(ward, ada):
    histories.assessed(ward.ada.patient_id, NOW)
    page = page_of(ada)
    assert page.context["next_step"].url == ""
    assert "A clinician is looking at your answers" in page.content.decode()


def test_a_questionnaire_that_is_due_comes_before_everything_else(ward, ada):
    courses.start(ward)
    request_id = ask(ward)
    assert step_of(ada).url == reverse("portal:questionnaire", args=[request_id])


def test_the_consent_comes_before_a_questionnaire_that_is_only_open_early(ward, ada):
    courses.start(ward)
    measures.request_questionnaire(
        patient_id=ward.ada.patient_id,
        instrument_id="phq-9",
        occasion="week 1",
        opens_on=TODAY,
        due_on=TODAY + timedelta(days=2),
        closes_on=TODAY + timedelta(days=6),
        actor=ward.cora,
        now=NOW,
    )
    assert step_of(ada).url == reverse("portal:consents")
    courses.sign_consent(ward)
    assert "/questionnaires/" in step_of(ada).url


def test_a_questionnaire_whose_window_is_over_is_not_asked_for(ward, ada):
    ask(ward, due_on=TODAY - timedelta(days=8))
    assert "/questionnaires/" not in step_of(ada).url


def test_what_is_missing_turns_into_what_is_there(ward, ada):
    course = courses.start(ward)
    assert not line_of(ada, "Consent").is_done
    assert not line_of(ada, "Visits").is_done
    courses.sign_consent(ward)
    visits = courses.book(ward, course)
    assert line_of(ada, "Consent").is_done
    assert line_of(ada, "Visits").is_done
    assert not line_of(ada, "Preparation talk").is_done
    assert not line_of(ada, "Somebody who takes you home").is_done
    courses.name_escort(ward, next(visit for visit in visits if visit.kind == "dosing"))
    assert line_of(ada, "Somebody who takes you home").says == "Nils Núñez"


def test_lessons_with_questions_are_named_until_each_is_understood(ward, ada):
    courses.start(ward)
    title = "What to know before a session"
    asked = [each for each in lessons() if each.questions]
    for number, each in enumerate(asked):
        line = line_of(ada, title)
        assert line.url == reverse("portal:lesson", args=[each.id])
        assert line.says == ", ".join(left.title for left in asked[number:])
        right = {question.id: question.correct for question in each.questions}
        answer_check(lesson=each, answers=right, actor=ward.ada, now=NOW)
    assert line_of(ada, title).is_done


def test_a_sitter_at_home_is_not_called_a_ride(ward, ada):
    course = courses.start(ward, "racemic_sl_home")
    courses.book(ward, course)
    assert not line_of(ada, "Somebody who stays with you").is_done


def test_the_sentence_says_which_session_of_how_many_and_when_at_the_site(ward, sign_in, time_machine):
    course = courses.start(ward)
    courses.book(ward, course)
    preparation = courses.visit_of(course, "preparation", 1)
    courses.hold(ward, preparation)
    dose = courses.visit_of(course, "dosing", 1)
    time_machine.move_to(dose.during.lower - timedelta(hours=1), tick=False)
    ada = sign_in(ward.ada)
    assert "Dosing session 1 of 8 is today at 9:00 AM PST" in page_of(ada).content.decode()
    time_machine.move_to(dose.during.lower + timedelta(minutes=1), tick=False)
    assert "Dosing session 1 of 8 is now" in page_of(ada).content.decode()


def test_during_a_session_nothing_is_asked_and_afterwards_it_is(ward, sign_in, time_machine):
    course = courses.start(ward)
    courses.book(ward, course)
    courses.sign_consent(ward)
    dose = courses.visit_of(course, "dosing", 1)
    ask(ward, due_on=dose.during.lower.date())
    for moment, title in (
        (dose.during.lower - timedelta(minutes=1), "Your mood over the last two weeks"),
        (dose.during.lower, "Nothing is needed from you now"),
        (dose.during.upper, "Your mood over the last two weeks"),
    ):
        time_machine.move_to(moment, tick=False)
        assert step_of(sign_in(ward.ada)).title == title


def test_a_missing_consent_is_asked_for_even_at_the_time_of_the_session(ward, sign_in, time_machine):
    course = courses.start(ward)
    courses.book(ward, course)
    time_machine.move_to(courses.visit_of(course, "dosing", 1).during.lower, tick=False)
    assert step_of(sign_in(ward.ada)).url == reverse("portal:consents")


def test_what_will_be_asked_before_the_dose_is_told_with_its_source(ward, ada):
    courses.book(ward, courses.start(ward))
    said = page_of(ada).content.decode()
    assert "No food for 2 hours" in said
    assert "No solid food for 6 hours" not in said, "that is asked before an infusion"
    assert "Source:" in said


def test_it_says_who_read_the_last_answers_and_when(ward, ada):
    answer(ward, ask(ward), at=NOW - timedelta(hours=3))
    assert "Nobody has opened your record since then" in page_of(ada).content.decode()
    saw(ward, ward.thea, NOW - timedelta(hours=4))
    assert "Nobody has opened your record since then" in page_of(ada).content.decode()
    saw(ward, ward.ben, NOW - timedelta(hours=1))
    said = page_of(ada).content.decode()
    assert "Nov 24, 2026, 6:00 AM PST: Ben Adeyemi (prescriber) opened your record." in said
    assert "Thea" not in said


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        ("suitable", "A clinician found that this treatment may suit you"),
        ("needs_more", "A clinician needs to know more before deciding"),
        ("referred", "A clinician decided against this treatment for now"),
        ("declined", "A clinician decided against this treatment for now"),
    ],
)
def test_each_decision_is_told_in_one_sentence(ward, ada, outcome, says):
    courses.decide(ward, outcome=outcome)
    assert says in page_of(ada).content.decode()


@pytest.mark.parametrize(
    ("how", "says"), [("completed", "Your course is complete"), ("stopped", "Your course has ended")]
)
def test_the_end_of_a_course_is_told(ward, ada, how, says):
    begun = NOW - timedelta(days=60)
    histories.decided(ward, histories.assessed(ward.ada.patient_id, begun), "suitable", begun)
    histories.course(
        ward,
        ward.ada.patient_id,
        begun,
        ended_at=NOW - timedelta(days=2),
        ended_how=how,
        ended_because="as agreed",
    )
    assert says in page_of(ada).content.decode()


def test_help_is_on_the_page_and_another_patient_sees_nothing_of_ada(ward, ada, sign_in):
    courses.book(ward, courses.start(ward))
    assert "tel:988" in page_of(ada).content.decode()
    bea = page_of(sign_in(ward.bea))
    assert bea.context["visits"] == []
    assert "Ada" not in bea.content.decode()


@pytest.mark.parametrize("much", [False, True])
def test_the_page_asks_a_fixed_number_of_times(ward, ada, much, django_assert_num_queries):
    answer(ward, ask(ward, due_on=TODAY - timedelta(days=2)))
    course = courses.start(ward)
    saw(ward, ward.ben, NOW)
    if much:
        courses.book(ward, course)
        for days in range(1, 30):
            ask(ward, due_on=TODAY + timedelta(days=days))
            saw(ward, ward.thea, NOW)
    page_of(ada)
    with django_assert_num_queries(23 if much else 16):  # a booked session asks what it still needs
        page_of(ada)
