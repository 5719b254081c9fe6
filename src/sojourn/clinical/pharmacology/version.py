"""The version of the models together, shown wherever a prediction is: a change of any number changes it."""

from hashlib import sha256

from sojourn.clinical.pharmacology.parameters import models

NAME = "SRM-1"


def _digest() -> str:
    numbers = [
        (name, parameter.id, parameter.value, parameter.spread)
        for name, found in models().items()
        if name != "synthetic"  # invents people; predicts nothing
        for parameter in found.parameters.values()
    ]
    return sha256(repr(numbers).encode()).hexdigest()[:8]


VERSION = f"{NAME} {_digest()}"
