"""What follows when a look at the patient is missed: the steps of a ladder, when it begins, and whether it waits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sojourn.clinical.evidence import Basis, Citation
from sojourn.clinical.evidence.validity import Validity
from sojourn.clinical.monitoring.events import Acknowledged, Called, Event, Looked, Noticed, Rated
from sojourn.clinical.monitoring.plans import Alarm, MonitoringPlan
from sojourn.clinical.monitoring.session import SessionState

QUIETING = Looked | Rated | Noticed | Acknowledged | Called
DOES = (
    "prompt", "sound", "call_patient", "call_sitter", "call_monitor", "take_over", "tell_director",
    "emergency_services",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One step: `after` the moment the look was due, or `after_urgent` it. `does` is one of DOES."""

    id: str
    after: timedelta
    after_urgent: timedelta
    does: str
    severity: Alarm
    owner: str
    says: str


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps for a missed look, the first at the moment it was due. The last comes again until somebody looks."""

    id: str
    title: str
    plans: tuple[str, ...]
    steps: tuple[LadderStep, ...]
    quiet: timedelta
    again: timedelta
    urgent_spo2_below: float
    says: str
    patient_says: str
    basis: Basis
    citations: tuple[Citation, ...]
    validity: Validity


@dataclass(frozen=True, slots=True)
class NextLook:
    """When the ladder of a session begins unless somebody looks, and whether it then waits between its steps."""

    begins_at: datetime
    is_urgent: bool


def next_look_of(
    *,
    events: Iterable[Event],
    state: SessionState,
    plan: MonitoringPlan,
    ladder: Ladder,
    now: datetime,
    is_suicidal: bool = False,
) -> NextLook | None:
    """Say when somebody must next look; None when the session is not running.

    A look without vital signs, a call that reached somebody and an alarm taken on put the ladder off, each for its
    quiet minutes and no longer. Nothing puts it off for longer than the plan's longest pause between looks, whatever
    a device's clock says.
    """
    if state.next_due is None:
        return None
    looked = (
        min(event.taken_at, now)
        for event in events
        if isinstance(event, QUIETING) and (not isinstance(event, Called) or event.reached)
    )
    quiet_until = max((at + ladder.quiet for at in looked), default=state.next_due.due_at)
    begins_at = min(max(state.next_due.due_at, quiet_until), now + _longest_pause(plan))
    return NextLook(begins_at, is_urgent=is_urgent(state=state, ladder=ladder, is_suicidal=is_suicidal))


def is_urgent(*, state: SessionState, ladder: Ladder, is_suicidal: bool) -> bool:
    """True when the last reading was red or worse, oxygen was low, or the patient spoke of suicide."""
    red = any(crossing.severity is not Alarm.AMBER for crossing in state.alarms)
    oxygen = next((seen.value for seen in state.seen if seen.signal == "spo2"), None)
    return is_suicidal or red or (oxygen is not None and oxygen < ladder.urgent_spo2_below)


def _longest_pause(plan: MonitoringPlan) -> timedelta:
    looks = (0, *plan.vitals_at)
    pauses = (later - earlier for earlier, later in pairwise(looks))
    return timedelta(minutes=max(plan.then_every, *pauses))
