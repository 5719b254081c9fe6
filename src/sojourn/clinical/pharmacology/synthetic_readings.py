"""What a monitor writes down of synthetic people: vital signs and ratings at each look of each session."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sojourn.clinical.pharmacology.draws import evened
from sojourn.clinical.pharmacology.exponentials import Array
from sojourn.clinical.pharmacology.measures import Measure, follow
from sojourn.clinical.pharmacology.parameters import model
from sojourn.clinical.pharmacology.people import Draw
from sojourn.clinical.pharmacology.regimens import Regimen

Whole = npt.NDArray[np.int64]
READ_STREAM = 1000
SIGNALS = ("systolic", "diastolic", "heart_rate", "spo2", "cadss", "respiratory_rate", "drowsy")
FOLLOWED = (Measure.SYSTOLIC_RISE, Measure.DIASTOLIC_RISE, Measure.HEART_RATE_RISE, Measure.DISSOCIATION)
AWAKE, DROWSY = 5, 4  # of the MOAA/S


@dataclass(frozen=True)
class Readings:
    """Whole numbers, each `(n, sessions, looks)`; `felt` is the person's own rating of dissociation, 0 to 10."""

    systolic: Whole
    diastolic: Whole
    heart_rate: Whole
    spo2: Whole
    respiratory_rate: Whole
    cadss: Whole
    felt: Whole
    moaas: Whole


def readings_of(*, regimen: Regimen, people: Draw, looks_min: tuple[float, ...]) -> Readings:
    """Read these people off at `looks_min` after the beginning of each session; 0 is just before the dose."""
    looks_h = np.array(looks_min) / 60
    at = np.concatenate([session.start_h + looks_h for session in regimen.sessions])
    shape = (len(people), len(regimen.sessions), len(looks_h))
    followed = follow(regimen=regimen, people=people, times_h=at, measures=FOLLOWED, occasions=True)
    rises = {measure: values.reshape(shape) for measure, values in followed.items()}
    drawn = np.stack(
        [
            people.noise(READ_STREAM + number, len(SIGNALS) * len(looks_h))
            for number in range(len(regimen.sessions))
        ],
        axis=1,
    )
    noise = {signal: drawn[:, :, place :: len(SIGNALS)] for place, signal in enumerate(SIGNALS)}
    made_up, effects = model("synthetic"), model("effects")
    resting = people.noise(READ_STREAM - 1, 2)
    upper = _whole(
        effects["systolic_baseline_mmhg"]
        + effects.spread("systolic_baseline_mmhg") * _each(people["systolic_baseline"])
        + rises[Measure.SYSTOLIC_RISE]
        + effects["measurement_sd_mmhg"] * noise["systolic"],
        80, 240,
    )  # fmt: skip
    lower = (
        made_up["diastolic_baseline_mmhg"]
        + made_up.spread("diastolic_baseline_mmhg") * _each(resting[:, 0])
        + rises[Measure.DIASTOLIC_RISE]
        + made_up["diastolic_noise_mmhg"] * noise["diastolic"]
    )
    heart_rate = (
        made_up["heart_rate_baseline_per_min"]
        + made_up.spread("heart_rate_baseline_per_min") * _each(resting[:, 1])
        + rises[Measure.HEART_RATE_RISE]
        + made_up["heart_rate_noise_per_min"] * noise["heart_rate"]
    )
    scattered = 1 + effects["dissociation_residual"] * noise["cadss"]
    cadss = _whole(rises[Measure.DISSOCIATION] * scattered, 0, 92)
    felt = _whole(cadss / made_up["cadss_points_a_rating"], 0, 10)
    return Readings(
        systolic=upper,
        diastolic=np.minimum(_whole(lower, 40, 140), upper - 15),
        heart_rate=_whole(heart_rate, 45, 180),
        spo2=_scattered("spo2_percent", noise["spo2"], 88, 100),
        respiratory_rate=_scattered("respiratory_rate_per_min", noise["respiratory_rate"], 8, 30),
        cadss=cadss,
        felt=felt,
        moaas=_moaas(felt, noise["drowsy"]),
    )


def _moaas(felt: Whole, normal: Array) -> Whole:
    """Let a few of those who feel far away be drowsy."""
    made_up = model("synthetic")
    sleepy = (felt >= made_up["drowsy_from_rating"]) & (evened(normal) < made_up["drowsy_share"])
    return np.where(sleepy, DROWSY, AWAKE)


def _scattered(name: str, noise: Array, low: int, high: int) -> Whole:
    return _whole(model("synthetic")[name] + model("synthetic").spread(name) * noise, low, high)


def _each(of_person: Array) -> Array:
    return of_person[:, None, None]


def _whole(values: Array, low: int, high: int) -> Whole:
    found: Whole = np.clip(np.rint(values), low, high).astype(np.int64)
    return found
