"""Nobody drives before the day after a dose, nor without a restful sleep; and nothing unsaid counts as slept."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sojourn.clinical.monitoring.driving import Slept, driving_after

OAKLAND = ZoneInfo("America/Los_Angeles")
DOSED_AT = datetime(2026, 12, 1, 18, tzinfo=UTC)
DAY = date(2026, 12, 1)
NEXT = DAY + timedelta(days=1)


def after(*nights, now=DOSED_AT + timedelta(hours=24), dosed_at=DOSED_AT):
    return driving_after(dosed_at=dosed_at, zone=OAKLAND, now=now, nights=nights)


@pytest.mark.parametrize(
    ("nights", "may_drive"),
    [
        ((), False),
        ((Slept(DAY, well=True),), False),
        ((Slept(NEXT, well=False),), False),
        ((Slept(NEXT, well=True),), True),
        ((Slept(NEXT, well=False), Slept(NEXT, well=True)), True),
        ((Slept(NEXT + timedelta(days=1), well=True),), False),
    ],
)
def test_a_good_sleep_on_the_next_day_clears_and_nothing_else_does(nights, may_drive):
    assert after(*nights).may_drive is may_drive


def test_the_next_day_is_one_of_the_place_where_the_dose_was_given():
    """A dose at five in the afternoon in Oakland is one of tomorrow by the clock of Greenwich."""
    dosed_at = datetime(2026, 12, 2, 1, tzinfo=UTC)
    evening = dosed_at + timedelta(hours=5)
    assert not after(Slept(DAY, well=True), dosed_at=dosed_at, now=evening).may_drive
    assert not after(dosed_at=dosed_at, now=evening).is_next_day
    morning = dosed_at + timedelta(hours=14)
    assert after(Slept(NEXT, well=True), dosed_at=dosed_at, now=morning).may_drive
