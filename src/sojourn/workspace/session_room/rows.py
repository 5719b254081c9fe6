"""The rows of the board: drawn once for everybody, and again only when something of theirs, or time, changed them."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from math import ceil
from typing import Any, Final
from uuid import UUID

from django.template.loader import get_template

from sojourn.clinical.monitoring import SessionPhase
from sojourn.program.treatment.floor import sessions_at
from sojourn.program.treatment.places import Place
from sojourn.program.treatment.sessions import Session
from sojourn.workspace.session_room.lines import ACT, line_of
from sojourn.workspace.session_room.trends import STRETCHED_EVERY, trends_of
from sojourn.workspace.templatetags.floor_rows import filled

KEPT_AT_MOST: Final = 4000
MEANWHILE: Final = timedelta(seconds=10)  # as long as somebody may wait for a row that another asked for
WAITS_S: Final = 1.0
HOLDS_AT_MOST: Final = timedelta(minutes=10)  # names and the practice's own numbers are read again by then


@dataclass(frozen=True)
class Row:
    """A drawn row, with marks where ages stand. At `holds_until` it looks different though nothing was recorded."""

    visit_id: UUID
    site_id: UUID
    sort: str
    must_act: bool
    alarms: tuple[str, ...]  # the entries of alarms that nobody has taken on
    is_running: bool
    is_over: bool
    drawn: str
    mark: str
    made_at: datetime
    holds_until: datetime

    def shown(self, *, now: datetime, token: str = "") -> str:
        marked = self.drawn.lstrip().replace("<li ", f'<li data-mark="{self.mark}" ', 1)
        return filled(marked, now=now, token=token)


_kept: dict[UUID, tuple[Any, Row]] = {}
_drawing = threading.Lock()


def rows_of(places: Iterable[Place], *, now: datetime) -> tuple[Row, ...]:
    """The rows of these places by what is due next; reads and draws only those that are not known any more."""
    places = tuple(places)
    rows = {place.visit.id: row for place in places if (row := _known(place, now))}
    if len(rows) < len(places):
        with _one_after_another():  # who asks for the same meanwhile finds it drawn
            rows |= _drawn_anew([place for place in places if place.visit.id not in rows], now)
    return tuple(sorted(rows.values(), key=lambda row: row.sort))


@contextmanager
def _one_after_another() -> Iterator[None]:
    """Wait for whoever draws, but not for long: they may wait themselves for a database that hangs."""
    has_turn = _drawing.acquire(timeout=WAITS_S)
    try:
        yield
    finally:
        if has_turn:
            _drawing.release()


def _drawn_anew(places: Iterable[Place], now: datetime) -> dict[UUID, Row]:
    rows = {place.visit.id: row for place in places if (row := _known(place, now))}
    stale = [place for place in places if place.visit.id not in rows]
    sessions = {session.visit.id: session for session in sessions_at(stale, now=now)}
    if len(_kept) > KEPT_AT_MOST:
        _kept.clear()
    for place in stale:
        rows[place.visit.id] = _draw(sessions[place.visit.id], now)
        _kept[place.visit.id] = (place.mark, rows[place.visit.id])
    return rows


def _known(place: Place, now: datetime) -> Row | None:
    mark, row = _kept.get(place.visit.id, (None, None))
    if row is None or mark != place.mark or not row.made_at - MEANWHILE <= now < row.holds_until:
        return None
    return row


def _draw(found: Session, now: datetime) -> Row:
    line = line_of(found, now)
    due_at = _acts_by(found)
    sort = f"{found.is_over:d}{not found.is_running:d}{due_at.isoformat()}{found.visit.id}"
    line |= {"trends": trends_of(found, now), "sort": sort, "due_at": due_at}
    drawn = get_template("workspace/session_room/floor_row.html").render(line)
    return Row(
        visit_id=found.visit.id,
        site_id=found.visit.patient_site_id,
        sort=sort,
        must_act=line["must_act"],
        alarms=tuple(alarm.event_id for alarm in found.state.unacknowledged),
        is_running=found.is_running,
        is_over=found.is_over,
        drawn=drawn,
        mark=sha256(drawn.encode()).hexdigest()[:12],
        made_at=now,
        holds_until=_holds_until(found, now),
    )


def _acts_by(found: Session) -> datetime:
    """When somebody must next do something: at once, where a red alarm waits for somebody to take it on."""
    waiting = [alarm.taken_at for alarm in found.state.unacknowledged if alarm.severity in ACT]
    return min([found.due_at, *waiting])


def _holds_until(found: Session, now: datetime) -> datetime:
    """The next moment at which the row looks different though nothing was recorded."""
    state = found.state
    fresh = timedelta(minutes=found.plan.fresh_minutes)
    moments = [found.visit.starts_at, *(seen.taken_at + fresh for seen in state.seen)]
    if state.next_due is not None:
        moments.append(state.next_due.due_at)
    if state.dosed_at is not None and not found.is_over:
        moments.append(state.dosed_at + timedelta(minutes=found.plan.dosing_minutes))
        stretched = ceil(((now - state.dosed_at) / STRETCHED_EVERY) or 1) * STRETCHED_EVERY
        moments.append(state.dosed_at + stretched)
    if state.phase in {SessionPhase.DISCHARGED, SessionPhase.CANCELLED}:
        moments = []
    ahead = [moment + timedelta(milliseconds=1) for moment in moments if moment >= now]
    return min([now + HOLDS_AT_MOST, *ahead])
