"""When a course asks for what: windows around each due day, and what follows an answer."""

import itertools
from datetime import date, timedelta

import pytest

from sojourn.clinical.evidence import DataFileInvalid
from sojourn.clinical.instruments import (
    all_instruments,
    calendar,
    due_after_answer,
    due_in_course,
    due_on_joining,
    get,
    overlapping,
)
from sojourn.clinical.instruments.calendar import CALENDAR, read_calendar

FIRST = date(2026, 12, 1)
DOSES = [FIRST + timedelta(days=n) for n in (0, 3, 7, 10, 14, 17, 21, 24)]
ALL = all_instruments()


def course(doses=DOSES, results=None, ids=None, given=None):
    return [
        d
        for d in due_in_course(
            instruments=ALL, doses=doses, given=doses if given is None else given, results=results or {}
        )
        if ids is None or d.instrument_id in ids
    ]


def test_joining_asks_the_screens_but_not_what_only_follows_them():
    asked = {d.instrument_id for d in due_on_joining(instruments=ALL, on=FIRST)}
    assert asked == {
        "phq-9",
        "gad-7",
        "pc-ptsd-5",
        "mdq",
        "audit-c",
        "dast-10",
        "c-ssrs-screener",
        "icsi-icpi",
    }
    (phq_9,) = [d for d in due_on_joining(instruments=ALL, on=FIRST) if d.instrument_id == "phq-9"]
    assert (phq_9.opens_on, phq_9.due_on, phq_9.closes_on) == (FIRST, FIRST, FIRST + timedelta(days=7))


def test_the_baseline_is_taken_within_seven_days_before_the_first_dose():
    baseline = [d for d in course(ids={"phq-9"}) if d.point == "baseline"]
    assert [(d.opens_on, d.due_on, d.closes_on) for d in baseline] == [
        (FIRST - timedelta(days=7), FIRST, FIRST)
    ]


def test_only_a_dose_that_was_given_is_asked_about_the_day_after():
    planned = [d.due_on for d in course(ids={"next-day"}, given=())]
    after_two = [d.due_on for d in course(ids={"next-day"}, given=DOSES[:2]) if d.point == "day after"]
    assert not planned
    assert after_two == [day + timedelta(days=1) for day in DOSES[:2]]


def test_induction_is_weekly_from_the_second_week_to_the_last_dose():
    weeks = [(d.occasion, (d.due_on - FIRST).days) for d in course(ids={"gad-7"}) if d.point == "induction"]
    assert weeks == [("week 2", 7), ("week 3", 14), ("week 4", 21)]


def test_each_dose_has_its_screen_before_and_its_question_the_day_after():
    before = list(course(ids={"phq-2"}))
    after = list(course(ids={"edi"}))
    assert [d.due_on for d in before] == DOSES
    assert [d.due_on for d in after] == [day + timedelta(days=1) for day in DOSES]
    assert (before[2].occasion, after[2].occasion) == ("before dose 3", "the day after dose 3")
    assert (before[0].opens_on, before[0].closes_on) == (DOSES[0] - timedelta(days=1), DOSES[0])


def test_after_the_last_dose_come_the_end_of_induction_the_follow_ups_and_maintenance():
    last = DOSES[-1]
    days = [(d.point, (d.due_on - last).days) for d in course(ids={"phq-9"}) if d.due_on > last]
    assert days[:4] == [("end of induction", 7), ("follow-up", 28), ("maintenance", 56), ("follow-up", 77)]
    assert days[4:6] == [("maintenance", 112), ("maintenance", 140)]  # day 84 lies in the window of day 77
    assert days[-1] == ("maintenance", 364)
    assert [(d.due_on - last).days for d in course(ids={"icsi-icpi"}) if d.point == "maintenance"] == [
        168,
        252,
        336,
    ]
    assert [(d.due_on - last).days for d in course(ids={"dast-10"}) if d.point == "maintenance"] == [182, 364]


def test_a_follow_up_names_its_week():
    assert [d.occasion for d in course(ids={"pgi-c"})] == [
        "after the last dose", "4 weeks after the last dose", "11 weeks after the last dose",
    ]  # fmt: skip


def test_windows_of_one_instrument_never_overlap_but_around_doses():
    for instrument in ALL:
        windows = sorted(
            (d.opens_on, d.closes_on)
            for d in course(ids={instrument.id})
            if "dose" not in d.point and d.point != "day after"
        )
        assert all(earlier[1] < later[0] for earlier, later in itertools.pairwise(windows)), instrument.id


def test_no_instrument_is_asked_twice_for_one_day():
    found = [(d.instrument_id, d.due_on) for d in course()]
    assert len(found) == len(set(found))


def test_what_follows_a_result_is_asked_only_after_it():
    assert course(ids={"pcl-5"}) == []
    positive = course(ids={"pcl-5"}, results={"pc-ptsd-5": frozenset({"positive"})})
    assert [d.point for d in positive] == ["baseline", "end of induction", "follow-up", "follow-up"]


def test_an_answer_leads_to_its_follow_up_in_the_same_sitting():
    after = due_after_answer(instruments=ALL, answered="phq-9", results=frozenset({"critical"}), on=FIRST)
    assert {d.instrument_id for d in after} == {"asq", "c-ssrs-screener"}
    assert all((d.opens_on, d.due_on) == (FIRST, FIRST) for d in after)
    assert due_after_answer(instruments=ALL, answered="phq-9", results=frozenset(), on=FIRST) == ()
    full = due_after_answer(
        instruments=ALL, answered="audit-c", results=frozenset({"audit-c.high", "critical"}), on=FIRST
    )
    assert [d.instrument_id for d in full] == ["audit"]


def test_a_course_without_doses_asks_nothing():
    assert course(doses=[]) == []


def test_two_doses_on_one_day_count_once():
    assert course(doses=[FIRST, FIRST], ids={"phq-2"}) == course(doses=[FIRST], ids={"phq-2"})


def test_weekly_answers_about_two_weeks_overlap():
    days = [FIRST, FIRST + timedelta(days=7), FIRST + timedelta(days=21)]
    assert overlapping(get("phq-9"), days) == {days[1]}
    assert overlapping(get("edi"), days) == frozenset()


def test_every_window_holds_its_due_day_and_its_reminders():
    for due in course():
        assert due.opens_on <= due.due_on <= due.closes_on
        for day in calendar().points[due.point].remind_on_days:
            assert due.opens_on <= due.due_on + timedelta(days=day) <= due.closes_on


def test_a_link_works_for_72_hours():
    assert calendar().link.valid == timedelta(hours=72)


@pytest.mark.parametrize(
    ("was", "becomes", "remedy"),
    [
        ('anchor = "joined"', 'anchor = "birth"', "use one of joined"),
        ("remind_on_days = [2, 5]", "remind_on_days = [9]", "before it has closed"),
        ("closes_after = 7", "closes_after = -1", "not below 0"),
        ("until_day = 364\n", "", "give on_days, or until"),
        ('says = "before treatment"\n', "", "`says`: is missing"),
    ],
)
def test_a_spoiled_calendar_is_refused(tmp_path, was, becomes, remedy):
    text = CALENDAR.read_text()
    assert was in text
    (tmp_path / "calendar.toml").write_text(text.replace(was, becomes, 1))
    with pytest.raises(DataFileInvalid, match=remedy):
        read_calendar(tmp_path / "calendar.toml")
