from datetime import timedelta

import pytest

from sojourn.clinical.outcomes.dose_clock import Durability, NotEnoughKnown, Suggestion
from sojourn.program.audit.models import Entry
from sojourn.program.people.policy import NotAllowed
from sojourn.program.treatment.dose_clock import (
    CourseHasEnded,
    NoSuchInterval,
    WhyNotAsSuggested,
    choose_interval,
    dose_clock_of,
)
from sojourn.program.treatment.models import IntervalChoice
from sojourn.program.treatment.trajectories import trajectories_of
from tests.program.results.test_counting import scored
from tests.support import histories as h
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
DOSES = (
    -120,
    -117,
    -113,
    -110,
    -106,
    -103,
    -99,
    -96,
    -89,
    -82,
    -75,
    -68,
    -61,
    -54,
    -47,
    -40,
    -33,
    -26,
    -19,
    -12,
)


def treated(ward, *, doses=DOSES, last_scores=(8, 7)):
    """Ada: baseline 20, many doses, and a check three and six days after each."""
    ada = ward.ada.patient_id
    course = h.course(ward, ada, NOW - 125 * DAY)
    scored(ada, (NOW - 121 * DAY).date(), 20)
    for number, day in enumerate(doses, 1):
        h.session(ward, course, number, NOW + day * DAY)
    for day in doses[-6:]:
        scored(ada, (NOW + (day + 3) * DAY).date(), 8)
    for days_ago, value in zip((6, 1), last_scores, strict=True):
        scored(ada, (NOW - days_ago * DAY).date(), value)
    return course


def clock_for(ward, who=None):
    who = who or ward.ben
    followed = trajectories_of(ward.ada.patient_id, actor=who, now=NOW)
    return dose_clock_of(followed, patient_id=ward.ada.patient_id, actor=who, today=NOW.date())


def choose(ward, course, weeks, why="", who=None, at=NOW):
    return choose_interval(course_id=course.id, weeks=weeks, why=why, actor=who or ward.ben, now=at)


def test_before_the_first_dose_there_is_no_clock(ward):
    scored(ward.ada.patient_id, NOW.date(), 20)
    assert clock_for(ward) is None


def test_the_first_doses_come_before_maintenance(ward):
    treated(ward, doses=DOSES[:2])
    clock = clock_for(ward)
    assert isinstance(clock.suggestion, NotEnoughKnown)
    assert "2 of the first" in clock.suggestion.because
    assert isinstance(clock.durability, NotEnoughKnown)


def test_two_good_checks_suggest_one_step_longer_with_the_reasons(ward):
    treated(ward)
    clock = clock_for(ward)
    assert isinstance(clock.suggestion, Suggestion)
    assert (clock.suggestion.now_weeks, clock.suggestion.weeks) == (1, 2)
    assert clock.suggestion.reasons == (
        "the last 2 scores (8, 7) are below 10 and within 3 points of the best, 7",
    )
    assert isinstance(clock.durability, Durability | NotEnoughKnown)
    assert clock.time_in_response.in_response > 0


def test_what_is_suggested_needs_no_reason_and_anything_else_does(ward):
    course = treated(ward)
    with pytest.raises(WhyNotAsSuggested):
        choose(ward, course, 4)
    choose(ward, course, 2)
    choose(ward, course, 4, "She travels until February.", at=NOW + timedelta(hours=1))
    newest, first = clock_for(ward).choices
    assert (first.weeks, first.before_weeks, first.suggested_weeks) == (2, 1, 2)
    assert (newest.weeks, newest.why) == (4, "She travels until February.")
    assert "within 3 points of the best" in first.suggested_because
    assert clock_for(ward).now_weeks == 4
    assert Entry.objects.filter(did="chose an interval", patient_id=ward.ada.patient_id).count() == 2


@pytest.mark.parametrize("weeks", [0, 3, 52])
def test_only_the_steps_of_the_policy_can_be_chosen(ward, weeks):
    course = treated(ward)
    with pytest.raises(NoSuchInterval):
        choose(ward, course, weeks, "because")
    assert not IntervalChoice.objects.exists()


def test_an_ended_course_takes_no_interval_and_strangers_choose_none(ward):
    course = treated(ward)
    for stranger in (ward.cleo, ward.thea, ward.mona, ward.ada):
        with pytest.raises(NotAllowed):
            choose(ward, course, 2, who=stranger)
    course.ended_at, course.ended_because, course.ended_how = NOW, "moved away", "stopped"
    course.save()
    with pytest.raises(CourseHasEnded):
        choose(ward, course, 2)


def test_a_choice_is_never_changed(ward):
    course = treated(ward)
    choice = IntervalChoice.objects.get(pk=choose(ward, course, 2))
    choice.weeks = 8
    with pytest.raises(Exception, match="Cannot update"):
        choice.save()


def test_a_returning_score_suggests_a_shorter_interval(ward):
    course = treated(ward, last_scores=(8, 7))
    choose(ward, course, 2)
    scored(ward.ada.patient_id, NOW.date(), 15)
    suggestion = clock_for(ward).suggestion
    assert (suggestion.step, suggestion.weeks, suggestion.now_weeks) == ("shorten", 1, 2)


def test_long_after_the_last_dose_no_interval_is_suggested(ward):
    treated(ward, doses=tuple(day for day in DOSES if day < -60))
    suggestion = clock_for(ward).suggestion
    assert isinstance(suggestion, NotEnoughKnown)
    assert suggestion.because == "the last dose was 61 days ago, beyond the longest step of 8 weeks"
