"""Deliveries: what changed is asked for once and told; what was not heard of is found; lateness is admitted."""

import asyncio

import pytest

from sojourn.live import delivery as deliveries
from sojourn.live.delivery import Delivery
from sojourn.live.hub import Hub
from sojourn.live.pages import NoRows
from tests.support.live import in_own_loop


class Pages:
    """The web server, the outside world of a hub: how each session stands, and what was asked."""

    def __init__(self, **stands):
        self.stands = stands  # visit -> (mark, site)
        self.asked = []
        self.is_down = False
        self.holds_for_s = 600.0
        self.index_open = asyncio.Event()  # an index of five hundred rows takes its time
        self.index_open.set()

    def _row(self, visit):
        mark, site = self.stands[visit]
        return {"visit": visit, "mark": mark, "site": site, "holds_for_s": self.holds_for_s, "html": mark}

    async def index(self):
        self._refuse()
        self.asked.append("index")
        await self.index_open.wait()
        return {"stands": {visit: self._row(visit) for visit in self.stands}}

    async def rows(self, visits):
        self._refuse()
        self.asked.append(sorted(visits))
        known = [visit for visit in visits if visit in self.stands]
        return {"rows": [self._row(v) for v in known], "gone": [v for v in visits if v not in self.stands]}

    def _refuse(self):
        if self.is_down:
            raise NoRows("down")


class Told(Hub):
    """A hub with one board that notes what it would tell."""

    def __init__(self):
        super().__init__(secret="s", standing_of=None)
        self.told = []
        self.boards = {None: set()}

    def _tell(self, event, told, sites):
        self.told.append((event, told["visit"], told.get("mark"), sorted(sites)))


@pytest.fixture
def house(monkeypatch):
    monkeypatch.setattr(deliveries, "AT_MOST_EVERY_S", 0.01)
    monkeypatch.setattr(deliveries, "AFTER_A_FAILURE_S", 0.01)
    hub, pages = Told(), Pages(a=("a1", "oakland"), b=("b1", "oakland"))
    return hub, pages, Delivery(hub, pages)


def run(delivery, story):
    async def _run():
        work = asyncio.create_task(delivery.run())
        await asyncio.sleep(0.05)
        await story()
        await asyncio.sleep(0.1)
        work.cancel()

    in_own_loop(_run())


def test_what_changed_is_asked_for_once_and_told(house):
    hub, pages, delivery = house

    async def story():
        pages.stands["a"] = ("a2", "oakland")
        delivery.changed(["a", "a", "a"])

    run(delivery, story)
    assert pages.asked == ["index", ["a"]]
    assert hub.told == [("row", "a", "a2", ["oakland"])]


def test_a_change_that_looks_the_same_is_not_told(house):
    hub, _pages, delivery = house

    async def story():
        delivery.changed(["a"])

    run(delivery, story)
    assert hub.told == []


def test_a_session_that_stands_no_more_leaves_the_board(house):
    hub, pages, delivery = house

    async def story():
        del pages.stands["a"]
        delivery.changed(["a", "never-seen"])

    run(delivery, story)
    assert hub.told == [("gone", "a", None, ["oakland"])]


def test_a_patient_who_moves_to_another_site_leaves_the_boards_of_the_first(house):
    hub, pages, delivery = house

    async def story():
        pages.stands["a"] = ("a1", "brooklyn")
        delivery.changed(["a"])

    run(delivery, story)
    assert hub.told == [("gone", "a", None, ["oakland"]), ("row", "a", "a1", ["brooklyn"])]


def test_what_nobody_told_of_is_found_when_all_is_compared(house):
    hub, pages, delivery = house

    async def story():
        pages.stands |= {"a": ("a2", "oakland"), "c": ("c1", "oakland")}
        del pages.stands["b"]
        delivery.ask_for_all()

    run(delivery, story)
    assert sorted(hub.told) == [
        ("gone", "b", None, ["oakland"]),
        ("row", "a", "a2", ["oakland"]),
        ("row", "c", "c1", ["oakland"]),
    ]


