"""The state of a dosing session, as values: what a session room shows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sojourn.clinical.evidence import Citation
from sojourn.clinical.monitoring.discharge import Missing, Seen
from sojourn.clinical.monitoring.events import Alarmed
from sojourn.clinical.monitoring.limits import Crossing
from sojourn.clinical.monitoring.plans import ChecklistItem
from sojourn.clinical.quantities import BloodPressure


class SessionPhase(StrEnum):
    CHECKING = "checking"
    HELD = "held"
    READY = "ready"
    DOSING = "dosing"
    OBSERVING = "observing"
    DISCHARGED = "discharged"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Hold:
    """Why no dose may be given: a red checklist item, or a value before the dose.

    `then` is what to do next, where it is known.
    """

    id: str
    says: str
    citations: tuple[Citation, ...]
    then: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """The next look. `what` is "vitals" by the schedule, or "recheck" after a crossed limit."""

    what: str
    due_at: datetime
    overdue: bool
    minute: int | None = None


@dataclass(frozen=True, slots=True)
class Departure:
    """Something that was done although the plan did not allow it yet, told by the event `about_id`. It stays on record."""

    id: str
    says: str
    at: datetime
    about_id: str


@dataclass(frozen=True, slots=True)
class Bearings:
    """What is so in a session whatever the time is: dose, end, and the vital signs before the dose."""

    dosed_at: datetime | None
    ended_at: datetime | None
    baseline: BloodPressure | None
    needs_baseline: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SessionState:
    """Everything derived from the events of one session, as of a moment.

    `unanswered` are checklist items still open; `needs_baseline` names the vital signs missing before the
    dose. `missed` are minutes of the schedule at which nobody looked. `limits_crossed` holds every crossing,
    the latest first; those nobody has looked at again are current. `looked_at` is when somebody last saw the
    patient; `unacknowledged` are alarms on record that nobody has taken on.
    """

    phase: SessionPhase
    held_by: tuple[Hold, ...]
    unanswered: tuple[ChecklistItem, ...]
    needs_baseline: tuple[str, ...]
    next_due: Due | None
    missed: tuple[int, ...]
    minutes_since_dose: int | None
    observe_minutes: int
    dosed_at: datetime | None
    dose_mg: float
    baseline: BloodPressure | None
    seen: tuple[Seen, ...]
    limits_crossed: tuple[Crossing, ...]
    discharge_missing: tuple[Missing, ...]
    departures: tuple[Departure, ...]
    ended_at: datetime | None
    looked_at: datetime | None
    unacknowledged: tuple[Alarmed, ...]

    @property
    def may_dose(self) -> bool:
        return self.phase is SessionPhase.READY

    @property
    def may_discharge(self) -> bool:
        return self.dosed_at is not None and self.ended_at is None and not self.discharge_missing

    @property
    def alarms(self) -> tuple[Crossing, ...]:
        """Crossings nobody has looked at again, the most urgent first."""
        current = [crossing for crossing in self.limits_crossed if crossing.is_current]
        return tuple(sorted(current, key=lambda crossing: crossing.severity.rank))
