"""After a start the floor is drawn before anybody asks for it."""

from datetime import timedelta

import pytest

from sojourn.config import warming
from sojourn.program.plans.choices import VisitKind
from sojourn.workspace.session_room import rows
from tests.support import courses

pytestmark = pytest.mark.django_db


def test_the_first_board_after_a_start_draws_nothing(ward, sign_in, time_machine, monkeypatch):
    course = courses.prepare(ward)
    now = courses.give_dose(ward, courses.visit_of(course, VisitKind.DOSING, 1)) + timedelta(minutes=3)
    time_machine.move_to(now, tick=False)
    rows._kept.clear()
    assert warming.draw_the_floor(now=now) == 1

    drawn = []
    monkeypatch.setattr(rows, "_draw", lambda *given: drawn.append(given))
    page = sign_in(ward.mona).get("/workspace/sessions/").content.decode()
    assert page.count("data-visit=") == 1
    assert drawn == []


def test_without_a_database_the_server_starts_all_the_same(monkeypatch, caplog):
    def gone(*, now):
        raise OSError("no database")

    monkeypatch.setattr(warming, "whole_floor", gone)
    monkeypatch.setattr(warming.connections, "close_all", lambda: None)
    warming.warm_up().join(10)
    assert "could not be drawn in advance" in caplog.text
