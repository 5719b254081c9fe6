"""What follows when a look at the patient is missed, or a call for help: the steps of a ladder, when it begins, its pace."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from sojourn.clinical.evidence import Basis, Citation
from sojourn.clinical.evidence.validity import Validity
from sojourn.clinical.monitoring.events import Acknowledged, Called, Event, Looked, Noticed, Rated
from sojourn.clinical.monitoring.plans import Alarm, MonitoringPlan
from sojourn.clinical.monitoring.session import SessionState
from sojourn.clinical.monitoring.sitting import next_sitter_look
from sojourn.clinical.monitoring.telling import in_order

# What a ladder follows: a missed look or check-in, a call for help that nobody took on, a missed look of the sitter.
LOOK, CALL, SITTER_LOOK = FOLLOWS = ("look", "call", "sitter_look")
HELP_ASKED: Final = "HELP-ASKED"  # the alarm of a call for help
QUIETING = (Looked, Rated, Noticed, Acknowledged, Called)
DOES = (
    "prompt", "sound", "call_patient", "call_sitter", "call_monitor", "take_over", "tell_director",
    "emergency_services",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One step: `after` the moment the look was due or help was asked for, or `after_urgent` it. `does` is one of DOES."""

    id: str
    after: timedelta
    after_urgent: timedelta
    does: str
    severity: Alarm
    owner: str
    says: str


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps for what is missed, one of FOLLOWS, in order. The last comes again until somebody looks."""

    id: str
    follows: str
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
    told = in_order(events)
    looked = (
        min(event.taken_at, now)
        for kind in QUIETING
        for event in told.of(kind)
        if not isinstance(event, Called) or event.reached
    )
    quiet_until = max((at + ladder.quiet for at in looked), default=state.next_due.due_at)
    begins_at = min(max(state.next_due.due_at, quiet_until), now + _longest_pause(plan))
    return NextLook(begins_at, is_urgent=is_urgent(state=state, ladder=ladder, is_suicidal=is_suicidal))


def call_waits_since(
    *, events: Iterable[Event], state: SessionState, ladder: Ladder, now: datetime
) -> datetime | None:
    """Say since when a call for help waits for somebody; None when each was taken on.

    Only taking the call on ends its ladder. A step of it taken on, or a call that reached somebody, quiets it for its
    minutes; nothing the patient or the sitter does.
    """
    asked = [min(alarm.taken_at, now) for alarm in state.unacknowledged if alarm.limit_id == HELP_ASKED]
    if not asked:
        return None
    first = min(asked)
    return max([first, *(at + ladder.quiet for at in _answers(events, ladder, now) if at > first)])


def sitter_look_waits_since(
    *,
    looked_at: Iterable[datetime],
    events: Iterable[Event],
    state: SessionState,
    ladder: Ladder,
    now: datetime,
) -> datetime | None:
    """Say when the sitter must look next, or since when they must; None when the session is not running.

    `looked_at` are their looks. A step of the ladder taken on, or a call that reached somebody, quiets it.
    """
    if state.dosed_at is None or state.ended_at is not None:
        return None
    due_at = next_sitter_look((min(at, now) for at in looked_at), dosed_at=state.dosed_at)
    return max([due_at, *(at + ladder.quiet for at in _answers(events, ladder, now))])


def _answers(events: Iterable[Event], ladder: Ladder, now: datetime) -> Iterable[datetime]:
    """When somebody on duty did something about it: only they can take on an alarm, or note a call."""
    steps = {step.id for step in ladder.steps}
    return (
        min(event.taken_at, now)
        for event in events
        if (isinstance(event, Acknowledged) and event.limit_id in steps)
        or (isinstance(event, Called) and event.reached)
    )


def is_urgent(*, state: SessionState, ladder: Ladder, is_suicidal: bool) -> bool:
    """True when the last reading was red or worse, oxygen was low, or the patient spoke of suicide."""
    red = any(crossing.severity is not Alarm.AMBER for crossing in state.alarms)
    oxygen = next((seen.value for seen in state.seen if seen.signal == "spo2"), None)
    return is_suicidal or red or (oxygen is not None and oxygen < ladder.urgent_spo2_below)


def _longest_pause(plan: MonitoringPlan) -> timedelta:
    looks = (0, *plan.vitals_at)
    pauses = (later - earlier for earlier, later in pairwise(looks))
    return timedelta(minutes=max(plan.then_every, *pauses))
