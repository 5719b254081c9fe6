"""Alarms that events of a session raise: each is a row of the alarm board and an event on the session's own record."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from sojourn.clinical import monitoring
from sojourn.clinical.monitoring.events import Alarmed
from sojourn.program.people.actors import Actor
from sojourn.program.safety import actions as safety
from sojourn.program.treatment.answer_times import taken_on_within
from sojourn.program.treatment.choices import EventSource
from sojourn.program.treatment.crossings import crossing_in_words
from sojourn.program.treatment.recorder import NewEvent

ABOUT_AN_EVENT: Final = "session event"
LEFT_EARLY: Final = "LEFT-UNDISCHARGED"
SERIOUS_EVENT: Final = "SERIOUS-EVENT"
READING_REFUSED: Final = "READING-REFUSED"
OWNER: Final = "session monitor"
LONGEST: Final = 300
RED: Final = {monitoring.Alarm.RED, monitoring.Alarm.EMERGENCY}


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Why an event of a session calls for somebody. `severity` is amber, red or emergency."""

    about_id: UUID
    reason: str
    severity: str
    says: str
    taken_at: datetime
    facts: dict[str, Any] = field(default_factory=dict)
    taken_on_as: str = ""  # the severity by which somebody takes it on, where not its own

    def as_event(self) -> NewEvent:
        """The entry on the session's record that an alarm was raised; the same cause gives the same entry."""
        alarmed = Alarmed(
            taken_at=self.taken_at,
            limit_id=self.reason,
            severity=self.severity,
            about_id=str(self.about_id),
            words=self.says,
        )
        return NewEvent(event=alarmed, form_id=uuid5(self.about_id, self.reason), source=EventSource.PROGRAM)


def crossed(crossing: monitoring.Crossing, *, about_id: UUID) -> Cause:
    """A limit that an event on record has crossed."""
    return Cause(
        about_id=about_id,
        reason=crossing.limit_id,
        severity=crossing.severity.value,
        says=crossing_in_words(crossing),
        taken_at=crossing.taken_at,
        facts={"signal": crossing.signal, "value": crossing.value},
    )


def left_early(*, about_id: UUID, taken_at: datetime) -> Cause:
    """Program policy: a patient who goes before their discharge is a red alarm."""
    says = "The patient left without a discharge."
    return Cause(about_id=about_id, reason=LEFT_EARLY, severity="red", says=says, taken_at=taken_at)


def help_asked(*, about_id: UUID, taken_at: datetime, by: EventSource) -> Cause:
    """Program policy: a call for help is a red alarm, whoever calls; nobody in the patient's role can silence it.

    It is taken on as soon as an emergency; steps follow sooner than that (`monitoring.call_waits_since`).
    """
    says = "The sitter is worried." if by == EventSource.SITTER else "The patient asks for help."
    return Cause(
        about_id=about_id,
        reason=monitoring.HELP_ASKED,
        severity="red",
        says=says,
        taken_at=taken_at,
        taken_on_as="emergency",
    )


def serious_event(*, about_id: UUID, taken_at: datetime) -> Cause:
    """Program policy: the medical director hears of a serious adverse event within the hour; the alarm is red."""
    says = "A serious adverse event is on record: the medical director is told within the hour."
    return Cause(about_id=about_id, reason=SERIOUS_EVENT, severity="red", says=says, taken_at=taken_at)


def reading_refused(*, about_id: UUID, taken_at: datetime, typed: str, device: str) -> Cause:
    """Program policy: what nobody typed and nobody sees refused is an amber alarm, once for each device of a session."""
    says = f"Reading refused from {device or 'a device'}: {typed}. Look at the device."
    return Cause(about_id=about_id, reason=READING_REFUSED, severity="amber", says=says, taken_at=taken_at)


def raise_for(cause: Cause, *, patient_id: UUID, number: int, actor: Actor, now: datetime) -> UUID:
    """Raise the alarm in the transaction of its event. `number` is the session's; give the alarm's id."""
    shown = "amber" if cause.severity == "amber" else "red"
    return safety.raise_alarm(
        patient_id=patient_id,
        reason=cause.reason,
        severity=shown,
        says=cause.says[:LONGEST],
        owner=OWNER,
        facts={**cause.facts, "session": number},
        about_kind=ABOUT_AN_EVENT,
        about_id=cause.about_id,
        acknowledge_within=taken_on_within(cause.taken_on_as or cause.severity),
        raised_at=now,
        actor=actor,
    )
