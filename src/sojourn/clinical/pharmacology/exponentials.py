"""Sums of exponentials: the exact answer of a chain of linear steps to boluses and to constant rates.

A chain whose transfer function is Π(s+z) / Π(s+p) answers a unit bolus with Σ cᵢ exp(-pᵢ t). Arrays hold one person
per place, so that a whole block of people is worked out at once; nothing here knows any pharmacology.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def residues(*, zeros: Sequence[Array], poles: Sequence[Array]) -> list[Array]:
    """Give cᵢ of each pole. Poles must differ; near-equal ones lose digits, see `crowding`.

    >>> one, two = np.array([1.0]), np.array([2.0])
    >>> [float(c[0]) for c in residues(zeros=[], poles=[one, two])]
    [1.0, -1.0]
    """
    found = []
    for place, pole in enumerate(poles):
        top = np.ones_like(pole)
        for zero in zeros:
            top = top * (zero - pole)
        bottom = np.ones_like(pole)
        for other_place, other in enumerate(poles):
            if other_place != place:
                bottom = bottom * (other - pole)
        found.append(top / bottom)
    return found


def after(
    first: Mapping[str, Array], then: Mapping[str, Array], rates: Mapping[str, Array]
) -> dict[str, Array]:
    """Send what leaves one step through the next, both weights by the names of their rates; they share no rate.

    One exponential after another is the difference of both over the difference of their rates.

    >>> both = after({"a": np.array([1.0])}, {"b": np.array([1.0])}, {"a": np.array([1.0]), "b": np.array([2.0])})
    >>> {name: float(weight[0]) for name, weight in both.items()}
    {'a': 1.0, 'b': -1.0}
    """
    found: dict[str, Array] = {}
    for one, share in first.items():
        for other, gain in then.items():
            passed = rates[other] - rates[one]
            np.divide(share * gain, passed, out=passed)
            if one in found:
                found[one] += passed
            else:
                found[one] = passed
            found[other] = found[other] - passed if other in found else -passed
    return found


def crowding(rates: Array) -> Array:
    """Say how near to each other the rates `(P, n)` of each person lie: the least product of neighbouring gaps.

    Gaps are relative. A sum of exponentials loses about as many digits as this number has zeros behind the point.
    """
    ordered = np.sort(rates, axis=0)
    gaps = np.ones((len(rates) + 1, rates.shape[1]))
    gaps[1:-1] = np.minimum(1.0, np.diff(ordered, axis=0) / ordered[1:])
    least: Array = (gaps[:-1] * gaps[1:]).min(axis=0)
    return least


def quadratic_poles(*, total: Array, product: Array) -> tuple[Array, Array]:
    """Solve p² - total·p + product = 0 for two positive roots, the larger first, without losing digits."""
    root = np.sqrt(np.maximum(total * total - 4 * product, 0.0))
    larger = (total + root) / 2
    return larger, product / larger


def cubic_poles(*, a: Array, b: Array, c: Array) -> tuple[Array, Array, Array]:
    """Solve p³ - a·p² + b·p - c = 0 for three real positive roots, largest first, by the cosine formula.

    A mammillary system always has such roots. Two Newton steps remove the rounding of the cosine.
    """
    third = a / 3
    q = np.maximum(third * third - b / 3, 0.0)
    r = third * third * third - third * b / 2 + c / 2
    root = np.sqrt(q)
    with np.errstate(divide="ignore", invalid="ignore"):
        cosine = np.where(q > 0, r / (q * root), 1.0)
    angle = np.arccos(np.clip(cosine, -1.0, 1.0)) / 3
    largest = third + 2 * root * np.cos(angle)
    smallest = third + 2 * root * np.cos(angle + 2 * np.pi / 3)
    largest, smallest = _polished(largest, a, b, c), _polished(smallest, a, b, c)
    return largest, c / (largest * smallest), smallest


def _polished(p: Array, a: Array, b: Array, c: Array) -> Array:
    for _ in range(2):
        slope = (3 * p - 2 * a) * p + b
        value = ((p - a) * p + b) * p - c
        p = p - np.where(slope == 0, 0.0, value / np.where(slope == 0, 1.0, slope))
    return p
