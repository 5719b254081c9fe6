"""Journeys: a real browser, a real server, one person at a time. Each page a journey visits is checked for access."""

import pytest

from sojourn.program.safety.watch import beat
from tests.support.browser import axe_violations, overflow_px
from tests.support.kept_ward import the_ward
from tests.support.live import hub_beside
from tests.support.ward import PASSWORD


@pytest.fixture
def ward(transactional_db, living_watch):
    """The practice, written for good, so that the server of the journey sees it."""
    return the_ward()


@pytest.fixture
def enter(new_page, live_server, ward):
    """Open a browser as somebody who has signed in: `page = enter(ward.cora)`."""

    def _enter(actor, **window):
        page = new_page(**window)
        page.set_default_timeout(10_000)
        page.goto(f"{live_server.url}/account/login/")
        page.get_by_label("Email").fill(ward.email_of(actor))
        page.get_by_label("Password").fill(PASSWORD)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        return page

    return _enter


@pytest.fixture
def hub(ward, live_server, settings):
    """A hub that pages may reach, and a watch that lives for as long as it does without a worker."""
    beat("one")
    with hub_beside(live_server, settings) as port:
        yield port


@pytest.fixture
def looks_right():
    """Check the open page: no rule of access is broken, and nothing is wider than the window."""

    def _check(page):
        assert axe_violations(page) == []
        assert overflow_px(page) == 0

    return _check


@pytest.fixture
def looks_right_everywhere(looks_right):
    """Check the open page on a phone and on a desk."""

    def _check(page):
        height = page.viewport_size["height"]
        for width in (360, 1440):
            page.set_viewport_size({"width": width, "height": height})
            looks_right(page)

    return _check
