"""A drill script as values. Minutes count from the start of the drill: the dose, or the door for drills before it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from sojourn.clinical.evidence import Citation
from sojourn.clinical.rehearsal.deeds import Wanted

ON_THE_CLIP: Final = ("spo2", "heart_rate")
VITAL_SIGNS: Final = ("systolic", "diastolic", "heart_rate", "spo2", "respiratory_rate")
RATINGS: Final = ("moaas", "dissociation")
START: Final = "start"


class Begins(StrEnum):
    """Where the trainee takes over: at the checks before a dose, or just after it."""

    CHECKLIST = "checklist"
    DOSE = "dose"


class Whose(StrEnum):
    """Who sends something by themselves in a drill, each from a device of their own."""

    PATIENT = "patient"
    SITTER = "sitter"
    GATEWAY = "gateway"


class World(StrEnum):
    """What happens around the patient, done to the rehearsal itself where that is safe."""

    NETWORK_LOST = "network lost"
    HOME_OFFLINE = "home offline"
    WATCH_STOPPED = "watch stopped"
    FIRE_ALARM = "fire alarm"
    MONITOR_AWAY = "monitor away"
    WRONG_PATIENT = "wrong patient"
    CONSENT_EXPIRED = "consent expired"


@dataclass(frozen=True, slots=True)
class Change:
    """What is added to vital signs and ratings, growing over minutes, and halving each `fades_minutes` afterwards."""

    adds: Mapping[str, float]
    over_minutes: float
    fades_minutes: float


NO_CHANGE: Final = Change(MappingProxyType({}), 0, 1)


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happens from minute `at`, to `until` where it ends by itself, or until a reaction eases it.

    `shows` is the sign to be seen. `silent` do not answer the telephone. `ends_session`: the patient has gone.
    `unless` names reactions that keep it from happening. `clip` is what the oximeter shows meanwhile instead of what is
    so, by signal; empty where it shows nothing, None where it shows what is so.
    """

    id: str
    at: float
    until: float | None
    says: str
    shows: str
    change: Change
    eased_by: tuple[str, ...]
    unless: tuple[str, ...]
    silent: tuple[str, ...]
    world: World | None
    ends_session: bool
    clip: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Reaction:
    """How the patient answers a deed that comes after a happening began."""

    id: str
    to: Wanted
    after: str
    says: str
    change: Change


@dataclass(frozen=True, slots=True)
class Tap:
    """What somebody sends by themselves: from `at` minutes after something began, and again `every` so many minutes.

    `facts` are those of the event; `measures` are vital signs that their device reads off the patient in that minute.
    `unless` names reactions after which it is not sent any more.
    """

    id: str
    by: Whose
    kind: str
    facts: Mapping[str, str | float]
    measures: tuple[str, ...]
    after: str
    at: float
    every: float | None
    until: float | None
    unless: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """A deed of a good response: within so many minutes after something, and until when late still counts."""

    id: str
    says: str
    better: str
    deed: Wanted
    after: str
    from_minutes: float
    within_minutes: float
    late_minutes: float | None
    may_be_written_later: bool
    unless: tuple[str, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Forbidden:
    """What must not be done after something began, until an expected deed was done or for as long as the drill lasts."""

    id: str
    says: str
    better: str
    deed: Wanted
    after: str
    until: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """One drill: a patient, what happens, how they react, and what a good response is.

    `clocks_ahead` says by how many minutes the clock of somebody's device is ahead; it is behind where that is below 0.
    """

    id: str
    version: str
    title: str
    teaches: str
    tells_trainee: str
    protocol: str
    begins: Begins
    lasts_minutes: int
    weight_kg: float
    dose_mg: float
    baseline: Mapping[str, float]
    looks: str
    happenings: tuple[Happening, ...]
    reactions: tuple[Reaction, ...]
    taps: tuple[Tap, ...]
    clocks_ahead: Mapping[Whose, float]
    expected: tuple[Expected, ...]
    forbidden: tuple[Forbidden, ...]
    citations: tuple[Citation, ...]