def test_who_records_something_does_not_wait_while_all_is_compared(house):
    hub, pages, delivery = house

    async def story():
        pages.index_open.clear()
        delivery.ask_for_all()
        await asyncio.sleep(0.05)
        pages.stands["a"] = ("a2", "oakland")
        delivery.changed(["a"])
        await asyncio.sleep(0.1)
        assert hub.told == [("row", "a", "a2", ["oakland"])]
        pages.stands["b"] = ("b2", "oakland")  # nobody told of this one
        pages.index_open.set()

    run(delivery, story)
    assert hub.told[1:] == [("row", "b", "b2", ["oakland"])]


def test_a_comparison_that_fails_is_made_again(house, monkeypatch):
    hub, pages, delivery = house
    monkeypatch.setattr(deliveries, "AFTER_A_FAILURE_S", 0.01)

    async def story():
        pages.is_down = True
        delivery.ask_for_all()
        await asyncio.sleep(0.05)
        pages.stands["b"] = ("b2", "oakland")
        pages.is_down = False

    run(delivery, story)
    assert hub.told == [("row", "b", "b2", ["oakland"])]


def test_who_records_something_does_not_wait_for_those_that_time_changes(house):
    hub, pages, delivery = house
    many = [f"v{number}" for number in range(300)]

    async def story():
        pages.stands |= {visit: (f"{visit}-older", "oakland") for visit in many}
        delivery.holds_until |= dict.fromkeys(many, 0.0)
        pages.stands["a"] = ("a2", "oakland")
        delivery.changed(["a"])

    run(delivery, story)
    first = next(asked for asked in pages.asked if asked != "index")
    assert "a" in first
    assert len(first) <= 1 + deliveries.AGED_AT_A_TIME
    assert {visit for _, visit, _, _ in hub.told} > {"a", *many[:20]}


def test_a_row_that_time_alone_changes_is_asked_for_again(house, monkeypatch):
    hub, pages, delivery = house
    monkeypatch.setattr(deliveries, "A_MOMENT_S", 0.0)
    pages.holds_for_s = 0.0

    async def story():
        pages.holds_for_s = 600.0
        pages.stands["b"] = ("overdue", "oakland")
        delivery.something_waits.set()

    run(delivery, story)
    assert ("row", "b", "overdue", ["oakland"]) in hub.told


def test_while_the_pages_do_not_answer_nothing_is_lost_and_the_hub_is_late(house, monkeypatch):
    hub, pages, delivery = house
    monkeypatch.setattr(deliveries, "LATE_AFTER_S", 0.05)

    async def story():
        assert not delivery.is_late
        pages.is_down = True
        pages.stands["a"] = ("a2", "oakland")
        delivery.changed(["a"])
        await asyncio.sleep(0.2)
        assert delivery.is_late
        assert hub.told == []
        pages.is_down = False
        await asyncio.sleep(0.2)
        assert not delivery.is_late

    run(delivery, story)
    assert hub.told == [("row", "a", "a2", ["oakland"])]


def test_where_no_board_listens_nothing_is_drawn_and_whoever_comes_compares(house):
    hub, pages, delivery = house
    hub.boards = {}

    async def story():
        delivery.changed(["a"])

    run(delivery, story)
    assert pages.asked == []
    assert hub.marks is None
    assert hub.history.after(0) is None


def test_so_many_changes_at_once_are_asked_for_in_portions(house):
    hub, pages, delivery = house
    many = {f"v{n}": ("new", "oakland") for n in range(100)}

    async def story():
        pages.stands |= many
        delivery.changed(many)
        await asyncio.sleep(0.3)

    run(delivery, story)
    assert max(len(asked) for asked in pages.asked if asked != "index") == deliveries.AT_A_TIME
    assert len(hub.told) == 100
