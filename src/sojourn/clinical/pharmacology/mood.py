"""Mood (MADRS, 0 to 60) over days, fitted to differences against control.

The same drug curve is shown three ways: as programs record it, scaled to trials against an active control, and as in
trials in which people could not tell what they had been given, which found little or no difference.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from sojourn.clinical.pharmacology.cascade import cascade
from sojourn.clinical.pharmacology.exponentials import Array
from sojourn.clinical.pharmacology.parameters import model
from sojourn.clinical.pharmacology.people import Draw
from sojourn.clinical.pharmacology.regimens import Regimen

HOURS_A_DAY = 24.0


class Evidence(StrEnum):
    """Which trials the size of the effect is taken from."""

    OPEN = "open"
    ACTIVE_CONTROL = "active control"
    MASKED = "masked"

    @property
    def factor(self) -> float:
        return model("mood")[f"evidence_{self.name.lower()}"]


class Control(StrEnum):
    """What the change without drug is taken from: a control that can be felt, or salt water."""

    ACTIVE = "active"
    SALINE = "saline"


@dataclass(frozen=True)
class Mood:
    """Points on the MADRS at `days (times,)`, each `(n, times)`: what the drug takes away, and the score that is left."""

    days: Array
    drug: Array
    score: Array


def mood(
    *,
    regimen: Regimen,
    people: Draw,
    days: Array,
    evidence: Evidence = Evidence.OPEN,
    control: Control = Control.ACTIVE,
) -> Mood:
    """Follow the MADRS without day-to-day noise. `days` from the beginning of the regimen, in order.

    >>> from sojourn.clinical.pharmacology import Dose, Drug, Route, typical
    >>> infusion = Regimen.of(Dose(Route.INTRAVENOUS, Drug.RACEMATE, mg_per_kg=0.5, over_min=40))
    >>> found = mood(regimen=infusion, people=typical(), days=np.array([0.0, 1.0]))
    >>> [round(float(points)) for points in found.score[0]]  # MADRS points, of 60
    [33, 16]
    """
    numbers = model("mood")
    spread = numbers["response_spread"]
    response = np.exp(spread * people["mood"] - spread * spread / 2)
    drug = evidence.factor * response[:, None] * drug_effect(regimen=regimen, people=people, days=days)
    baseline = numbers["baseline_points"] + numbers.spread("baseline_points") * people["mood_baseline"]
    score = baseline[:, None] - placebo(regimen=regimen, days=days, control=control) - drug
    return Mood(days=days, drug=drug, score=np.clip(score, 0.0, numbers["highest_points"]))


def drug_effect(*, regimen: Regimen, people: Draw, days: Array) -> Array:
    """Give the points an average responder loses by the drug, `(n, times)`, as programs record it."""
    numbers = model("mood")
    found = cascade(regimen=regimen, people=people, until_h=float(max(days.max(), 0.1)) * HOURS_A_DAY)
    whole = found.synapses + numbers["translation_weight"] * found.translation + found.consolidated
    at_days = np.stack([np.interp(days * HOURS_A_DAY, found.times_h, one) for one in whole])
    effect: Array = numbers["effect_max_points"] * at_days / (numbers["effect_half"] + at_days)
    return effect


def placebo(*, regimen: Regimen, days: Array, control: Control) -> Array:
    """Give the points lost without drug, `(times,)`. Each session raises it anew; it does not add up."""
    numbers = model("mood")
    since = HOURS_A_DAY * (days[None, :] - np.array(regimen.days)[:, None])
    begun = np.maximum(since, 0.0)
    onset = 1 - 0.5 ** (begun / numbers["placebo_onset_half_life_h"])
    course = np.where(since >= 0, onset * 0.5 ** (begun / numbers["placebo_decay_half_life_h"]), 0.0)
    found: Array = numbers[f"{control}_placebo_points"] * course.max(axis=0)
    return found
