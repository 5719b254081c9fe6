"""The drug in hand is held against the order: each of the five rights, the count, the lot, the time, the second person."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sojourn.clinical.monitoring import monitoring_plans
from sojourn.clinical.monitoring.dose_check import Ordered, dose_check_holds, wrongs_of
from sojourn.clinical.monitoring.dose_rules import WRONGS, dose_rule, dose_rules
from sojourn.clinical.monitoring.events import DoseChecked, Witnessed
from tests.clinical.monitoring.sessions import DOSE_AT

TODAY = date(2026, 11, 24)
SPRAY = dose_rule("esketamine_clinic")
DRIP = dose_rule("iv_clinic")
HOME = dose_rule("sl_home")
ORDER = Ordered("esketamine", "intranasal", 56.0)
RIGHT = DoseChecked(
    taken_at=DOSE_AT - timedelta(minutes=5),
    event_id="check",
    name_matches=True,
    birth_matches=True,
    drug="esketamine",
    route="intranasal",
    mg=56.0,
    lot="L7",
    expires_on=TODAY,
    ordered_drug="esketamine",
    ordered_route="intranasal",
    ordered_mg=56.0,
    count=2,
    unit="devices",
)
AT_HOME = replace(RIGHT, count=4, expected_count=4, unit="tablets")


def wrong(check, rule=SPRAY):
    return [hold.id for hold in wrongs_of(check, rule=rule, on=TODAY)]


def holds(*told, rule=SPRAY, ordered=ORDER, at=DOSE_AT):
    return [hold.id for hold in dose_check_holds(told, rule=rule, ordered=ordered, at=at, on=TODAY)]


def test_a_check_in_which_all_is_right_holds_nothing():
    assert wrong(RIGHT) == []
    assert holds(RIGHT) == []


@pytest.mark.parametrize(
    ("different", "is_wrong"),
    [
        ({"name_matches": False}, "dose-patient"),
        ({"birth_matches": False}, "dose-patient"),
        ({"drug": "ketamine"}, "dose-drug"),
        ({"route": "intravenous"}, "dose-route"),
        ({"mg": 84.0, "count": 3}, "dose-dose"),
        ({"mg": 28.0, "count": 1}, "dose-dose"),
        ({"count": 3}, "dose-count"),
        ({"count": None}, "dose-count"),
        ({"unit": "tablets"}, "dose-count"),
        ({"ordered_mg": None}, "dose-order"),
        ({"lot": " "}, "dose-lot"),
    ],
)
def test_each_thing_that_is_wrong_is_named(different, is_wrong):
    assert wrong(replace(RIGHT, **different)) == [is_wrong]


@pytest.mark.parametrize(("days", "is_wrong"), [(-1, ["dose-expiry"]), (0, []), (1, [])])
def test_a_lot_is_good_through_the_day_on_its_package(days, is_wrong):
    assert wrong(replace(RIGHT, expires_on=TODAY + timedelta(days=days))) == is_wrong


@pytest.mark.parametrize(
    ("count", "is_wrong"), [(2, ["dose-count"]), (3, []), (4, []), (5, []), (6, ["dose-count"])]
)
def test_at_home_a_count_may_differ_by_one_tablet(count, is_wrong):
    assert wrong(replace(AT_HOME, count=count), HOME) == is_wrong


def test_no_check_holds_the_dose_and_so_does_one_that_is_too_old():
    assert holds() == ["dose-unchecked"]
    old = RIGHT.taken_at + SPRAY.fresh
    assert holds(RIGHT, at=old) == []
    assert holds(RIGHT, at=old + timedelta(seconds=1)) == ["dose-check-old"]


def test_a_check_made_later_than_the_dose_does_not_count():
    assert holds(replace(RIGHT, taken_at=DOSE_AT + timedelta(minutes=1))) == ["dose-unchecked"]


def test_the_latest_check_holds_whatever_an_earlier_one_said():
    first = replace(RIGHT, event_id="first", taken_at=DOSE_AT - timedelta(minutes=9), name_matches=False)
    assert holds(first, RIGHT) == []
    assert holds(replace(first, name_matches=True), replace(RIGHT, name_matches=False)) == ["dose-patient"]


def test_an_order_that_changed_after_the_check_is_checked_again():
    assert holds(RIGHT, ordered=replace(ORDER, mg=84.0)) == ["dose-reordered"]


def test_what_is_drawn_up_is_seen_by_a_second_person():
    drawn = replace(RIGHT, drug="ketamine", ordered_drug="ketamine", count=None, unit="")
    ordered = replace(ORDER, drug="ketamine")
    assert holds(drawn, rule=DRIP, ordered=ordered) == ["dose-unwitnessed"]
    other = Witnessed(taken_at=DOSE_AT, event_id="w", about_id="something else")
    assert holds(drawn, other, rule=DRIP, ordered=ordered) == ["dose-unwitnessed"]
    assert holds(drawn, replace(other, about_id="check"), rule=DRIP, ordered=ordered) == []


def test_every_plan_has_one_rule_and_it_answers_an_item_of_its_checklist():
    for plan in monitoring_plans():
        (rule,) = [each for each in dose_rules() if plan.id in each.plans]
        assert rule.item in {item.id for item in plan.checklist}
        assert rule.citations


def test_whatever_is_wrong_says_what_to_do_next():
    everything = replace(
        RIGHT, name_matches=False, birth_matches=False, drug="ketamine", route="oral", mg=84.0, lot=" ", count=None,
        expires_on=TODAY - timedelta(days=1),
    )  # fmt: skip
    found = wrongs_of(everything, rule=SPRAY, on=TODAY)
    found += wrongs_of(replace(RIGHT, ordered_mg=None), rule=SPRAY, on=TODAY)
    assert {each.id for each in found} == {f"dose-{name}" for name in WRONGS}
    assert all(each.then.endswith(".") for each in found)


@pytest.mark.parametrize("missing", ["name_matches", "birth_matches"])
def test_one_identifier_alone_never_gives_a_dose(missing):
    assert wrong(replace(RIGHT, **{missing: False})) == ["dose-patient"]
