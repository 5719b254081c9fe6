"""What each kind of event says in one line of a note."""

from collections.abc import Callable
from typing import Any

from sojourn.clinical.monitoring.documents.in_words import rating_in_words, serious_in_words, vitals_in_words
from sojourn.clinical.monitoring.documents.values import SessionRecord
from sojourn.clinical.monitoring.events import (
    Called,
    Cancelled,
    Discharged,
    Dosed,
    Event,
    HelpAsked,
    Left,
    Looked,
    Medicated,
    Missed,
    NextMorning,
    Noted,
    Noticed,
    PickedUp,
    Rated,
    Refused,
    RoleAccepted,
    SeriousTold,
    VitalTaken,
)
from sojourn.clinical.monitoring.ladder_files import followed_by_steps
from sojourn.clinical.monitoring.ladders import CALL, LOOK, SITTER_LOOK

MISSED = {
    LOOK: "a look was missed",
    CALL: "nobody took a call for help on",
    SITTER_LOOK: "the sitter's look was missed",
}


def event_says(record: SessionRecord, event: Event) -> str:
    """Say what an event tells, without its time. Raises KeyError for a kind that has no line of its own."""
    return SAYS[type(event)](record, event)


def _noticed(record: SessionRecord, event: Any) -> str:
    sign = record.plan.sign(event.sign)
    return (sign.label if sign else event.sign) + _after(event.words)


def _called(_: SessionRecord, event: Any) -> str:
    return f"called {event.whom}: {'reached' if event.reached else 'not reached'}" + _after(event.words)


def _next_morning(_: SessionRecord, event: Any) -> str:
    slept = "slept" if event.slept else "did not sleep"
    well = "nothing worrying" if event.well else "something worried them"
    return f"the morning after: {slept}, {well}" + _after(event.words)


def _then_words(says: str) -> Callable[[SessionRecord, Any], str]:
    return lambda _, event: says + _after(event.words)


SAYS: dict[type, Callable[[SessionRecord, Any], str]] = {
    VitalTaken: lambda _, event: vitals_in_words(event),
    Rated: lambda _, event: rating_in_words(event),
    Dosed: lambda _, event: f"{event.mg:g} mg given" + (f", lot {event.words}" if event.words else ""),
    Medicated: lambda _, event: f"{event.drug} {event.amount:g} {event.unit}" + _after(event.words),
    Called: _called,
    Noticed: _noticed,
    Noted: lambda _, event: str(event.words),
    Looked: _then_words("looked at the patient"),
    Missed: lambda _, event: MISSED[followed_by_steps().get(event.step, LOOK)] + _after(event.words),
    HelpAsked: _then_words("asked for help"),
    RoleAccepted: _then_words("took on the role of sitter"),
    SeriousTold: lambda _, event: serious_in_words(event),
    PickedUp: _then_words("has the patient with them"),
    NextMorning: _next_morning,
    Refused: lambda _, event: f"reading refused, no value: {event.typed}. {event.why}",
    Discharged: _then_words("discharged"),
    Left: _then_words("left"),
    Cancelled: _then_words("ended without a dose"),
}


def _after(words: str) -> str:
    return f": {words}" if words else ""
