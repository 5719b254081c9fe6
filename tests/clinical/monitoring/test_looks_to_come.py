"""The times of the looks of a plan, for a page that counts on without the practice."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from sojourn.clinical.monitoring import looks_to_come, monitoring_plans

DOSED_AT = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def test_every_plan_goes_on_for_as_long_as_it_is_asked():
    for plan in monitoring_plans():
        looks = looks_to_come(plan=plan, dosed_at=DOSED_AT, until=DOSED_AT + timedelta(hours=6))
        minutes = [int((look - DOSED_AT).total_seconds() // 60) for look in looks]
        assert tuple(minutes[: len(plan.vitals_at)]) == plan.vitals_at
        after = minutes[len(plan.vitals_at) - 1 :]
        assert {later - sooner for sooner, later in pairwise(after)} == {plan.then_every}
        assert 360 - plan.then_every < minutes[-1] <= 360


def test_the_last_look_may_be_at_the_very_end():
    (plan, *_) = monitoring_plans()
    first = timedelta(minutes=plan.vitals_at[0])
    assert looks_to_come(plan=plan, dosed_at=DOSED_AT, until=DOSED_AT + first) == (DOSED_AT + first,)
    assert looks_to_come(plan=plan, dosed_at=DOSED_AT, until=DOSED_AT + first - timedelta(seconds=1)) == ()
