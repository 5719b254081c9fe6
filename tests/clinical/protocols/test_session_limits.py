"""The practice may set the alarm limits that rest on its program's policy, and never make a grave one speak later."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.clinical.evidence import Basis
from sojourn.clinical.monitoring import Alarm, monitoring_plan, monitoring_plans
from sojourn.clinical.monitoring.limits import is_crossed
from sojourn.clinical.protocols.session_limits import (
    refuse_session_limit,
    session_thresholds,
    with_session_limits,
)
from sojourn.clinical.protocols.thresholds import FEWER_WHEN_HIGHER, Adopted, ThresholdRefused

ALL = session_thresholds()
HOME = monitoring_plan("sl_home")


def limit_of(plan, limit_id):
    return next(each for each in (*plan.limits_before, *plan.limits_after) if each.id == limit_id)


def wanted(limit_id, value):
    threshold = next(each for each in ALL if each.rule_id == limit_id)
    return Adopted(*threshold.key, value)


def refused(adopted):
    with pytest.raises(ThresholdRefused) as why:
        refuse_session_limit(adopted)
    assert with_session_limits(HOME, [adopted]) == HOME
    return str(why.value)


def test_an_adopted_limit_takes_the_place_of_the_one_that_ships_and_says_so():
    plan = with_session_limits(HOME, [wanted("SYSTOLIC-AMBER", 155)])
    limit = limit_of(plan, "SYSTOLIC-AMBER")
    assert limit.value == 155
    assert limit.says.endswith("This practice's own policy: 155 mmHg here, 160 in the program.")
    assert limit.citations[-1].locator == "this practice: 155 mmHg here, 160 in the program"
    assert limit_of(plan, "SYSTOLIC-RED") == limit_of(HOME, "SYSTOLIC-RED")


@pytest.mark.parametrize(
    ("limit_id", "looser", "stricter"),
    [
        ("SYSTOLIC-RED", 181, 175),
        ("DIASTOLIC-RED", 111, 108),
        ("OXYGEN-RED", 91, 93),
        ("OXYGEN-EMERGENCY", 89, 91),
        ("SEDATION-EMERGENCY", 0, 2),
        ("BEFORE-SYSTOLIC", 161, 150),
        ("BEFORE-OXYGEN-LOW", 91, 93),
        ("DISSOCIATION-RED", 10, 8),
    ],
)
def test_a_grave_limit_may_only_become_stricter(limit_id, looser, stricter):
    assert "only become stricter" in refused(wanted(limit_id, looser))
    refuse_session_limit(wanted(limit_id, stricter))


@pytest.mark.parametrize(
    ("limit_id", "fits", "too_late"),
    [
        ("SYSTOLIC-AMBER", 179, 180),
        ("OXYGEN-AMBER", 93, 92),
        ("HEART-SLOW-AMBER", 46, 45),
        ("BREATHING-AMBER", 11, 10),
    ],
)
def test_an_amber_limit_may_move_and_still_speaks_before_the_red_one(limit_id, fits, too_late):
    refuse_session_limit(wanted(limit_id, fits))
    assert "must speak before" in refused(wanted(limit_id, too_late))


@pytest.mark.parametrize(
    ("adopted", "told"),
    [
        (Adopted("BEFORE-SYSTOLIC-GUIDE", "2026.11.0", "systolic", "above", 130), "program policy alone"),
        (Adopted("SYSTOLIC-RED", "2020.1.0", "systolic", "at_least", 170), "not in force"),
        (Adopted("NO-SUCH", "2026.11.0", "systolic", "at_least", 170), "not in force"),
        (Adopted("SYSTOLIC-RED", "2026.11.0", "diastolic", "at_least", 100), "no such number"),
        (Adopted("SYSTOLIC-RED", "2026.11.0", "systolic", "at_least", float("nan")), "Give a number"),
        (Adopted("SYSTOLIC-RED", "2026.11.0", "systolic", "at_least", 3), "from 50 to 300"),
    ],
)
def test_what_may_not_be_set_is_refused_with_the_reason(adopted, told):
    assert told in refused(adopted)


def test_only_limits_of_program_policy_are_offered_and_grave_ones_only_more_strictly():
    assert len(ALL) >= 20
    for threshold in ALL:
        limits = [
            each
            for plan in monitoring_plans()
            for each in (*plan.limits_before, *plan.limits_after)
            if each.id == threshold.rule_id
        ]
        assert {each.basis for each in limits} == {Basis.PROGRAM_POLICY}
        assert threshold.only_stricter or {each.severity for each in limits} == {Alarm.AMBER}


@given(data=st.data())
def test_no_number_a_practice_can_adopt_silences_a_grave_limit(data):
    threshold = data.draw(st.sampled_from([each for each in ALL if each.only_stricter]))
    span = st.integers(int(threshold.low), int(threshold.high))
    number, value = data.draw(span), data.draw(span)
    plans = [plan for plan in monitoring_plans() if threshold.rule_id in ids_of(plan)]
    for plan in plans:
        shipped = limit_of(plan, threshold.rule_id)
        own = limit_of(with_session_limits(plan, [Adopted(*threshold.key, number)]), threshold.rule_id)
        if is_crossed(shipped, value, 0, symptoms=True):
            assert is_crossed(own, value, 0, symptoms=True)


def ids_of(plan):
    return {each.id for each in (*plan.limits_before, *plan.limits_after)}


def test_rises_are_stricter_when_smaller():
    rise = next(each for each in ALL if each.relation == "rise")
    assert rise.relation in FEWER_WHEN_HIGHER
    assert rise.is_looser(rise.limit + 1)
