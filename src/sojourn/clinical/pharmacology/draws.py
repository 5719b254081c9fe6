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
AT_A_TIME = 4096  # draws; so many stay in the processor's own memory


def normal(
    *, seed: int, stream: int, first: int, count: int, columns: int, only: slice = slice(None)
) -> Array:
    """Give the draws of `count` people from place `first` on, `(count, columns)`, for one purpose (`stream`).

    `only` draws some of the columns; their numbers are the same, and each column lies together in memory.

    >>> whole = normal(seed=1, stream=0, first=0, count=5, columns=3)
    >>> bool((normal(seed=1, stream=0, first=3, count=1, columns=3) == whole[3]).all())
    True
    """
    key = _mixed(_mixed(np.array([seed], dtype=np.uint64)) + np.array([stream], dtype=np.uint64) * GOLDEN)
    people = np.arange(first, first + count, dtype=np.uint64) * np.uint64(2 * MOST_COLUMNS)
    wanted = np.arange(columns, dtype=np.uint64)[only, None]
    found = np.empty((len(wanted), count))
    some = max(1, AT_A_TIME // max(1, count))
    for place in range(0, len(wanted), some):
        places = people + wanted[place : place + some]
        length = np.sqrt(-2.0 * np.log(_even(_words(places, key))))
        angle = 2 * np.pi * _even(_words(places + np.uint64(columns), key))
        np.multiply(length, np.cos(angle), out=found[place : place + some])
    return found.T


def _words(places: Words, key: Words) -> Words:
    return _mixed(_mixed(places * GOLDEN + key) ^ key)


def evened(normal: Array) -> Array:
    """Turn normal draws into even ones between 0 and 1, by the logistic approximation of their distribution (to 0.01)."""
    found: Array = 1 / (1 + np.exp(-1.702 * normal))
    return found


def _mixed(words: Words) -> Words:
    """Mix every bit into every other."""
    words = words + GOLDEN
    words ^= words >> np.uint64(30)
    words *= FIRST
    words ^= words >> np.uint64(27)
    words *= SECOND
    words ^= words >> np.uint64(31)
    return words


def _even(words: Words) -> Array:
    """Turn words into numbers above 0 and up to 1."""
    found: Array = ((words >> np.uint64(11)).astype(np.float64) + 1.0) * DOUBLES
    return found
