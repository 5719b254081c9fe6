from datetime import UTC, datetime

import pytest

from sojourn.design.templatetags.moments import at_site, day_at_site


@pytest.mark.parametrize(
    ("moment", "zone", "written"),
    [
        (datetime(2026, 11, 24, 15, 0, tzinfo=UTC), "America/Los_Angeles", "Tue Nov 24, 7:00 AM PST"),
        (datetime(2026, 7, 1, 3, 5, tzinfo=UTC), "America/New_York", "Tue Jun 30, 11:05 PM EDT"),
        (datetime(2026, 11, 1, 9, 30, tzinfo=UTC), "America/Los_Angeles", "Sun Nov 1, 1:30 AM PST"),
        (datetime(2026, 11, 1, 8, 30, tzinfo=UTC), "America/Los_Angeles", "Sun Nov 1, 1:30 AM PDT"),
    ],
)
def test_a_moment_is_written_by_the_clock_of_its_site_with_the_name_of_its_time(moment, zone, written):
    assert at_site(moment, zone) == written


def test_the_day_of_a_moment_is_the_day_at_the_site():
    assert day_at_site(datetime(2026, 1, 1, 4, 0, tzinfo=UTC), "America/Los_Angeles") == "Dec 31, 2025"


def test_no_moment_is_written_as_nothing():
    assert at_site(None, "America/Los_Angeles") == day_at_site(None, "America/Los_Angeles") == ""
