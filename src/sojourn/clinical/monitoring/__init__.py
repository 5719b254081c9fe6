"""Reads the events of a dosing session: what is due, what is crossed, what holds it, and who may leave."""

from sojourn.clinical.monitoring.event_reading import EventInvalid, facts_of, read_event, units_of
from sojourn.clinical.monitoring.events import KINDS, DoseChecked, Event, kind_of
from sojourn.clinical.monitoring.fold import bearings_of, state_of
from sojourn.clinical.monitoring.ladder_files import NoLadder, ladder_for, ladders
from sojourn.clinical.monitoring.ladders import (
    HELP_ASKED,
    Ladder,
    NextLook,
    call_waits_since,
    is_urgent,
    next_look_of,
    sitter_look_waits_since,
)
from sojourn.clinical.monitoring.limits import Crossing, crossings_of
from sojourn.clinical.monitoring.plan_files import UnknownPlan, monitoring_plan, monitoring_plans
from sojourn.clinical.monitoring.plans import Alarm, MonitoringPlan
from sojourn.clinical.monitoring.schedule import EARLY_MINUTES, looks_to_come
from sojourn.clinical.monitoring.session import Bearings, Hold, SessionPhase, SessionState
from sojourn.clinical.monitoring.telling import Telling, in_order, told_with

__all__ = [
    "EARLY_MINUTES", "HELP_ASKED", "KINDS", "Alarm", "Bearings", "Crossing", "DoseChecked", "Event", "EventInvalid",
    "Hold", "Ladder", "MonitoringPlan", "NextLook", "NoLadder", "SessionPhase", "SessionState", "Telling", "UnknownPlan",
    "bearings_of", "call_waits_since", "crossings_of", "facts_of", "in_order", "is_urgent", "kind_of", "ladder_for",
    "ladders", "looks_to_come", "monitoring_plan", "monitoring_plans", "next_look_of", "read_event",
    "sitter_look_waits_since", "state_of", "told_with", "units_of",
]  # fmt: skip
