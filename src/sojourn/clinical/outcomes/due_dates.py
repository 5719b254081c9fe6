"""Which due days were answered, and which are gaps."""

from collections.abc import Sequence
from datetime import date, timedelta


def unanswered(*, due: Sequence[date], answered: Sequence[date], window: timedelta) -> tuple[date, ...]:
    """Give the due days without an answer within the window, in order.

    One answer serves one due day: the nearest pair is matched first, then the earlier answer.
    """
    pairs = sorted(
        (abs(given - day), given, place, day)
        for day in set(due)
        for place, given in enumerate(answered)
        if abs(given - day) <= window
    )
    served: set[date] = set()
    used: set[int] = set()
    for _, _, place, day in pairs:
        if day not in served and place not in used:
            served.add(day)
            used.add(place)
    return tuple(sorted(set(due) - served))
