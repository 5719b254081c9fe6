"""Four stages from receptor block to new synapses. ILLUSTRATIVE: time constants, not measurements; say so wherever shown.

Only "hours" against "days" is shown in people; see `stages.toml` for what is evidence in people, in animals, conjecture.
"""

from dataclasses import dataclass

import numpy as np

from sojourn.clinical.pharmacology.bodies import dosed
from sojourn.clinical.pharmacology.chain import Signal
from sojourn.clinical.pharmacology.exponentials import Array
from sojourn.clinical.pharmacology.levels import levels
from sojourn.clinical.pharmacology.parameters import model
from sojourn.clinical.pharmacology.people import Draw
from sojourn.clinical.pharmacology.regimens import Regimen

FINE_H, COARSE_H, FINE_FOR_H = 5 / 60, 6.0, 24.0
STATES = ("glutamate", "bdnf", "translation", "assembly", "synapses", "consolidated")


@dataclass(frozen=True)
class Cascade:
    """Relative units over `times_h`, each `(n, times)`."""

    times_h: Array
    block: Array
    glutamate: Array
    bdnf: Array
    translation: Array
    assembly: Array
    synapses: Array
    consolidated: Array


def cascade(*, regimen: Regimen, people: Draw, until_h: float) -> Cascade:
    """Follow the stages: five-minute steps for a day after each dose, six hours otherwise.

    The first stage has no memory; the others follow it linearly, so each step is exact for a block that stays the mean
    of its two ends.
    """
    times_h = _grid(regimen, until_h)
    site = np.zeros((len(people), len(times_h)))
    for number, session in enumerate(regimen.sessions, 1):
        body = dosed(people, session.dose, session=number)
        site += levels(body, times_h=times_h - session.start_h, signals=[Signal.DISSOCIATION_SITE])[:, 0]
    block = site / (site + model("cascade")["block_c50_ng_per_ml"])
    states = np.zeros((len(times_h), len(STATES), len(people)))
    steps: dict[float, Array] = {}
    for place, length in enumerate(np.round(np.diff(times_h), 9)):
        if length not in steps:
            steps[length] = _step(length)
        driven = (block[:, place] + block[:, place + 1]) / 2
        states[place + 1] = steps[length] @ np.vstack([states[place], driven])
    followed = {name: states[:, place].T for place, name in enumerate(STATES)}
    return Cascade(times_h=times_h, block=block, **followed)


def _grid(regimen: Regimen, until_h: float) -> Array:
    found: list[Array] = []
    starts = [session.start_h for session in regimen.sessions if session.start_h < until_h]
    for start, after in zip([0.0, *starts], [*starts, until_h], strict=True):
        fine_until = min(start + FINE_FOR_H, after) if start in starts else start
        found += [np.arange(start, fine_until, FINE_H), np.arange(fine_until, after, COARSE_H)]
    return np.unique(np.round(np.concatenate([*found, np.array([until_h])]), 9))


def _step(length_h: float) -> Array:
    """Give the matrix that carries six states and a constant drive over one step, `(6, 7)`."""
    cascade_model = model("cascade")
    rate = {
        name: np.log(2) / cascade_model[f"{name}_half_life_h"]
        for name in ("glutamate", "bdnf", "translation", "assembly", "synapse", "consolidation")
    }
    flow = np.zeros((7, 7))
    for place, name in enumerate(("glutamate", "bdnf", "translation", "assembly")):
        flow[place, place] = -rate[name]
        flow[place, 6 if place == 0 else place - 1] = rate[name]
    flow[4, 3], flow[4, 4] = 1.0, -rate["synapse"]
    flow[5, 4], flow[5, 5] = cascade_model["consolidation_per_h"], -rate["consolidation"]
    return _exponential(flow * length_h)[:6]


def _exponential(matrix: Array) -> Array:
    """Give exp(matrix) by its series, halved until it is small and squared back."""
    halvings = max(0, int(np.ceil(np.log2(max(np.abs(matrix).sum(axis=1).max(), 1e-300)))) + 4)
    small = matrix / 2**halvings
    term = total = np.eye(len(matrix))
    for order in range(1, 13):
        term = term @ small / order
        total = total + term
    for _ in range(halvings):
        total = total @ total
    return total
