"""Where an American practice can be: the states by their postal codes, and the time zones of the country."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sojourn.clinical.protocols.states import STATES

__all__ = ["STATES", "TIME_ZONES", "local_date"]

TIME_ZONES: tuple[tuple[str, str], ...] = (
    ("America/New_York", "Eastern"),
    ("America/Chicago", "Central"),
    ("America/Denver", "Mountain"),
    ("America/Phoenix", "Mountain (Arizona)"),
    ("America/Los_Angeles", "Pacific"),
    ("America/Anchorage", "Alaska"),
    ("America/Adak", "Aleutian Islands"),
    ("Pacific/Honolulu", "Hawaii"),
)


def local_date(moment: datetime, timezone: str) -> date:
    """Give the day it is at a place at this moment."""
    return moment.astimezone(ZoneInfo(timezone)).date()


def local_time(moment: datetime, timezone: str) -> datetime:
    """Give the same moment by the clock of a place."""
    return moment.astimezone(ZoneInfo(timezone))
