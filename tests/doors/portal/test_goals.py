"""One tap a week, in the patient's own words."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from sojourn.program.measures import goals
from sojourn.program.measures.links import make_link, token_of
from sojourn.program.measures.models import Goal, GoalRating
from tests.support.questionnaires import all_zero, ask
from tests.support.stop_rules import scored
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
GOALS, TODAY = "/goals/", "/today/"


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def ada(ward, sign_in):
    return sign_in(ward.ada)


@pytest.fixture
def goal(ward):
    return goals.name_goal(patient_id=ward.ada.patient_id, words="Cook <once> a day", actor=ward.ada, now=NOW)


def text_of(response):
    return " ".join(unescape(response.content.decode()).split())


def test_a_goal_is_named_in_own_words_and_shown_as_text(ada):
    page = ada.post(GOALS, {"deed": "name", "words": "Cook <once> a day"}, follow=True)
    assert b"Cook &lt;once&gt; a day" in page.content
    assert Goal.objects.get().words == "Cook <once> a day"


def test_one_tap_on_the_day_rates_it_and_leads_back_there(ada, goal):
    assert "Cook <once> a day" in text_of(ada.get(TODAY))
    response = ada.post(
        reverse("portal:rate_goal", args=[goal]), {"value": "3", "back": "today"}, follow=True
    )
    assert response.redirect_chain[-1][0] == TODAY
    assert 'aria-pressed="true">mostly' in text_of(response)
    assert GoalRating.objects.get().value == 3


@pytest.mark.parametrize("value", ["", "5", "-1", "99", "three", "٣"])
def test_any_other_value_keeps_nothing_and_says_so(ada, goal, value):
    response = ada.post(reverse("portal:rate_goal", args=[goal]), {"value": value}, follow=True)
    assert "Nothing was kept" in text_of(response)
    assert not GoalRating.objects.exists()


def test_the_weeks_so_far_are_a_picture_with_words_and_gaps_as_gaps(goal, ward, sign_in, time_machine):
    goals.rate_goal(goal_id=goal, value=1, actor=ward.ada, now=NOW)
    goals.rate_goal(goal_id=goal, value=4, actor=ward.ada, now=NOW + timedelta(weeks=2))
    time_machine.move_to(NOW + timedelta(weeks=2), tick=False)
    page = text_of(sign_in(ward.ada).get(GOALS))
    assert "Nov 23: a little; Nov 30: not rated; Dec 7: there" in page
    assert "2 weeks rated, 1 not" in page
    assert "mark--absent" in page


def test_a_goal_is_mended_replaced_and_let_go_on_its_page(ada, goal):
    ada.post(GOALS, {"deed": "reword", "goal": str(goal), "words": "Cook daily"})
    assert Goal.objects.get().words == "Cook daily"
    assert "in your own words" in text_of(
        ada.post(GOALS, {"deed": "replace", "goal": str(goal), "words": ""}, follow=True)
    )
    ada.post(GOALS, {"deed": "replace", "goal": str(goal), "words": "See a friend"})
    page = text_of(
        ada.post(GOALS, {"deed": "end", "goal": str(Goal.objects.get(ended_at=None).id)}, follow=True)
    )
    assert "Goals of before" in page
    assert not Goal.objects.filter(ended_at=None).exists()


def test_another_patients_goal_is_not_found(ward, sign_in, goal):
    bea = sign_in(ward.bea)
    assert bea.post(reverse("portal:rate_goal", args=[goal]), {"value": "1"}).status_code == 404
    assert bea.post(GOALS, {"deed": "end", "goal": str(goal)}).status_code == 404
    assert bea.post(GOALS, {"deed": "end", "goal": "x"}).status_code == 404
    assert Goal.objects.get().ended_at is None


def test_function_well_being_and_goals_stand_apart_from_the_symptoms_in_the_record(ada, ward, goal):
    goals.rate_goal(goal_id=goal, value=2, actor=ward.ada, now=NOW)
    scored(ward.ada, 14, NOW)
    scored(ward.ada, 22, NOW, "wsas")
    scored(ward.ada, 32, NOW, "who-5")
    page = text_of(ada.get("/my-record/"))
    symptoms, living = page[page.index("How you have been") :].split("How life has been", 1)
    assert "PHQ" in symptoms or "14" in symptoms
    living = living.split("Your visits")[0]
    assert "Lower is better." in symptoms
    assert "Higher is better." in living
    assert "Cook <once> a day" in living
    assert "Higher is better." not in symptoms


@pytest.fixture
def by_link(ward, client, goal):
    """The address of a link to one questionnaire, and the answers that fill it."""
    token = token_of(make_link(ask(ward), now=NOW).id)
    return reverse("portal:questionnaire_by_link", args=[token]), reverse("portal:goal_by_link", args=[token])


def test_after_answering_by_a_link_the_goals_can_be_rated_without_a_login(client, by_link, goal):
    answer, rate = by_link
    assert client.post(rate, {"goal": str(goal), "value": "3"}).status_code == 404, "not before the answers"
    assert "Cook <once> a day" in text_of(client.post(answer, all_zero()))
    page = text_of(client.post(rate, {"goal": str(goal), "value": "3"}))
    assert "Kept for this week" in page
    assert GoalRating.objects.get().value == 3


def test_a_link_opens_the_goals_only_in_the_hour_after_the_answers_and_only_its_patients(
    client, by_link, goal, ward, time_machine
):
    answer, rate = by_link
    client.post(answer, all_zero())
    other = goals.name_goal(patient_id=ward.bea.patient_id, words="Cook", actor=ward.bea, now=NOW)
    for sent in (
        {"goal": str(other), "value": "1"},
        {"goal": "x", "value": "1"},
        {"goal": str(goal), "value": "9"},
    ):
        assert client.post(rate, sent).status_code == 404
    assert client.get(rate).status_code == 405
    time_machine.move_to(NOW + timedelta(hours=2), tick=False)
    assert client.post(rate, {"goal": str(goal), "value": "1"}).status_code == 404
    assert not GoalRating.objects.exists()
