"""The clock of a drill: it runs as fast as was chosen, and tells the same moment however often it is asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

SPEEDS: Final = (1, 10, 60)


@dataclass(frozen=True, slots=True)
class DrillClock:
    """A clock that showed `began_at` when the real one did, and runs `speed` times as fast. It stops at `stopped_at`.

    `started_at` is the moment by this clock from which the script counts its minutes.
    """

    began_at: datetime
    started_at: datetime
    speed: int
    stopped_at: datetime | None = None  # by the real clock

    def __post_init__(self) -> None:
        if self.speed not in SPEEDS:
            raise ValueError(f"A drill runs at one of these speeds: {', '.join(map(str, SPEEDS))}.")

    def at(self, real: datetime) -> datetime:
        """Give what this clock shows at a moment of the real one; never earlier than when the drill began."""
        until = real if self.stopped_at is None else min(real, self.stopped_at)
        return self.began_at + max(timedelta(0), until - self.began_at) * self.speed

    def minute_of(self, shown: datetime) -> float:
        """Give the minute of the script at a moment of this clock."""
        return (shown - self.started_at).total_seconds() / 60

    def moment_of(self, minute: float) -> datetime:
        """Give the moment of this clock at a minute of the script."""
        return self.started_at + timedelta(minutes=minute)
