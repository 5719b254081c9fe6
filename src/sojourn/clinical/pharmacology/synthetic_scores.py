"""What synthetic people answer: MADRS, PHQ-9 and GAD-7 on any day, from one course of mood.

The course is that of `mood`. Beyond it a person keeps a share of the largest gain (life, therapy, time), most people
little; and what is left over from day to day fades slowly. The steps from MADRS to the other two are a choice for
invented people: no such step is true of a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from sojourn.clinical.pharmacology.absorption import logit
from sojourn.clinical.pharmacology.exponentials import Array
from sojourn.clinical.pharmacology.mood import Evidence, mood
from sojourn.clinical.pharmacology.parameters import model
from sojourn.clinical.pharmacology.people import Draw
from sojourn.clinical.pharmacology.regimens import Regimen
from sojourn.clinical.pharmacology.synthetic_readings import Whole

KEEP_STREAM, SCORE_STREAM = 901, 5000
DAYS_A_WEEK = 7
LARGEST_AFTER_DAYS = 1.0  # the effect of a dose is largest on the day after it
HIGHEST_PHQ_9, HIGHEST_GAD_7 = 27, 21


@dataclass(frozen=True)
class Scores:
    """Totals, each `(n, days)`."""

    madrs: Whole
    phq9: Whole
    gad7: Whole

    def at(self, places: Sequence[int]) -> "Scores":
        """Give the scores of some of the days."""
        return Scores(self.madrs[:, places], self.phq9[:, places], self.gad7[:, places])


def scores_of(*, regimen: Regimen, people: Draw, days: tuple[float, ...], evidence: Evidence) -> Scores:
    """Score these people on days from the first dose on, in order."""
    numbers, made_up = model("mood"), model("synthetic")
    after = [day + LARGEST_AFTER_DAYS for day in regimen.days if day + LARGEST_AFTER_DAYS <= max(days)]
    asked = np.array(sorted({0.0, *days, *after}))
    expected = mood(regimen=regimen, people=people, days=asked, evidence=evidence).score
    gain = expected[:, :1] - expected
    largest = np.maximum.accumulate(np.where(np.isin(asked, after), gain, 0.0), axis=1)
    spread = made_up.spread("kept_gain") * people.noise(KEEP_STREAM, 1)
    kept = largest / (1 + np.exp(-logit(made_up["kept_gain"]) - spread))
    course = (expected[:, :1] - np.maximum(gain, kept))[:, np.isin(asked, days)]
    left_over, own = _left_over(people, [int(day) for day in days])
    latent = course + numbers["residual_points"] * left_over
    return Scores(
        madrs=_whole(latent, int(numbers["highest_points"])),
        phq9=_whole(
            made_up["phq9_per_madrs"] * latent + made_up["phq9_noise_points"] * own[0], HIGHEST_PHQ_9
        ),
        gad7=_whole(
            made_up["gad7_per_madrs"] * latent + made_up["gad7_noise_points"] * own[1], HIGHEST_GAD_7
        ),
    )


def _left_over(people: Draw, days: Sequence[int]) -> tuple[Array, tuple[Array, Array]]:
    """Give what no course explains, `(n, days)`, alike on days near each other; and what is each scale's own."""
    rho = _alike_next_day()
    now, found, own = np.zeros(len(people)), {}, {}
    for day in range(max(days) + 1):
        fresh = people.noise(SCORE_STREAM + day, 3)
        now = fresh[:, 0] if day == 0 else rho * now + (1 - rho * rho) ** 0.5 * fresh[:, 0]
        found[day], own[day] = now, fresh[:, 1:]
    left_over = np.stack([found[day] for day in days], axis=1)
    scales = np.stack([own[day] for day in days], axis=1)
    return left_over, (scales[:, :, 0], scales[:, :, 1])


@cache
def _alike_next_day() -> float:
    return float(model("synthetic")["week_to_week_correlation"] ** (1 / DAYS_A_WEEK))


def _whole(values: Array, highest: int) -> Whole:
    found: Whole = np.clip(np.rint(values), 0, highest).astype(np.int64)
    return found
