"""Whether anybody watches: workers leave a sign of life in the database, dated by its clock and no other."""

from dataclasses import dataclass
from typing import Final

from django.db import connection

from sojourn.program.audit.asking import Asked, Rows, answer_to

ALARM_WORKER: Final = "alarm"
BEATS: Final = """
SELECT worker, extract(epoch FROM clock_timestamp() - beat_at)::float8
FROM safety_watchbeat WHERE kind = %s ORDER BY beat_at DESC, worker
"""
SILENT_AFTER_S: Final = 12.0  # so that boards, which are told every two seconds, say it within fifteen


@dataclass(frozen=True)
class Watcher:
    """One worker of the watch and the seconds since its last sign of life."""

    worker: str
    silent_for_s: float


@dataclass(frozen=True)
class WatchState:
    """Whether an alarm worker lives. `silent_for_s` is that of the liveliest, None when none ever beat."""

    is_living: bool
    silent_for_s: float | None
    workers: tuple[Watcher, ...]


def beat(worker: str) -> None:
    """Leave a sign of life. At once on record, so never inside somebody's long transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO safety_watchbeat (worker, kind, beat_at) VALUES (%s, %s, clock_timestamp())
            ON CONFLICT (worker) DO UPDATE SET kind = excluded.kind, beat_at = excluded.beat_at
            """,
            [worker, ALARM_WORKER],
        )


def forget_beats() -> None:
    """Let no beat of before count any more: for a clock that is set anew, as each rehearsal does with its own."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE safety_watchbeat SET beat_at = to_timestamp(0)")


def watch_state() -> WatchState:
    """Say whether an alarm worker beat within the last 12 seconds; one query.

    A beat from the future says that the database's clock was set back: it proves nothing, and counts as silence.
    """
    return answer_to(asking_who_watches())


def asking_who_watches() -> Asked[WatchState]:
    """`watch_state` as a question, to be put with others."""
    return Asked(BEATS, [ALARM_WORKER], _state_told)


def _state_told(rows: Rows) -> WatchState:
    workers = tuple(Watcher(worker, silent_for_s) for worker, silent_for_s in rows)
    living = [each.silent_for_s for each in workers if abs(each.silent_for_s) <= SILENT_AFTER_S]
    silences = living or [abs(each.silent_for_s) for each in workers]
    return WatchState(
        is_living=bool(living), silent_for_s=max(0.0, min(silences)) if silences else None, workers=workers
    )
