"""A time typed in the session room is the last one the clock of the site showed, in the nights the clocks change, too."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from sojourn.workspace.session_room.forms import last_moment_of

LOS_ANGELES = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    ("typed", "now", "moment"),
    [
        ("07:05", "2026-11-24T15:10Z", "2026-11-24T15:05Z"),
        ("07:12", "2026-11-24T15:10Z", "2026-11-24T15:12Z"),
        ("09:00", "2026-11-24T15:10Z", "2026-11-24T17:00Z"),  # to come, and refused for it
        ("23:50", "2026-11-25T08:05Z", "2026-11-25T07:50Z"),  # ten minutes before midnight
        ("01:35", "2026-11-01T08:40Z", "2026-11-01T08:35Z"),  # the first of two
        ("01:35", "2026-11-01T09:40Z", "2026-11-01T09:35Z"),  # the second, once it has come
        ("01:55", "2026-11-01T09:40Z", "2026-11-01T08:55Z"),  # the second is still to come
        ("00:50", "2026-11-01T09:10Z", "2026-11-01T07:50Z"),
        ("23:50", "2026-11-01T07:30Z", "2026-11-01T06:50Z"),  # the evening before a day of 25 hours
        ("23:50", "2026-03-08T08:30Z", "2026-03-08T07:50Z"),  # and before one of 23
        ("23:50", "2026-11-02T08:10Z", "2026-11-02T07:50Z"),
        (
            "01:55",
            "2026-03-08T10:05Z",
            "2026-03-08T09:55Z",
        ),  # ten minutes before, though the clock says 03:05
    ],
)
def test_a_typed_time_is_the_last_one_the_clock_of_the_site_showed(typed, now, moment):
    found = last_moment_of(time.fromisoformat(typed), zone=LOS_ANGELES, now=datetime.fromisoformat(now))
    assert found == datetime.fromisoformat(moment)
