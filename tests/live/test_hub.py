"""The hub: who hears what, in which order, after a broken line, and what a slow reader costs the others."""

import asyncio
import time

import pytest

from sojourn.live import hub as hubs
from sojourn.live import streams
from sojourn.live.history import History, Told
from sojourn.live.hub import Hub, Standing
from sojourn.live.streams import Stream
from sojourn.live.tickets import Ticket, signed
from tests.support.live import in_own_loop

SECRET = "secret"
PEOPLE = {
    "mona": Standing(("session_monitor",), ("oakland",)),
    "cleo": Standing(("prescriber",), ("brooklyn",)),
    "dora": Standing(("medical_director",), ("oakland",)),
}


def ticket(who="mona", *, visit="", inbox=False, sites=("own",), age_s=0.0):
    standing = PEOPLE.get(who, Standing((), ()))
    shown = None if who == "dora" else standing.sites if sites == ("own",) else sites
    given = Ticket(
        user_id=who,
        roles=standing.roles,
        sites=shown,
        visit_id=visit,
        is_inbox=inbox,
        given_at=time.time() - age_s,
    )
    return signed(given, secret=SECRET)


class House:
    """A hub on a free port, and readers of it, all in one loop."""

    def __init__(self):
        self.people = dict(PEOPLE)
        self.hub = Hub(secret=SECRET, standing_of=self.standing_of)
        self.tasks = set()

    async def standing_of(self, accounts):
        return {account: self.people[account] for account in accounts if account in self.people}

    def admit(self, stream, asked):
        task = asyncio.get_running_loop().create_task(self.hub.admit(stream, asked))
        self.tasks.add(task)

    async def __aenter__(self):
        loop = asyncio.get_running_loop()
        self.server = await loop.create_server(lambda: Stream(self.admit, self.hub.leave), "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self.server.close()
        for stream in self.hub.streams():
            stream.end()
        await asyncio.sleep(0)

    async def open(self, word, *, after="", path="/live/stream", method="GET", origin=""):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = f"{method} {path}?ticket={word}&after={after} HTTP/1.1\r\nHost: localhost:{self.port}\r\n"
        writer.write((head + (f"Origin: {origin}\r\n" if origin else "") + "\r\n").encode())
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
        return Reader(reader, writer, answer.decode())


class Reader:
    def __init__(self, reader, writer, head):
        self.reader, self.writer, self.head = reader, writer, head
        self.status = int(head.split()[1])

    async def told(self, within_s=2.0):
        """The next event as (name, id, data), or None when nothing more comes."""
        try:
            block = await asyncio.wait_for(self.reader.readuntil(b"\n\n"), within_s)
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError):
            return None
        fields = dict(line.split(": ", 1) for line in block.decode().strip().split("\n"))
        return fields["event"], fields.get("id", ""), fields["data"]

    async def names(self, count):
        return [(await self.told())[0] for _ in range(count)]


def row(site, visit="v1", **more):
    return {"visit": visit, "site": site, "mark": "m", **more}


def run(story):
    async def _run():
        async with House() as house:
            await asyncio.wait_for(story(house), 30)

    in_own_loop(_run())


def test_a_board_hears_of_its_own_sites_and_a_director_of_all():
    async def story(house):
        mona, cleo, dora = [await house.open(ticket(who)) for who in ("mona", "cleo", "dora")]
        house.hub.tell_row(row("oakland", "a"))
        house.hub.tell_row(row("brooklyn", "b"))
        house.hub.tell_all("tick", {})
        assert await mona.names(2) == ["row", "tick"]
        assert '"visit":"b"' in (await cleo.told())[2]
        assert await dora.names(3) == ["row", "row", "tick"]

    run(story)


def test_the_page_of_one_session_hears_that_it_changed_and_nothing_of_others():
    async def story(house):
        page = await house.open(ticket("mona", visit="v1"))
        house.hub.tell_session("v2")
        house.hub.tell_row(row("oakland", "v1"))
        house.hub.tell_session("v1")
        assert (await page.told())[0] == "changed"
        assert await page.told(0.2) is None

    run(story)


def test_an_inbox_hears_of_alarms_of_its_sites_at_once_when_it_comes_and_of_no_session():
    async def story(house):
        mona, cleo, dora = [await house.open(ticket(who, inbox=True)) for who in ("mona", "cleo", "dora")]
        for page in (mona, cleo, dora):  # what came between the page and its stream
            assert (await page.told())[0] == "changed"
        house.hub.tell_row(row("oakland"))
        house.hub.tell_inboxes("oakland")
        house.hub.tell_all("tick", {})
        assert await mona.names(2) == ["changed", "tick"]
        assert await cleo.names(1) == ["tick"]
        assert await dora.names(2) == ["changed", "tick"]
        assert not house.hub.has_boards  # nothing is drawn for a list of alarms
        mona.writer.close()
        await asyncio.sleep(0.1)
        assert house.hub.count == 2

    run(story)


