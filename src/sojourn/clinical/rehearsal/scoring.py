"""Scores the response to a drill: each expected deed in time, late or missed; each forbidden one kept from or done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sojourn.clinical.evidence import Citation
from sojourn.clinical.rehearsal.clock import DrillClock
from sojourn.clinical.rehearsal.deeds import Deed
from sojourn.clinical.rehearsal.patient import LONGEST_MIN, under_way
from sojourn.clinical.rehearsal.scripts import Expected, Forbidden, Script

WRITTEN_AT_ONCE_MIN: Final = 5.0  # program policy: written down later than this, a deed counts from then on
LATE_IS_WORTH: Final = 0.5  # program policy
PASSES_AT: Final = 80  # percent; program policy


class Outcome(StrEnum):
    IN_TIME = "in time"
    LATE = "late"
    MISSED = "missed"
    WRONG = "wrong"
    KEPT = "not done, rightly"


POINTS: Final = {Outcome.IN_TIME: 1.0, Outcome.KEPT: 1.0, Outcome.LATE: LATE_IS_WORTH}


@dataclass(frozen=True, slots=True)
class ScoredItem:
    """One line of the report. Minutes are those of the script; `done_at` is None where nothing was done."""

    id: str
    says: str
    outcome: Outcome
    due_from: float
    due_by: float | None
    done_at: float | None
    sentence: str
    better: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """How a drill went. A drill is passed with nothing missed, nothing wrong, and four fifths of the points."""

    items: tuple[ScoredItem, ...]

    @property
    def percent(self) -> int:
        if not self.items:
            return 0
        return round(100 * sum(POINTS.get(item.outcome, 0.0) for item in self.items) / len(self.items))

    @property
    def passed(self) -> bool:
        failed = {Outcome.MISSED, Outcome.WRONG}
        return self.percent >= PASSES_AT and not any(item.outcome in failed for item in self.items)

    def ids(self, *outcomes: Outcome) -> frozenset[str]:
        return frozenset(item.id for item in self.items if item.outcome in outcomes)


def score(script: Script, deeds: Sequence[Deed], *, clock: DrillClock, ended_at: float) -> Score:
    """Score what was done, in any order of arrival. `ended_at` is the minute at which the drill ended.

    What was not due yet by then is left out: a drill that was stopped early is scored for what it asked.
    """
    done = sorted(deeds, key=lambda each: (each.event.taken_at, each.recorded_at, each.event.event_id))
    began = under_way(script, done, clock=clock)
    expected = [each for each in script.expected if _was_asked(each, began, ended_at)]
    items = [_expected(each, done, began, clock) for each in expected]
    met = {item.id: item.done_at for item in items if item.done_at is not None}
    forbidden = [each for each in script.forbidden if began.get(each.after, LONGEST_MIN) <= ended_at]
    items += [_forbidden(each, done, began, met, clock) for each in forbidden]
    return Score(tuple(items))


def _was_asked(expected: Expected, began: Mapping[str, float], ended_at: float) -> bool:
    if expected.after not in began or any(name in began for name in expected.unless):
        return False
    return began[expected.after] + expected.from_minutes <= ended_at


def _expected(
    each: Expected, done: Sequence[Deed], began: Mapping[str, float], clock: DrillClock
) -> ScoredItem:
    due_from = began[each.after] + each.from_minutes
    due_by = began[each.after] + each.within_minutes
    last = LONGEST_MIN if each.late_minutes is None else began[each.after] + each.late_minutes
    minutes = [
        _counts_from(deed, each, clock) for deed in done if each.deed.fits(deed) and not deed.was_refused
    ]
    fitting = sorted(minute for minute in minutes if due_from <= minute <= last)
    done_at = fitting[0] if fitting else None
    outcome = Outcome.MISSED if done_at is None else Outcome.IN_TIME if done_at <= due_by else Outcome.LATE
    return ScoredItem(
        id=each.id,
        says=each.says,
        outcome=outcome,
        due_from=due_from,
        due_by=due_by,
        done_at=done_at,
        sentence=_sentence(outcome, done_at, due_by),
        better="" if outcome is Outcome.IN_TIME else each.better,
        citations=each.citations,
    )


def _forbidden(
    each: Forbidden,
    done: Sequence[Deed],
    began: Mapping[str, float],
    met: Mapping[str, float],
    clock: DrillClock,
) -> ScoredItem:
    since = began[each.after]
    until = met.get(each.until, LONGEST_MIN) if each.until else LONGEST_MIN
    minutes = (clock.minute_of(deed.event.taken_at) for deed in done if each.deed.fits(deed))
    done_at = next((minute for minute in minutes if since < minute < until), None)
    outcome = Outcome.KEPT if done_at is None else Outcome.WRONG
    return ScoredItem(
        id=each.id,
        says=each.says,
        outcome=outcome,
        due_from=since,
        due_by=None,
        done_at=done_at,
        sentence="Rightly not done." if done_at is None else f"Done at minute {done_at:.0f}.",
        better="" if outcome is Outcome.KEPT else each.better,
        citations=each.citations,
    )


def _counts_from(deed: Deed, expected: Expected, clock: DrillClock) -> float:
    """Give the minute that counts: when it was done; or written down, where that was much later and need not be."""
    taken, recorded = clock.minute_of(deed.event.taken_at), clock.minute_of(deed.recorded_at)
    if expected.may_be_written_later or recorded - taken <= WRITTEN_AT_ONCE_MIN:
        return taken
    return recorded


def _sentence(outcome: Outcome, done_at: float | None, due_by: float) -> str:
    if done_at is None:
        return f"Expected by minute {due_by:.0f}; not on record."
    if outcome is Outcome.LATE:
        return f"Done at minute {done_at:.0f}, {done_at - due_by:.0f} minutes after it was due."
    return f"Done at minute {done_at:.0f}; expected by minute {due_by:.0f}."
