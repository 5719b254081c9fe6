"""From a change in the database to all boards: gathers what changed, asks for those rows once, and passes them on."""

import asyncio
import logging
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final

from sojourn.live.hub import Hub
from sojourn.live.pages import NoRows, Pages

log = logging.getLogger("sojourn.live")
AT_MOST_EVERY_S: Final = 0.01  # a tap waits for no more; with 0.15 s a screen came 80 ms later
AT_A_TIME: Final = 40
# Of rows that only time has changed, so many with each question, or a sixtieth: hundreds may age in one moment, and whoever
# recorded something meanwhile waits for none of them.
AGED_AT_A_TIME: Final = 5
AGED_WITHIN_ASKS: Final = 60
AFTER_A_FAILURE_S: Final = 0.5
ALL_AGAIN_EVERY_S: Final = 30.0
LATE_AFTER_S: Final = 3.0
A_MOMENT_S: Final = 0.3  # so that the moment named has passed where the row is drawn


class Delivery:
    """Rows that changed and were not yet told, and the moments at which a row looks different by time alone."""

    def __init__(self, hub: Hub, pages: Pages) -> None:
        self.hub, self.pages = hub, pages
        self.waiting: dict[str, float] = {}  # visit that changed -> since when
        self.aged: dict[str, float] = {}  # visit that looks different by time alone -> since when
        self.something_waits = asyncio.Event()
        self.told: dict[str, tuple[str, str]] = {}  # visit -> mark of its row, site of its patient
        self.holds_until: dict[str, float] = {}
        self.all_asked_at = 0.0
        self.comparing: asyncio.Task[None] | None = None
        self.failing_since: float | None = None

    def changed(self, visits: Iterable[str]) -> None:
        """Note that these sessions changed. Where no board listens there is nothing to draw."""
        for visit in visits:
            self.hub.tell_session(visit)
            if self.hub.has_boards:
                self.waiting.setdefault(visit, time.monotonic())
            else:
                self.hub.skip()
        if self.waiting:
            self.something_waits.set()

    def ask_for_all(self) -> None:
        """Compare everything with what was told, at the next moment."""
        self.all_asked_at = 0.0
        self.something_waits.set()

    @property
    def is_late(self) -> bool:
        """True when a board lacks something that is older than three seconds."""
        now = time.monotonic()
        if self.failing_since is not None and self.hub.has_boards and now - self.failing_since > LATE_AFTER_S:
            return True
        return any(now - since > LATE_AFTER_S for since in (*self.waiting.values(), *self.aged.values()))

    async def run(self) -> None:
        """Deliver until cancelled."""
        try:
            await self._deliver_again_and_again()
        finally:
            self._stop_comparing()

    async def _deliver_again_and_again(self) -> None:
        while True:
            began = time.monotonic()
            try:
                await self._deliver()
                self.failing_since = None
            except NoRows:
                if self.failing_since is None:
                    log.warning("the pages do not say how sessions stand; asking again")
                    self.failing_since = began
                await asyncio.sleep(AFTER_A_FAILURE_S)
                continue
            await asyncio.sleep(max(0.0, AT_MOST_EVERY_S - (time.monotonic() - began)))
            if not self._has_something_to_do:
                self.something_waits.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.something_waits.wait(), 1.0)

    @property
    def _has_something_to_do(self) -> bool:
        is_compared = self.comparing is not None and self.comparing.done()
        return bool(self.waiting) or bool(self.aged) or is_compared

    async def _deliver(self) -> None:
        if not self.hub.has_boards:
            self.waiting.clear()
            self.aged.clear()
            self.told.clear()
            self.holds_until.clear()
            self.hub.marks = None
            self.all_asked_at = 0.0
            self._stop_comparing()
            return
        now = time.monotonic()
        await self._compare_when_due(now)
        self._note_those_whose_time_came(now)
        changed = _longest_waiting(self.waiting, AT_A_TIME)
        aged = _longest_waiting(self.aged, max(AGED_AT_A_TIME, len(self.aged) // AGED_WITHIN_ASKS))
        asked = list(dict.fromkeys((*changed, *aged)))
        if not asked:
            return
        for visit in asked:
            self.waiting.pop(visit, None)
            self.aged.pop(visit, None)
        try:
            found = await self.pages.rows(asked)
        except NoRows:
            self.waiting, self.aged = changed | self.waiting, aged | self.aged
            raise
        for row in found["rows"]:
            self._tell(row)
        for visit in found["gone"]:
            self._gone(visit)

    async def _compare_when_due(self, now: float) -> None:
        """Compare now where nothing was told yet; later beside the deliveries, which wait for no board of five hundred."""
        if self.comparing is not None:
            if not self.comparing.done():
                return
            compared, self.comparing = self.comparing, None
            if compared.exception() is not None:
                self.all_asked_at = 0.0
            compared.result()
        if now - self.all_asked_at < ALL_AGAIN_EVERY_S:
            return
        self.all_asked_at = now
        self.comparing = asyncio.create_task(self._compare_all())
        self.comparing.add_done_callback(self._note_failure)
        if self.hub.marks is None:
            await asyncio.wait([self.comparing])
            await self._compare_when_due(now)

    def _note_failure(self, compared: asyncio.Task[None]) -> None:
        if not compared.cancelled() and compared.exception() is not None:
            self.something_waits.set()

    def _stop_comparing(self) -> None:
        if self.comparing is not None:
            self.comparing.cancel()
            self.comparing = None

    async def _compare_all(self) -> None:
        """Ask how every row stands; what differs from what was told is told again. Heals whatever was not heard."""
        stands = (await self.pages.index())["stands"]
        now = time.monotonic()
        if self.hub.marks is None:
            for visit, row in stands.items():
                self._note(visit, row)
            self.hub.know_marks(self.told)
            return
        for visit, row in stands.items():
            if self.told.get(visit, ("", ""))[0] != row["mark"]:
                self.waiting.setdefault(visit, now)
        for visit in self.told.keys() - stands.keys():
            self.waiting.setdefault(visit, now)
        if self.waiting:
            self.something_waits.set()

    def _note_those_whose_time_came(self, now: float) -> None:
        for visit, until in self.holds_until.items():
            if until <= now:
                self.aged.setdefault(visit, now)

    def _note(self, visit: str, row: dict[str, Any]) -> None:
        self.told[visit] = (row["mark"], row["site"])
        self.holds_until[visit] = time.monotonic() + row["holds_for_s"] + A_MOMENT_S

    def _tell(self, row: dict[str, Any]) -> None:
        before = self.told.get(row["visit"])
        self._note(row["visit"], row)
        if (
            before is not None and before[1] != row["site"]
        ):  # the patient moved: the first site sees them no more
            self.hub.tell_gone(row["visit"], [before[1]])
        if before is None or before != (row["mark"], row["site"]):
            self.hub.tell_row(row)

    def _gone(self, visit: str) -> None:
        before = self.told.pop(visit, None)
        self.holds_until.pop(visit, None)
        if before is not None:
            self.hub.tell_gone(visit, [before[1]])


def _longest_waiting(those: dict[str, float], most: int) -> dict[str, float]:
    return {visit: those[visit] for visit in sorted(those, key=those.__getitem__)[:most]}
