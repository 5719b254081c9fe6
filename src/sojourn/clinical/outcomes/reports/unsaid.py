"""What a report does not say."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Unsaid:
    """A part these data cannot carry, and why."""

    because: str
