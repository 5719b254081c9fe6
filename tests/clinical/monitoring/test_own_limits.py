"""The lines drawn beside a patient's values are exactly where the alarms begin."""

import pytest

from sojourn.clinical.monitoring import crossings_of, monitoring_plans
from sojourn.clinical.monitoring.own_limits import own_limits
from sojourn.clinical.quantities import BloodPressure
from tests.clinical.monitoring.sessions import Told

PLANS = list(monitoring_plans())


def severity_of(plan, systolic, baseline):
    event = Told(plan.id).at(40, "vital_taken", systolic=str(systolic), diastolic="60").events[-1]
    found = crossings_of(event, plan=plan, baseline=baseline, after_dose=True)
    return next((crossing.severity for crossing in found if crossing.signal == "systolic"), None)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.id)
@pytest.mark.parametrize("before", [100, 118, 131, 159])
def test_an_upper_line_is_where_its_alarm_begins(plan, before):
    baseline = BloodPressure(systolic_mmhg=before, diastolic_mmhg=60)
    for own in own_limits(signal="systolic", plan=plan, baseline=baseline):
        at, under = (
            severity_of(plan, int(own.value), baseline),
            severity_of(plan, int(own.value) - 1, baseline),
        )
        assert at is not None
        assert at.rank <= own.severity.rank
        assert under is None or under.rank > own.severity.rank


def test_a_low_baseline_brings_the_amber_line_down_with_it():
    plan = PLANS[0]
    low, high = (BloodPressure(systolic_mmhg=n, diastolic_mmhg=60) for n in (105, 150))
    amber = [
        next(
            own.value
            for own in own_limits(signal="systolic", plan=plan, baseline=b)
            if own.severity == "amber"
        )
        for b in (low, high)
    ]
    assert amber == [135, 160]


def test_without_a_baseline_only_fixed_lines_are_drawn():
    plan = PLANS[0]
    values = {own.value for own in own_limits(signal="systolic", plan=plan, baseline=None)}
    assert values == {160, 180}
