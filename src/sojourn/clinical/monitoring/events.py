"""What can happen in a dosing session, as frozen values. Events are only added; `Struck` takes one back."""

from dataclasses import dataclass
from datetime import date, datetime

from sojourn.clinical.monitoring.plans import UNITS as SIGNAL_UNITS
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
class DoseChecked(Happened):
    """The drug in hand held against the order, before it is given; `dose_check` says what is wrong with it.

    `name_matches`, `birth_matches`: what the patient said agrees with the record. `count` is what was counted, in
    `unit`: devices in hand, or on camera all tablets at home, of which `expected_count` should be there.
    """

    name_matches: bool
    birth_matches: bool
    drug: str
    route: str
    mg: float
    lot: str
    expires_on: date
    ordered_drug: str = ""
    ordered_route: str = ""
    ordered_mg: float | None = None
    count: int | None = None
    expected_count: int | None = None
    unit: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed(Happened):
    """A second person saw with their own eyes what the event `about_id` tells."""

    about_id: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounted(Happened):
    """What became of the controlled medicine of this session, in `unit`. The latest account holds."""

    drug: str
    unit: str
    dispensed: float
    given: float
    wasted: float
    returned: float
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
class Looked(Happened):
    """Somebody looked at the patient and measured nothing. It does not stand in for vital signs."""

    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Called(Happened):
    """Somebody was called: `whom`, and whether they were reached."""

    whom: str
    reached: bool
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Medicated(Happened):
    """Something other than the dose of the session was given. `amount` is in `unit`, one of MEDICINE_UNITS."""

    drug: str
    amount: float
    unit: str
    words: str = ""

    @property
    def is_oxygen(self) -> bool:
        """True for oxygen to breathe: by its name, or by an amount that flows."""
        return self.unit == "L/min" or self.drug.casefold().startswith(("oxygen", "o2", "o₂"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarmed(Happened):
    """A limit was found crossed by the event `about_id`, and an alarm was raised for it."""

    limit_id: str
    severity: str
    about_id: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged(Happened):
    """Somebody took on the alarm `limit_id` raised by the event `about_id`."""

    limit_id: str
    about_id: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpAsked(Happened):
    """The patient asked for help, or the sitter is worried; who it was is the source of the entry."""

    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleAccepted(Happened):
    """Somebody took on the role of sitter; `words` hold their name and what they said yes to."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PickedUp(Happened):
    """The escort or sitter has the patient with them. It ends nothing: a discharge does."""

    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextMorning(Happened):
    """How the morning after was. `well`: the sitter saw nothing that worried them."""

    slept: bool
    well: bool
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(Happened):
    """A reading that cannot be true: `of` is its kind, `typed` what was entered, `why` the reason. It is no value."""

    of: str
    typed: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed(Happened):
    """Nobody looked in time: the program took the step `step` of a ladder. `look_due_at` is an ISO moment."""

    step: str
    does: str
    look_due_at: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriousTold(Happened):
    """Whether something serious happened, as the form of the session asks: death, danger to life, hospital, lasting harm.

    `what`, `treatment`, `hospital` and `outcome` are told only where it did.
    """

    happened: bool
    what: str = ""
    treatment: str = ""
    hospital: bool | None = None
    outcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted(Happened):
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Discharged(Happened):
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left(Happened):
    """The patient has gone; `words` say with whom. Without a discharge before it, they left early."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled(Happened):
    """The session ended without a dose."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Struck(Happened):
    """An earlier event was a mistake: it stays on record and counts no more."""

    struck_id: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected(Happened):
    """An earlier event was wrong and counts no more: `replaced_by` is the id of the event that tells it rightly."""

    struck_id: str
    replaced_by: str
    words: str


Event = (
    Checked | DoseChecked | Witnessed | Accounted | Dosed | VitalTaken | Rated | Looked | Called | Medicated | Alarmed
    | Acknowledged | Missed | Noticed | Confirmed | HelpAsked | RoleAccepted | PickedUp | NextMorning | Refused | Noted
    | SeriousTold | Discharged | Left | Cancelled | Struck | Corrected
)  # fmt: skip

# The order in which events of one moment are told.
KINDS: dict[str, type[Event]] = {
    "checked": Checked,
    "dose_checked": DoseChecked,
    "dosed": Dosed,
    "vital_taken": VitalTaken,
    "rated": Rated,
    "looked": Looked,
    "called": Called,
    "medicated": Medicated,
    "noticed": Noticed,
    "missed": Missed,
    "alarmed": Alarmed,
    "acknowledged": Acknowledged,
    "confirmed": Confirmed,
    "help_asked": HelpAsked,
    "role_accepted": RoleAccepted,
    "picked_up": PickedUp,
    "next_morning": NextMorning,
    "refused": Refused,
    "noted": Noted,
    "serious": SeriousTold,
    "accounted": Accounted,
    "witnessed": Witnessed,
    "discharged": Discharged,
    "left": Left,
    "cancelled": Cancelled,
    "struck": Struck,
    "corrected": Corrected,
}
WORDS_OF = {made: kind for kind, made in KINDS.items()}
# Each number a stored event may hold, with its unit. A medicine's amount names its own.
UNITS = {"mg": "mg", "ordered_mg": "mg", **SIGNAL_UNITS}
# Numbers whose unit stands beside them, as `unit`.
OWN_UNIT = ("amount", "count", "expected_count", "dispensed", "given", "wasted", "returned")
COUNTED_UNITS = ("devices", "tablets", "mg")
MEDICINE_UNITS = ("mcg", "mg", "g", "mL", "L/min")


def kind_of(event: Event) -> str:
    """Give the word under which an event is stored."""
    return WORDS_OF[type(event)]
