"""What a session needs beforehand: each item on both sides of its edge; what nobody said is never taken for fine."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sojourn.clinical.monitoring import monitoring_plans
from sojourn.clinical.monitoring.readiness import Known, Said, judge_readiness
from sojourn.clinical.monitoring.readiness_items import KINDS, asked_before, readiness_items

STARTS = datetime(2026, 12, 1, 17, tzinfo=UTC)  # 9 in the morning in Oakland
OAKLAND = ZoneInfo("America/Los_Angeles")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def said(value=""):
    return Said(value, "Cora", STARTS - 20 * HOUR)


READY = Known(
    starts_at=STARTS,
    zone=OAKLAND,
    number=2,
    consented=True,
    prepared=True,
    ordered=True,
    forms_waiting=0,
    companion=said("Nils"),
    eats_nothing_from=STARTS - 6 * HOUR,
    fasting=said(),
    medicines=frozenset({"none"}),
    pregnancy="no",
    pregnancy_test="not_needed",
    tablets=said("4"),
    tablets_expected=4,
    had_dose=True,
    dose_before=True,
    integrated=True,
)


def of(kind, known, plan_id="esketamine_clinic"):
    return next((each for each in judge_readiness(known, plan_id=plan_id) if each.item.kind == kind), None)


@pytest.mark.parametrize("plan", [plan.id for plan in monitoring_plans()])
def test_a_session_for_which_everything_was_said_is_ready(plan):
    assert all(each.is_ready and not each.holds for each in judge_readiness(READY, plan_id=plan))


@pytest.mark.parametrize("plan", [plan.id for plan in monitoring_plans()])
def test_each_plan_asks_each_kind_at_most_once_and_cites_it(plan):
    items = readiness_items(plan)
    assert len({item.kind for item in items}) == len(items)
    assert {item.kind for item in items} == set(KINDS) - ({"tablets"} if plan != "sl_home" else set())
    assert all(item.citations and item.do and item.patient_does for item in items)


@pytest.mark.parametrize(
    ("kind", "missing", "holds"),
    [
        ("consent", {"consented": False}, True),
        ("order", {"ordered": False}, True),
        ("companion", {"companion": None}, True),
        ("preparation", {"prepared": False, "had_dose": False}, True),
        ("preparation", {"prepared": False, "had_dose": False, "number": 3}, True),
        ("preparation", {"prepared": False}, False),
        ("forms", {"forms_waiting": 1}, False),
        ("fasting", {"fasting": None, "eats_nothing_from": None}, False),
        ("integration", {"integrated": False}, False),
    ],
)
def test_what_is_missing_holds_or_is_only_marked(kind, missing, holds):
    found = of(kind, replace(READY, **missing))
    assert (found.is_ready, found.holds) == (False, holds)


@pytest.mark.parametrize(
    ("plan", "hours"), [("esketamine_clinic", 2), ("iv_clinic", 6), ("im_clinic", 6), ("sl_home", 2)]
)
def test_nothing_is_eaten_for_as_long_as_the_plan_asks(plan, hours):
    known = replace(READY, eats_nothing_from=STARTS - hours * HOUR)
    assert of("fasting", known, plan).is_ready
    late = replace(READY, eats_nothing_from=STARTS - hours * HOUR + timedelta(minutes=1))
    assert not of("fasting", late, plan).is_ready
    assert "must stop by" in of("fasting", late, plan).says


@pytest.mark.parametrize("days", [1, 3, 7])
def test_what_was_said_of_eating_before_the_session_was_moved_does_not_count_for_its_new_day(days):
    found = of("fasting", replace(READY, starts_at=STARTS + timedelta(days=days)))
    assert not found.is_ready
    assert "said for another time" in found.says
    assert of("fasting", replace(READY, eats_nothing_from=STARTS - 24 * HOUR)).is_ready


@pytest.mark.parametrize(
    ("medicines", "settled", "state"),
    [
        (None, None, False),
        (frozenset({"unknown"}), None, False),
        (frozenset({"none"}), None, None),
        (frozenset({"lithium"}), None, None),
        (frozenset({"stimulant"}), None, False),
        (frozenset({"benzodiazepine", "lithium"}), None, False),
        (frozenset({"stimulant"}), said("after the session"), True),
        (None, said("as usual"), True),
    ],
)
def test_medicines_that_matter_are_talked_over(medicines, settled, state):
    found = of("medicines", replace(READY, medicines=medicines, medicines_settled=settled))
    assert (found.is_ready if found else None) is state


DAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("different", "state", "holds"),
    [
        ({}, None, False),
        ({"pregnancy_test": "not_done"}, False, True),
        ({"pregnancy_test": None, "pregnancy": "unknown"}, False, True),
        ({"pregnancy_test": None, "pregnancy": "trying"}, False, True),
        ({"pregnancy_test": None, "pregnancy": "no"}, None, False),
        ({"pregnancy_test": None, "pregnancy": None, "had_dose": False}, False, False),
        ({"pregnancy_test": "positive"}, False, True),
        ({"tested": said("negative"), "tested_on": DAY}, True, False),
        ({"tested": said("negative"), "tested_on": DAY - timedelta(days=28)}, True, False),
        ({"tested": said("negative"), "tested_on": DAY - timedelta(days=29)}, False, True),
        ({"tested": said("negative"), "tested_on": DAY + timedelta(days=1)}, False, True),
        ({"tested": said("positive"), "tested_on": DAY}, False, True),
        ({"tested": said("positive"), "tested_on": DAY - timedelta(days=90)}, False, True),
    ],
)
def test_a_pregnancy_test_where_it_applies(different, state, holds):
    found = of("pregnancy", replace(READY, **different))
    assert (found.is_ready if found else None) is state
    assert (found.holds if found else False) is holds


def test_a_test_is_judged_by_the_day_of_the_dose_where_the_session_runs_past_midnight():
    tested = {"tested": said("negative"), "tested_on": DAY - timedelta(days=28)}
    known = replace(READY, **tested)
    evening = datetime(2026, 12, 1, 23, 59, tzinfo=OAKLAND)
    assert of("pregnancy", replace(known, starts_at=evening, judged_at=evening)).is_ready
    assert of("pregnancy", replace(known, starts_at=evening, judged_at=evening + MINUTE)).holds
    tomorrow = replace(known, tested_on=DAY + timedelta(days=1), starts_at=evening)
    assert of("pregnancy", replace(tomorrow, judged_at=evening + MINUTE)).is_ready, "tested past midnight"


@pytest.mark.parametrize("answers", [{"pregnancy": "pregnant"}, {"pregnancy_test": "positive"}])
def test_answers_that_say_pregnant_hold_until_a_test_is_noted_after_them(answers):
    tested = replace(READY, tested=said("negative"), tested_on=DAY, **answers)
    noted_at = tested.tested.at
    assert of("pregnancy", replace(tested, answered_at=noted_at + MINUTE)).holds
    assert of("pregnancy", replace(tested, answered_at=noted_at)).holds
    assert of("pregnancy", replace(tested, answered_at=noted_at - MINUTE)).is_ready


@pytest.mark.parametrize(
    ("count", "ready", "holds"), [(2, False, True), (3, False, False), (4, True, False), (6, False, True)]
)
def test_a_count_that_differs_by_more_than_one_tablet_holds(count, ready, holds):
    found = of("tablets", replace(READY, tablets=said(str(count))), "sl_home")
    assert (found.is_ready, found.holds) == (ready, holds)


def test_a_count_from_before_the_last_shipment_is_counted_again_and_accuses_nobody():
    known = replace(READY, tablets=said("2"), tablets_changed_at=STARTS - 10 * HOUR)
    found = of("tablets", known, "sl_home")
    assert (found.is_ready, found.holds) == (False, False)
    assert "count again" in found.says
    assert of("tablets", replace(READY, tablets_changed_at=STARTS - 30 * HOUR), "sl_home").is_ready


def test_who_said_it_and_when_stays_with_it():
    assert of("companion", READY).said == READY.companion
    assert of("consent", READY).said is None


def test_a_patient_is_asked_two_days_before():
    assert asked_before() == timedelta(days=2)
