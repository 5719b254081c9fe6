"""Synthetic people through a whole course: readings, ratings, scores, and who leaves early. Never a real person.

Who has not improved by a quarter is likelier to leave after a session. The same seed gives the same people at any
block size.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sojourn.clinical.pharmacology.exponentials import Array
from sojourn.clinical.pharmacology.measures import Measure, follow
from sojourn.clinical.pharmacology.mood import Evidence, mood
from sojourn.clinical.pharmacology.parameters import model
from sojourn.clinical.pharmacology.people import Draw, People
from sojourn.clinical.pharmacology.regimens import Regimen

Whole = npt.NDArray[np.int64]
LOOKS_MIN = (0.0, 20.0, 40.0, 60.0, 90.0, 120.0)  # the first is before the dose
SCORED_AFTER_DAYS = (1.0, 7.0, 28.0)  # after the last session; a score also stands before each session
READ_STREAM, SCORE_STREAM, LEAVE_STREAM = 1000, 5000, 9000
FOLLOWED = (Measure.SYSTOLIC_RISE, Measure.DIASTOLIC_RISE, Measure.HEART_RATE_RISE, Measure.DISSOCIATION)


@dataclass(frozen=True)
class SyntheticPeople:
    """A block of people. Readings `(n, sessions, looks)` are whole numbers; scores `(n, days)` are MADRS totals.

    `attended (n,)` is how many sessions each came to; readings and scores after that do not exist for them.
    """

    first: int
    weight_kg: Array
    dose_mg: Array
    systolic: Whole
    diastolic: Whole
    heart_rate: Whole
    spo2: Whole
    cadss: Whole
    score_days: tuple[float, ...]
    scores: Whole
    attended: Whole

    def __len__(self) -> int:
        return len(self.weight_kg)


def synthesize(
    *, regimen: Regimen, people: People, evidence: Evidence = Evidence.OPEN, block: int = 256
) -> Iterator[SyntheticPeople]:
    """Go through everybody, a block at a time, in memory that does not grow with their number."""
    for drawn in people.blocks(block):
        yield _lived(regimen, drawn, evidence)


def _lived(regimen: Regimen, people: Draw, evidence: Evidence) -> SyntheticPeople:
    looks_h = np.array(LOOKS_MIN) / 60
    at = np.concatenate([session.start_h + looks_h for session in regimen.sessions])
    shape = (len(people), len(regimen.sessions), len(looks_h))
    followed = follow(regimen=regimen, people=people, times_h=at, measures=FOLLOWED, occasions=True)
    rises = {measure: values.reshape(shape) for measure, values in followed.items()}
    noise = np.stack(
        [
            people.noise(READ_STREAM + number, 5 * len(looks_h)).reshape(len(people), 5, len(looks_h))
            for number in range(len(regimen.sessions))
        ],
        axis=2,
    )  # (n, 5, sessions, looks)
    made_up, effects = model("synthetic"), model("effects")
    resting = people.noise(READ_STREAM - 1, 2)
    days, scores = _scores(regimen, people, evidence)
    systolic = (
        effects["systolic_baseline_mmhg"]
        + effects.spread("systolic_baseline_mmhg") * people["systolic_baseline"][:, None, None]
        + rises[Measure.SYSTOLIC_RISE]
        + effects["measurement_sd_mmhg"] * noise[:, 0]
    )
    diastolic = (
        made_up["diastolic_baseline_mmhg"]
        + made_up.spread("diastolic_baseline_mmhg") * resting[:, 0][:, None, None]
        + rises[Measure.DIASTOLIC_RISE]
        + made_up["diastolic_noise_mmhg"] * noise[:, 1]
    )
    heart_rate = (
        made_up["heart_rate_baseline_per_min"]
        + made_up.spread("heart_rate_baseline_per_min") * resting[:, 1][:, None, None]
        + rises[Measure.HEART_RATE_RISE]
        + made_up["heart_rate_noise_per_min"] * noise[:, 2]
    )
    upper = _whole(systolic, 80, 240)
    cadss = rises[Measure.DISSOCIATION] * (1 + effects["dissociation_residual"] * noise[:, 4])
    return SyntheticPeople(
        first=people.first,
        weight_kg=people.weight_kg,
        dose_mg=np.stack([session.dose.in_mg(people.weight_kg) for session in regimen.sessions], axis=1),
        systolic=upper,
        diastolic=np.minimum(_whole(diastolic, 40, 140), upper - 15),
        heart_rate=_whole(heart_rate, 45, 180),
        spo2=_whole(made_up["spo2_percent"] + made_up.spread("spo2_percent") * noise[:, 3], 88, 100),
        cadss=_whole(cadss, 0, 92),
        score_days=days,
        scores=scores,
        attended=_attended(regimen, people, scores),
    )


def _scores(regimen: Regimen, people: Draw, evidence: Evidence) -> tuple[tuple[float, ...], Whole]:
    """Score before each session and after the last; what is left over from one day to the next is alike."""
    numbers, rho = model("mood"), model("synthetic")["day_to_day_correlation"]
    days = (*regimen.days, *(regimen.days[-1] + after for after in SCORED_AFTER_DAYS))
    expected = mood(regimen=regimen, people=people, days=np.array(days), evidence=evidence).score
    fresh = people.noise(SCORE_STREAM, len(days))
    carried = np.empty_like(fresh)
    carried[:, 0] = fresh[:, 0]
    for place in range(1, len(days)):
        carried[:, place] = rho * carried[:, place - 1] + (1 - rho * rho) ** 0.5 * fresh[:, place]
    return days, _whole(expected + numbers["residual_points"] * carried, 0, int(numbers["highest_points"]))


def _attended(regimen: Regimen, people: Draw, scores: Whole) -> Whole:
    """Count the sessions until each person leaves; the score before a session decides whether it was worth coming."""
    made_up = model("synthetic")
    dice = people.noise(LEAVE_STREAM, len(regimen.sessions))
    stays = np.ones(len(people), dtype=bool)
    attended: Whole = np.ones(len(people), dtype=np.int64)
    for number in range(1, len(regimen.sessions)):
        improved = scores[:, number] <= (1 - made_up["improved_share"]) * scores[:, 0]
        chance = np.where(improved, made_up["leaves_after_session"], made_up["leaves_without_improvement"])
        stays &= _uniform(dice[:, number]) >= chance
        attended += stays
    return attended


def _uniform(normal: Array) -> Array:
    """Turn normal draws into even ones by the logistic approximation of their distribution (to 0.01)."""
    found: Array = 1 / (1 + np.exp(-1.702 * normal))
    return found


def _whole(values: Array, low: int, high: int) -> Whole:
    found: Whole = np.clip(np.rint(values), low, high).astype(np.int64)
    return found
