"""Synthetic people through a whole course: readings, ratings, scores, and who leaves early. Never a real person.

Who has not improved by a quarter is likelier to leave after a session. The same seed gives the same people at any
block size, and the same score on a day whichever other days are asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sojourn.clinical.pharmacology.draws import evened
from sojourn.clinical.pharmacology.exponentials import Array
from sojourn.clinical.pharmacology.mood import Evidence
from sojourn.clinical.pharmacology.parameters import model
from sojourn.clinical.pharmacology.people import Draw, People
from sojourn.clinical.pharmacology.regimens import Regimen
from sojourn.clinical.pharmacology.synthetic_readings import Readings, Whole, readings_of
from sojourn.clinical.pharmacology.synthetic_scores import Scores, scores_of

LOOKS_MIN = (0.0, 20.0, 40.0, 60.0, 90.0, 120.0)  # the first is before the dose
SCORED_AFTER_DAYS = (1.0, 7.0, 28.0)  # after the last session; a score also stands before each session
LEAVE_STREAM = 900


@dataclass(frozen=True)
class SyntheticPeople:
    """A block of people. `scores` are those of `score_days`.

    `attended (n,)` is how many sessions each came to; readings and scores after that do not exist for them.
    """

    first: int
    weight_kg: Array
    dose_mg: Array
    readings: Readings
    score_days: tuple[float, ...]
    scores: Scores
    attended: Whole

    def __len__(self) -> int:
        return len(self.weight_kg)


def synthesize(
    *, regimen: Regimen, people: People, evidence: Evidence = Evidence.OPEN, block: int = 256
) -> Iterator[SyntheticPeople]:
    """Go through everybody, a block at a time, in memory that does not grow with their number."""
    days = (*regimen.days, *(regimen.days[-1] + after for after in SCORED_AFTER_DAYS))
    for drawn in people.blocks(block):
        yield live_through(
            regimen=regimen, people=drawn, evidence=evidence, looks_min=LOOKS_MIN, score_days=days
        )


def live_through(
    *,
    regimen: Regimen,
    people: Draw,
    looks_min: tuple[float, ...],
    score_days: tuple[float, ...],
    evidence: Evidence = Evidence.OPEN,
) -> SyntheticPeople:
    """Let these people live through a regimen, looked at `looks_min` after each dose and asked on `score_days`.

    Days from the first dose on, in order; a look at 0 is the one before the dose.
    """
    asked = tuple(sorted({*regimen.days, *score_days}))
    scores = scores_of(regimen=regimen, people=people, days=asked, evidence=evidence)
    return SyntheticPeople(
        first=people.first,
        weight_kg=people.weight_kg,
        dose_mg=np.stack([session.dose.in_mg(people.weight_kg) for session in regimen.sessions], axis=1),
        readings=readings_of(regimen=regimen, people=people, looks_min=looks_min),
        score_days=score_days,
        scores=scores.at([asked.index(day) for day in score_days]),
        attended=_attended(people, scores.at([asked.index(day) for day in regimen.days])),
    )


def _attended(people: Draw, before: Scores) -> Whole:
    """Count the sessions until each person leaves; the score before a session decides whether it was worth coming."""
    made_up = model("synthetic")
    sessions = before.madrs.shape[1]
    dice = people.noise(LEAVE_STREAM, sessions)
    stays = np.ones(len(people), dtype=bool)
    attended: Whole = np.ones(len(people), dtype=np.int64)
    for number in range(1, sessions):
        improved = before.madrs[:, number] <= (1 - made_up["improved_share"]) * before.madrs[:, 0]
        chance = np.where(improved, made_up["leaves_after_session"], made_up["leaves_without_improvement"])
        stays &= evened(dice[:, number]) >= chance
        attended += stays
    return attended
