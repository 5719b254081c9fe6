"""Outcomes by the days since the last dose: how long benefit lasts, and how far apart the next doses may be."""

from sojourn.clinical.outcomes.dose_clock.aligned import (
    ClockPoint,
    TimeInResponse,
    on_the_clock,
    time_in_response,
)
from sojourn.clinical.outcomes.dose_clock.durability import Durability, NotEnoughKnown, durability
from sojourn.clinical.outcomes.dose_clock.maintenance import Step, Suggestion, suggest_interval
from sojourn.clinical.outcomes.dose_clock.policy import (
    DurabilityPolicy,
    MaintenancePolicy,
    maintenance_policy,
)

__all__ = [
    "ClockPoint",
    "Durability",
    "DurabilityPolicy",
    "MaintenancePolicy",
    "NotEnoughKnown",
    "Step",
    "Suggestion",
    "TimeInResponse",
    "durability",
    "maintenance_policy",
    "on_the_clock",
    "suggest_interval",
    "time_in_response",
]  # fmt: skip
