"""Goals in the patient's own words: three at most, rated by week, and never lost."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from sojourn.program.audit.models import Entry
from sojourn.program.measures import goals
from sojourn.program.measures.models import Goal, GoalRating
from sojourn.program.people.policy import NotAllowed
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
BED = "Get out of bed without negotiating"


def named(ward, words=BED, by=None, at=NOW):
    return goals.name_goal(patient_id=ward.ada.patient_id, words=words, actor=by or ward.ada, now=at)


def rated(goal_id, value, by, at=NOW):
    goals.rate_goal(goal_id=goal_id, value=value, actor=by, now=at)


def of(ward, by=None):
    return goals.goals_of(ward.ada.patient_id, actor=by or ward.ada)


def test_three_goals_stand_and_a_fourth_is_refused(ward):
    for words in ("Bed", "Call my sister", "Cook"):
        named(ward, words)
    with pytest.raises(goals.ThreeStand):
        named(ward, "Work")
    assert [goal.place for goal in of(ward)] == [1, 2, 3]


def test_the_same_words_twice_are_one_goal_and_none_are_refused(ward):
    assert named(ward) == named(ward, f"  {BED.upper()} ")
    with pytest.raises(goals.WordsMissing):
        named(ward, " \n ")


def test_a_week_has_one_rating_and_the_later_one_holds(ward):
    goal = named(ward)
    rated(goal, 1, ward.ada)
    rated(goal, 1, ward.ada)
    rated(goal, 3, ward.ada, NOW + timedelta(days=2))
    rated(goal, 4, ward.ada, NOW + timedelta(days=7))
    (shown,) = of(ward)
    assert [(rating.week, rating.value) for rating in shown.ratings] == [
        (date(2026, 11, 23), 3),
        (date(2026, 11, 30), 4),
    ]
    assert GoalRating.objects.count() == 3, "the first press stays on record, the second of the same does not"


def test_a_week_ends_on_sunday_where_the_patient_is(ward):
    goal = named(ward)
    sunday_night_in_oakland = NOW.replace(day=30, hour=7, minute=30)  # 23:30 on November 29
    rated(goal, 2, ward.ada, sunday_night_in_oakland)
    assert of(ward)[0].ratings[0].week == date(2026, 11, 23)


def test_mending_the_words_keeps_the_goal_and_replacing_it_keeps_the_old_ratings(ward):
    goal = named(ward)
    rated(goal, 2, ward.ada)
    goals.reword_goal(goal_id=goal, words="Get up by eight", actor=ward.ada, now=NOW)
    assert (of(ward)[0].id, of(ward)[0].words) == (goal, "Get up by eight")
    new = goals.replace_goal(goal_id=goal, words="See a friend", actor=ward.ada, now=NOW)
    standing, before = of(ward)
    assert (standing.id, standing.place, standing.ratings) == (new, 1, ())
    assert (before.words, before.ratings[0].value, before.stands) == ("Get up by eight", 2, False)
    with pytest.raises(goals.GoalNotFound):
        rated(goal, 4, ward.ada)


def test_letting_one_go_frees_its_place(ward):
    goal = named(ward)
    assert goals.replace_goal(goal_id=goal, words=" ", actor=ward.ada, now=NOW) is None
    assert not of(ward)[0].stands
    named(ward, "Another")


@pytest.mark.parametrize("value", [-1, 5, 99])
def test_a_goal_is_rated_from_not_yet_to_there(ward, value):
    goal = named(ward)
    with pytest.raises(goals.NoSuchNearness):
        rated(goal, value, ward.ada)


def test_what_staff_write_down_carries_their_name(ward):
    goal = named(ward, by=ward.thea)
    rated(goal, 2, ward.cora)
    (shown,) = of(ward)
    assert shown.named_by == ward.thea.name
    assert shown.ratings[0].by_staff
    assert Entry.objects.filter(did="rated a goal", actor_id=ward.cora.user_id).exists()


def test_who_may_not_write_goals_and_who_may_not_see_them(ward):
    goal = named(ward)
    for stranger in (ward.bea, ward.theo):
        assert of(ward, stranger) == ()
        with pytest.raises(goals.GoalNotFound):
            rated(goal, 1, stranger)
        with pytest.raises(NotAllowed):
            named(ward, "Mine", by=stranger)
    with pytest.raises(NotAllowed):
        rated(goal, 1, ward.ben)


def test_ratings_are_never_edited_and_ended_goals_keep_their_words(ward):
    goal = named(ward)
    rated(goal, 2, ward.ada)
    goals.replace_goal(goal_id=goal, words="", actor=ward.ada, now=NOW)
    for deed in (
        lambda: GoalRating.objects.update(value=4),
        lambda: Goal.objects.update(words="Other"),
        lambda: Goal.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()


def test_goals_take_two_queries_however_many_weeks(ward, django_assert_num_queries):
    goal = named(ward)
    for week in range(30):
        rated(goal, week % 5, ward.ada, NOW + timedelta(weeks=week))
    with django_assert_num_queries(2):
        of(ward)
