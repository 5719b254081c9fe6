"""By when somebody takes an alarm of a session on, as this practice has set it."""

from datetime import timedelta
from typing import Final

from sojourn.program.intake.practice_rules import policy_in_force

TAKEN_ON_BY: Final = {
    "amber": "alarm-acknowledge-session-amber",
    "red": "alarm-acknowledge-red",
    "emergency": "alarm-acknowledge-emergency",
}


def taken_on_within(severity: str) -> timedelta:
    """Give how long an alarm of this severity may wait: amber, red or emergency."""
    return policy_in_force(TAKEN_ON_BY[severity])
