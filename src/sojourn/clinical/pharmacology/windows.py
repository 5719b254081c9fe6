"""When most people are below a threshold again: for planning when to look, never for letting anybody go."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sojourn.clinical.pharmacology.doses import Dose
from sojourn.clinical.pharmacology.exponentials import Array
from sojourn.clinical.pharmacology.measures import DESCRIBED, Measure, follow
from sojourn.clinical.pharmacology.parameters import Confidence, model
from sojourn.clinical.pharmacology.people import People
from sojourn.clinical.pharmacology.regimens import Regimen
from sojourn.clinical.pharmacology.version import VERSION

STEP_MIN = 2.0
LAST_MIN = 480.0
ROUND_TO_MIN = 15
LOOKED_AT_MIN = 120.0
THRESHOLDS = {Measure.DISSOCIATION: 4.0, Measure.SYSTOLIC_RISE: 10.0}


@dataclass(frozen=True, slots=True)
class Window:
    """When people are back at or below a threshold, in minutes from the start of the dose.

    `half_by_min` and `most_by_min` are exact for these people; show `most_by_rounded_min`, rounded up to 15 minutes,
    because the model is less sure than the drawing of people. None where some never come back while followed.
    """

    measure: Measure
    threshold: float
    unit: str
    half_by_min: float
    most_by_min: float | None
    above_at_120_min: float
    count: int
    seed: int
    version: str
    confidence: Confidence

    @property
    def most_by_rounded_min(self) -> int | None:
        if self.most_by_min is None:
            return None
        return int(np.ceil(self.most_by_min / ROUND_TO_MIN) * ROUND_TO_MIN)


@lru_cache(maxsize=512)
def window(*, dose: Dose, people: People, measure: Measure, days_before: tuple[float, ...] = ()) -> Window:
    """Say when 95 of 100 people are back below the measure's threshold.

    `days_before` are the days since each earlier session, longest first: they raise the tolerance to dissociation, by a
    size that nobody measured, so that confidence falls to that of the size.

    >>> from sojourn.clinical.pharmacology import Drug, Route
    >>> infusion = Dose(Route.INTRAVENOUS, Drug.RACEMATE, mg_per_kg=0.5, over_min=40)
    >>> people = People(count=500, seed=1)
    >>> first = window(dose=infusion, people=people, measure=Measure.DISSOCIATION)
    >>> later = window(dose=infusion, people=people, measure=Measure.DISSOCIATION, days_before=(7, 3.5))
    >>> first.most_by_min > later.most_by_min, first.unit, str(later.confidence)
    (True, 'CADSS points', 'low')
    """
    threshold = THRESHOLDS[measure]
    back = np.sort(_back_at_min(dose, people, measure, days_before))
    most = float(np.quantile(back, 0.95, method="inverted_cdf"))
    return Window(
        measure=measure,
        threshold=threshold,
        unit=DESCRIBED[measure].unit,
        half_by_min=float(np.quantile(back, 0.5, method="inverted_cdf")),
        most_by_min=most if most < LAST_MIN else None,
        above_at_120_min=float((back > LOOKED_AT_MIN).mean()),
        count=people.count,
        seed=people.seed,
        version=VERSION,
        confidence=confidence_of(dose, measure, after_others=bool(days_before)),
    )


def least_confident(*found: Confidence) -> Confidence:
    """Give the weakest of several: a result is no surer than what it is made from."""
    return max(found, key=tuple(Confidence).index)


def confidence_of(dose: Dose, measure: Measure, *, after_others: bool = False) -> Confidence:
    """Say how sure a measure of this dose is; after other sessions dissociation is no surer than the size of tolerance."""
    found = [dose.confidence, DESCRIBED[measure].confidence]
    if after_others and measure is Measure.DISSOCIATION:
        found.append(model("effects").parameters["session_tolerance_size"].confidence)
    return least_confident(*found)


def _back_at_min(dose: Dose, people: People, measure: Measure, days_before: tuple[float, ...]) -> Array:
    """Give for each person the first time on the grid after which the threshold is not crossed again; 0 if never."""
    grid_min = np.arange(0.0, LAST_MIN + STEP_MIN, STEP_MIN)
    regimen = Regimen.of(dose)
    found = []
    for block in people.blocks():
        values = follow(
            regimen=regimen, people=block, times_h=grid_min / 60, measures=[measure], days_before=days_before
        )[measure]
        above = values > THRESHOLDS[measure]
        last = len(grid_min) - 1 - np.argmax(above[:, ::-1], axis=1)
        found.append(np.where(above.any(axis=1), grid_min[np.minimum(last + 1, len(grid_min) - 1)], 0.0))
    return np.concatenate(found)
