"""The synthetic person an invented patient lives as: body, readings, scores, and when they stop coming.

It is one of those `./sojourn synthesize` makes: seed and place in the line say which. Never a real person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Self

import numpy as np

from sojourn.clinical import monitoring, protocols
from sojourn.clinical.monitoring import MonitoringPlan
from sojourn.clinical.pharmacology import People, Regimen, Session, ordered_dose
from sojourn.clinical.pharmacology.people import Draw
from sojourn.clinical.pharmacology.synthetic import SyntheticPeople, live_through
from sojourn.clinical.pharmacology.synthetic_readings import Whole
from sojourn.program.demonstration.cast import PatientPart
from sojourn.program.people.places import local_date

PLACES, SEED = 1_000_000, 20261124
UNDATED = datetime.min.replace(tzinfo=UTC)  # of a dose that is not booked
WATCHED_MIN = 360  # so long a session is followed at the most


@dataclass(frozen=True)
class Look:
    """What is read at one look, minutes after the dose; before it at 0."""

    minute: int
    vitals: dict[str, int]
    moaas: int
    felt: int


@dataclass(frozen=True)
class LivingPerson:
    """One synthetic person, and the days of their doses as far as these are booked; the first dose is on day 0."""

    part: PatientPart
    dosed_at: tuple[datetime, ...] = ()
    timezone: str = "UTC"
    last_day: int = 0

    @classmethod
    def of(cls, part: PatientPart) -> Self:
        """Find the person before anything is booked."""
        return cls(part)

    def dosed(self, at: Sequence[datetime], *, timezone: str, until: datetime) -> Self:
        """Give the same person, dosed at these moments and asked until then."""
        return type(self)(self.part, tuple(at), timezone, max(0, (until - at[0]).days + 1) if at else 0)

    @property
    def weight_kg(self) -> Decimal:
        return Decimal(str(round(float(self._drawn.weight_kg[0]), 1)))

    @property
    def dose_mg(self) -> Decimal:
        """The dose of each session, to the milligram: the usual one, or the highest first one where that is less."""
        protocol = protocols.course_protocol(self.part.protocol)
        usual = protocols.dose_range(protocol=protocol, weight_kg=float(self.weight_kg)).usual
        most = protocol.dose.first_high_mg_per_kg
        return Decimal(int(usual if most is None else min(usual, most * float(self.weight_kg))))

    @property
    def comes_to(self) -> int:
        """How many sessions they come to, of those booked."""
        return int(self._lived.attended[0])

    def day_of(self, on: date) -> int:
        """Give the day counted from the first dose; 0 before it."""
        return max(0, (on - local_date(self.dosed_at[0], self.timezone)).days) if self.dosed_at else 0

    def phq9_on(self, day: int) -> int:
        return int(self._on(self._lived.scores.phq9, day))

    def gad7_on(self, day: int) -> int:
        return int(self._on(self._lived.scores.gad7, day))

    def gain_on(self, day: int) -> float:
        """Give the share of the first PHQ-9 that is gone by a day, below 0 where it is worse."""
        return 1 - self.phq9_on(day) / max(1, self.phq9_on(0))

    def looks(self, dose: int) -> tuple[Look, ...]:
        """Give what is read at each look of a dose, counted from 0; the first is before it."""
        read = self._lived.readings
        return tuple(
            Look(
                minute=int(minute),
                vitals={
                    "systolic": int(read.systolic[0, dose, place]),
                    "diastolic": int(read.diastolic[0, dose, place]),
                    "heart_rate": int(read.heart_rate[0, dose, place]),
                    "spo2": int(read.spo2[0, dose, place]),
                    "respiratory_rate": int(read.respiratory_rate[0, dose, place]),
                },
                moaas=int(read.moaas[0, dose, place]),
                felt=int(read.felt[0, dose, place]),
            )
            for place, minute in enumerate(self._looks_min)
        )

    def _on(self, totals: Whole, day: int) -> int:
        return int(totals[0, min(max(0, day), self.last_day)])

    @property
    def _looks_min(self) -> tuple[float, ...]:
        return looks_of(monitoring.monitoring_plan(protocols.course_protocol(self.part.protocol).monitoring))

    @cached_property
    def _drawn(self) -> Draw:
        return People(count=PLACES, seed=SEED).draw(first=self.part.place, count=1)

    @cached_property
    def _lived(self) -> SyntheticPeople:
        protocol = protocols.course_protocol(self.part.protocol)
        dose = ordered_dose(route=protocol.route, drug=protocol.drug, mg=float(self.dose_mg))
        begins = self.dosed_at or (UNDATED,)
        return live_through(
            regimen=Regimen(tuple(Session((at - begins[0]).total_seconds() / 3600, dose) for at in begins)),
            people=self._drawn,
            looks_min=self._looks_min,
            score_days=tuple(float(day) for day in np.arange(self.last_day + 1)),
        )


def looks_of(plan: MonitoringPlan) -> tuple[float, ...]:
    """Minutes of the looks: one before the dose, those planned, then at the plan's pace."""
    later = range(plan.vitals_at[-1] + plan.then_every, WATCHED_MIN + 1, plan.then_every)
    return (0.0, *(float(minute) for minute in (*plan.vitals_at, *later)))
