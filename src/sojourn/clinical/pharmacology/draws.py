"""Normal draws as a function of where they stand: seed, stream, person and column give the number, in any order.

A counter goes through the mixing steps of SplitMix64 (Steele, Lea and Flood 2014); two results make one normal draw by
Box and Muller. There is no state, so a person's draws do not depend on how many others are asked for with them.
"""

import numpy as np
import numpy.typing as npt

from sojourn.clinical.pharmacology.exponentials import Array

Words = npt.NDArray[np.uint64]
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST, SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
DOUBLES = 2.0**-53
MOST_COLUMNS = 2**20


def normal(*, seed: int, stream: int, first: int, count: int, columns: int) -> Array:
    """Give the draws of `count` people from place `first` on, `(count, columns)`, for one purpose (`stream`).

    >>> whole = normal(seed=1, stream=0, first=0, count=5, columns=3)
    >>> bool((normal(seed=1, stream=0, first=3, count=1, columns=3) == whole[3]).all())
    True
    """
    key = _mixed(_mixed(np.array([seed], dtype=np.uint64)) + np.array([stream], dtype=np.uint64) * GOLDEN)
    people = np.arange(first, first + count, dtype=np.uint64)[:, None] * np.uint64(2 * MOST_COLUMNS)
    places = people + np.arange(2 * columns, dtype=np.uint64)[None, :]
    even = _even(_mixed(_mixed(places * GOLDEN + key) ^ key))
    length, angle = np.sqrt(-2.0 * np.log(even[:, :columns])), 2 * np.pi * even[:, columns:]
    found: Array = length * np.cos(angle)
    return found


def evened(normal: Array) -> Array:
    """Turn normal draws into even ones between 0 and 1, by the logistic approximation of their distribution (to 0.01)."""
    found: Array = 1 / (1 + np.exp(-1.702 * normal))
    return found


def _mixed(words: Words) -> Words:
    """Mix every bit into every other."""
    words = words + GOLDEN
    words = (words ^ (words >> np.uint64(30))) * FIRST
    words = (words ^ (words >> np.uint64(27))) * SECOND
    return words ^ (words >> np.uint64(31))


def _even(words: Words) -> Array:
    """Turn words into numbers above 0 and up to 1."""
    found: Array = ((words >> np.uint64(11)).astype(np.float64) + 1.0) * DOUBLES
    return found
