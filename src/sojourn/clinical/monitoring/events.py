"""What can happen in a dosing session, as frozen values. Events are only added; `Struck` takes one back."""

from dataclasses import dataclass
from datetime import datetime

from sojourn.clinical.quantities import BloodPressure, HeartRate, OxygenSaturation, RespiratoryRate


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """`taken_at` is when it was true, not when it arrived. The same `event_id` twice is one event."""

    taken_at: datetime
    event_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked(Happened):
    """An item of the checklist answered. The latest answer to an item holds."""

    item: str
    passed: bool
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dosed(Happened):
    """Drug given. The first one starts the clock."""

    mg: float
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VitalTaken(Happened):
    """Vital signs of one look; what was not measured is None. `symptoms`: the patient also felt unwell."""

    blood_pressure: BloodPressure | None = None
    heart_rate: HeartRate | None = None
    spo2: OxygenSaturation | None = None
    respiratory_rate: RespiratoryRate | None = None
    symptoms: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated(Happened):
    """Sedation by the observer, 5 (awake) to 0 (no response), and dissociation by the patient, 0 to 10."""

    moaas: int | None = None
    dissociation: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed(Happened):
    """A sign somebody saw. `sign` is an id of the plan's signs."""

    sign: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed(Happened):
    """A discharge criterion confirmed by a person; `words` holds the name where one is asked for."""

    criterion: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted(Happened):
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Discharged(Happened):
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled(Happened):
    """The session ended without a dose."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Struck(Happened):
    """An earlier event was a mistake: it stays on record and counts no more."""

    struck_id: str
    words: str


Event = Checked | Dosed | VitalTaken | Rated | Noticed | Confirmed | Noted | Discharged | Cancelled | Struck

KINDS: dict[str, type[Event]] = {
    "checked": Checked,
    "dosed": Dosed,
    "vital_taken": VitalTaken,
    "rated": Rated,
    "noticed": Noticed,
    "confirmed": Confirmed,
    "noted": Noted,
    "discharged": Discharged,
    "cancelled": Cancelled,
    "struck": Struck,
}


def kind_of(event: Event) -> str:
    """Give the word under which an event is stored."""
    return next(kind for kind, made in KINDS.items() if isinstance(event, made))
