"""The report of a drill as it is kept: what was expected and what happened, with who asks for it."""

from collections.abc import Sequence
from typing import Any

from sojourn.clinical.monitoring.sealing import moment
from sojourn.clinical.rehearsal import DrillClock, Score, ScoredItem, Script
from sojourn.program.rehearsals.models import SentTap


def report_of(
    script: Script, found: Score, *, taps: Sequence[SentTap], clock: DrillClock, ended_at: float
) -> dict[str, Any]:
    """Write the report of a drill as JSON values, so that it stays as it was when scripts change."""
    return {
        "title": script.title,
        "teaches": script.teaches,
        "started_at": moment(clock.started_at),
        "ended_minute": round(ended_at, 1),
        "lasts_minutes": script.lasts_minutes,
        "items": [_line(item) for item in found.items],
        "taps": [_tap(tap) for tap in taps],
        "citations": [citation.in_words for citation in script.citations],
    }


def _tap(tap: SentTap) -> dict[str, Any]:
    return {
        "by": tap.by,
        "kind": tap.kind,
        "minute": round(tap.minute, 1),
        "sent_minute": round(tap.sent_minute, 1),
        "answer": tap.answer,
    }


def _line(item: ScoredItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "says": item.says,
        "outcome": item.outcome.value,
        "due_from": round(item.due_from, 1),
        "due_by": None if item.due_by is None else round(item.due_by, 1),
        "done_at": None if item.done_at is None else round(item.done_at, 1),
        "sentence": item.sentence,
        "better": item.better,
        "citations": [citation.in_words for citation in item.citations],
    }