def test_who_comes_back_is_told_what_was_missed_in_order_and_once():
    async def story(house):
        mona = await house.open(ticket("mona"))
        house.hub.tell_row(row("oakland", "first"))
        _, last, _ = await mona.told()
        mona.writer.close()
        for number in range(5):
            house.hub.tell_row(row("oakland", f"away-{number}"))
            house.hub.tell_row(row("brooklyn", "elsewhere"))
        again = await house.open(ticket("mona"), after=last)
        missed = [(await again.told())[2] for _ in range(5)]
        assert [f"away-{n}" in told for n, told in enumerate(missed)] == [True] * 5
        assert await again.told(0.2) is None

    run(story)


@pytest.mark.parametrize("after", ["", "another-3", "nonsense", "-", "0-0"])
def test_who_asks_for_what_is_kept_no_more_is_told_the_marks_to_compare(after):
    async def story(house):
        house.hub.know_marks({"a": ("mark-a", "oakland"), "b": ("mark-b", "brooklyn")})
        mona = await house.open(ticket("mona"), after=after)
        name, _, told = await mona.told()
        assert name == "marks"
        assert "mark-a" in told
        assert "mark-b" not in told

    run(story)


def test_a_history_is_bounded_and_knows_where_it_begins():
    history = History(most_messages=3, most_bytes=1000)
    for number in range(1, 6):
        history.keep(Told(number, frozenset(), b"x"))
    assert [told.number for told in history.after(3)] == [4, 5]
    assert history.after(1) is None
    assert list(history.after(5)) == []
    heavy = History(most_messages=100, most_bytes=10)
    heavy.keep(Told(1, frozenset(), b"x" * 8))
    heavy.keep(Told(2, frozenset(), b"x" * 8))
    assert heavy.after(0) is None


@pytest.mark.parametrize(
    "made",
    [
        {"word": "nonsense"},
        {"word": ""},
        {"word": lambda: ticket("mona", age_s=40)},
        {"word": lambda: ticket("nobody")},
        {"word": lambda: ticket("mona", sites=("brooklyn",))},
    ],
)
def test_nobody_is_let_in_without_a_ticket_that_still_holds(made):
    async def story(house):
        word = made["word"]() if callable(made["word"]) else made["word"]
        assert (await house.open(word)).status == 403
        assert house.hub.count == 0

    run(story)


def test_other_paths_methods_and_long_requests_are_refused():
    async def story(house):
        assert (await house.open(ticket(), path="/")).status == 404
        assert (await house.open(ticket(), method="POST")).status == 405
        assert (await house.open("x" * 9000)).status == 431

    run(story)


def test_only_a_page_of_the_same_machine_may_read_the_stream():
    async def story(house):
        own = await house.open(ticket(), origin="http://localhost:8000")
        assert "Access-Control-Allow-Origin: http://localhost:8000\r\n" in own.head
        other = await house.open(ticket(), origin="http://elsewhere.example")
        assert "Access-Control" not in other.head

    run(story)


@pytest.mark.parametrize(
    "now",
    [None, Standing(("coordinator",), ("oakland",)), Standing(("session_monitor",), ("brooklyn",))],
    ids=["disabled", "another role", "another site"],
)
def test_a_stream_ends_when_its_reader_is_no_longer_what_they_were(now):
    async def story(house):
        mona, dora = await house.open(ticket("mona")), await house.open(ticket("dora"))
        del house.people["mona"]
        if now is not None:
            house.people["mona"] = now
        await house.hub.close_those_who_changed()
        assert (await mona.told())[0] == "closed"
        assert await mona.told() is None
        house.hub.tell_all("tick", {})
        assert (await dora.told())[0] == "tick"
        assert house.hub.count == 1

    run(story)


def test_a_stream_is_renewed_when_its_time_is_up():
    async def story(house):
        mona = await house.open(ticket("mona"))
        (stream,) = house.hub.streams()
        stream.until = time.monotonic() - 1
        await house.hub.close_those_who_changed()
        assert (await mona.told())[0] == "renew"
        assert await mona.told() is None

    run(story)


def test_a_reader_who_does_not_read_loses_the_stream_and_costs_nobody_else(monkeypatch):
    monkeypatch.setattr(streams, "MOST_WAITING_BYTES", 64 * 1024)

    async def story(house):
        lazy = await house.open(ticket("mona"))
        eager = await house.open(ticket("dora"))
        lazy.writer.transport.pause_reading()
        heard = 0
        for number in range(3000):
            house.hub.tell_row(row("oakland", f"v{number}", html="x" * 1500))
            if (await eager.told()) is not None:
                heard += 1
        assert heard == 3000
        assert house.hub.count == 1

    run(story)


def test_a_message_is_made_into_bytes_once_however_many_listen(monkeypatch):
    made = []
    real = hubs.json.dumps
    monkeypatch.setattr(hubs.json, "dumps", lambda *a, **k: made.append(1) or real(*a, **k))

    async def story(house):
        readers = [await house.open(ticket(who)) for who in ("mona", "dora") for _ in range(10)]
        made.clear()
        house.hub.tell_row(row("oakland"))
        assert len(made) == 1
        for reader in readers:
            assert (await reader.told())[0] == "row"

    run(story)
