"""Whether somebody may drive again after a dose: not before the next day, and not without a restful sleep.

Source: spravato-label, no driving or machines until the next day after a restful sleep; program policy for other drugs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

TO_THE_PATIENT: Final = "Do not drive or use machines until the next day, after a restful sleep."
OF_THE_PATIENT: Final = "No driving and no machines until the next day, after a restful sleep."
ASKED_FOR: Final = timedelta(days=3)  # program policy: as long as the questions of the next day are open


@dataclass(frozen=True, slots=True)
class Slept:
    """What somebody said of a night: on which day, and whether they slept well."""

    on: date
    well: bool


@dataclass(frozen=True, slots=True)
class Driving:
    """Whether the last dose still forbids driving; `cleared_on` is the day on which a good sleep was told."""

    dosed_on: date
    cleared_on: date | None
    is_next_day: bool

    @property
    def may_drive(self) -> bool:
        return self.cleared_on is not None


def driving_after(*, dosed_at: datetime, zone: tzinfo, now: datetime, nights: Iterable[Slept]) -> Driving:
    """Judge by what was told of the nights since the dose. Unsaid is not slept, and the same day never clears.

    A day is one of the calendar where the patient was dosed.
    """
    dosed_on, today = dosed_at.astimezone(zone).date(), now.astimezone(zone).date()
    good = sorted(night.on for night in nights if night.well and dosed_on < night.on <= today)
    return Driving(dosed_on, good[0] if good else None, is_next_day=today > dosed_on)
