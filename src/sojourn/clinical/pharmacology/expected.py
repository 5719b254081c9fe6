"""What the hours after one order may look like: bands over time for people of that weight, and when most are back.

Earlier doses make dissociation weaker and shorter: that much was seen, by how much is our choice, so a course after earlier
doses is of low confidence and carries the window of a first session beside its own. What they left in the blood is not
counted; after a day it is a hundredth. A pressure band holds readings, so it includes the scatter of two cuff measurements,
the one before the dose and the one compared with it.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sojourn.clinical.evidence import Citation
from sojourn.clinical.pharmacology.cautions import Person, cautions_for
from sojourn.clinical.pharmacology.dissociation import session_tolerances
from sojourn.clinical.pharmacology.doses import Dose
from sojourn.clinical.pharmacology.draws import normal
from sojourn.clinical.pharmacology.exponentials import Array
from sojourn.clinical.pharmacology.exposure import standard_over_min
from sojourn.clinical.pharmacology.measures import DESCRIBED, Measure, follow
from sojourn.clinical.pharmacology.parameters import Confidence, model
from sojourn.clinical.pharmacology.people import BLOCK, People
from sojourn.clinical.pharmacology.regimens import Regimen
from sojourn.clinical.pharmacology.routes import Drug, Route
from sojourn.clinical.pharmacology.version import VERSION
from sojourn.clinical.pharmacology.windows import Window, least_confident, window

COUNT, SEED = 5000, 1  # the time 95 of 100 need then scatters by less than a minute
LAST_MIN, EVERY_MIN = 240, 5
SHARES = (0.05, 0.5, 0.95)
NOISE_STREAM = 97
UNKNOWN_WEIGHT_KG, UNKNOWN_WEIGHT_SD_KG = 80.0, 16.0


@dataclass(frozen=True, slots=True)
class BandOverMinutes:
    """5, 50 and 95 of 100 people at each of `minutes` after the dose began, in `unit`."""

    minutes: tuple[float, ...]
    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]
    unit: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class ExpectedCourse:
    """The course of one dose. `begins_min` and `strongest_min` are those of the middle person's dissociation.

    `days_before` are the days since each earlier dose, `tolerance` by how much higher a level it takes after them.
    """

    dose: Dose
    days_before: tuple[float, ...]
    tolerance: float
    dissociation: BandOverMinutes
    systolic_rise: BandOverMinutes
    back_from_dissociation: Window
    back_as_first: Window  # from dissociation, if nothing had been given before
    back_from_pressure: Window
    begins_min: float | None
    strongest_min: float
    cautions: tuple[str, ...]
    count: int
    seed: int
    version: str
    confidence: Confidence

    @property
    def tolerance_citations(self) -> tuple[Citation, ...]:
        """What the tolerance rests on; nothing where no dose was given before."""
        return model("effects").parameters["session_tolerance_size"].citations if self.days_before else ()


def ordered_dose(*, route: str, drug: str, mg: float) -> Dose:
    """Turn an order into a dose: by vein over the standard time; under the tongue as if all is swallowed.

    Raises CannotSimulate for a dose no model knows.
    """
    way = Route(route)
    over = standard_over_min() if way is Route.INTRAVENOUS else 0.0
    return Dose(way, Drug(drug), mg=mg, over_min=over)


@lru_cache(maxsize=256)
def expected_course(
    *, dose: Dose, weight_kg: float | None = None, days_before: tuple[float, ...] = ()
) -> ExpectedCourse:
    """Predict for five thousand people of that weight, or of usual weights where it is not known. Raises CannotSimulate.

    `days_before` are the days since each earlier dose of that person, the longest ago first.

    >>> course = expected_course(dose=ordered_dose(route="intramuscular", drug="ketamine", mg=35), weight_kg=70.0)
    >>> course.strongest_min, course.dissociation.unit, course.back_from_dissociation.most_by_rounded_min
    (15.0, 'CADSS points', 90)
    """
    said = cautions_for(Person(weight_kg=weight_kg or UNKNOWN_WEIGHT_KG), dose)
    people = People(
        count=COUNT,
        seed=SEED,
        weight_kg=weight_kg or UNKNOWN_WEIGHT_KG,
        weight_sd_kg=0.0 if weight_kg else UNKNOWN_WEIGHT_SD_KG,
    )
    minutes = np.arange(0.0, LAST_MIN + EVERY_MIN, EVERY_MIN)
    wanted = (Measure.DISSOCIATION, Measure.SYSTOLIC_RISE)
    followed = [
        follow(
            regimen=Regimen.of(dose),
            people=block,
            times_h=minutes / 60,
            measures=wanted,
            days_before=days_before,
        )
        for block in people.blocks(BLOCK)
    ]
    found = {measure: np.concatenate([one[measure] for one in followed]) for measure in wanted}
    back = window(dose=dose, people=people, measure=Measure.DISSOCIATION, days_before=days_before)
    dissociation = _band(Measure.DISSOCIATION, minutes, found[Measure.DISSOCIATION], back.confidence)
    pressure = window(dose=dose, people=people, measure=Measure.SYSTOLIC_RISE)
    middle = np.array(dissociation.middle)
    felt = np.flatnonzero(middle > back.threshold)
    return ExpectedCourse(
        dose=dose,
        days_before=days_before,
        tolerance=session_tolerances((*(-days for days in days_before), 0.0))[-1],
        dissociation=dissociation,
        systolic_rise=_band(
            Measure.SYSTOLIC_RISE,
            minutes,
            found[Measure.SYSTOLIC_RISE] + _scatter(minutes),
            pressure.confidence,
        ),
        back_from_dissociation=back,
        back_as_first=window(dose=dose, people=people, measure=Measure.DISSOCIATION),
        back_from_pressure=pressure,
        begins_min=float(minutes[felt[0]]) if len(felt) else None,
        strongest_min=float(minutes[middle.argmax()]),
        cautions=said,
        count=COUNT,
        seed=SEED,
        version=VERSION,
        confidence=least_confident(dissociation.confidence, dose.confidence),
    )


def _band(measure: Measure, minutes: Array, values: Array, confidence: Confidence) -> BandOverMinutes:
    low, middle, high = (tuple(float(v) for v in row) for row in np.quantile(values, SHARES, axis=0))
    return BandOverMinutes(
        minutes=tuple(float(minute) for minute in minutes),
        low=low,
        middle=middle,
        high=high,
        unit=DESCRIBED[measure].unit,
        confidence=confidence,
    )


def _scatter(minutes: Array) -> Array:
    """Draw what two measurements add to a difference between them."""
    drawn = normal(seed=SEED, stream=NOISE_STREAM, first=0, count=COUNT, columns=len(minutes) + 1)
    found: Array = model("effects")["measurement_sd_mmhg"] * (drawn[:, 1:] - drawn[:, :1])
    return found
