"""A value between the quiet numbers of its signal crosses no limit, so that it need not be held against each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.clinical.monitoring import monitoring_plans
from sojourn.clinical.monitoring.limits import is_crossed, quiet_ranges
from sojourn.clinical.quantities import BloodPressure

PLANS = monitoring_plans()
PRESSURE = st.builds(BloodPressure, systolic_mmhg=st.integers(80, 200), diastolic_mmhg=st.integers(40, 69))


def before(limit, baseline):
    if baseline is None or limit.signal not in {"systolic", "diastolic"}:
        return None
    return getattr(baseline, f"{limit.signal}_mmhg")


@given(
    plan=st.sampled_from(PLANS),
    baseline=st.none() | PRESSURE,
    value=st.integers(0, 300) | st.floats(0, 300),
    symptoms=st.booleans(),
)
def test_no_quiet_value_crosses_a_limit(plan, baseline, value, symptoms):
    for limits in (plan.limits_before, plan.limits_after):
        quiet = quiet_ranges(limits, baseline)
        for limit in limits:
            low, high = quiet[limit.signal]
            if low < value < high:
                assert not is_crossed(limit, value, before(limit, baseline), symptoms=symptoms)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.id)
def test_a_calm_reading_is_quiet(plan):
    """Else the short way would never be taken."""
    quiet = quiet_ranges(plan.limits_after, BloodPressure(systolic_mmhg=122, diastolic_mmhg=78))
    calm = {"systolic": 124, "diastolic": 79, "heart_rate": 72, "spo2": 98, "respiratory_rate": 14}
    assert all(quiet[signal][0] < value < quiet[signal][1] for signal, value in calm.items())
    assert quiet["nothing of the kind"] == (float("-inf"), float("inf"))
