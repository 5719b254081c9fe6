"""Virtual people: drawn by a seed, the same person at the same place however many are asked for at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sojourn.clinical.pharmacology.draws import normal
from sojourn.clinical.pharmacology.exponentials import Array
from sojourn.clinical.pharmacology.refusals import number_within, whole_within

BLOCK = 1024  # people worked out at a time; changes memory, never a person
COLUMNS = (
    "weight", "v1", "clearance", "norketamine_v", "norketamine_clearance", "share", "ka", "kg", "f_oral",
    "dissociation_ec50", "dissociation_emax", "drug_high", "pressure", "heart_rate", "mood", "mood_baseline",
    "systolic_baseline",
)  # fmt: skip
OCCASION_COLUMNS = 3
LEAST_KG, MOST_KG = 35.0, 180.0
MOST_SEED = 2**63 - 1
MOST_PEOPLE = 10_000_000


@dataclass(frozen=True)
class Draw:
    """People `first` to `first + n - 1`, their weights in kg, and their age where it counts.

    Their standard normal draws are made when they are asked for; `given (n, columns)` stands in for those of the seed.
    """

    first: int
    seed: int
    weight_kg: Array
    age_years: float | None = None
    given: Array | None = None

    def __len__(self) -> int:
        return len(self.weight_kg)

    def __getitem__(self, name: str) -> Array:
        return self.columns(name, name)[:, 0]

    def columns(self, first: str, last: str) -> Array:
        """Give neighbouring columns, `(n, columns)`."""
        some = slice(COLUMNS.index(first), COLUMNS.index(last) + 1)
        if self.given is not None:
            return self.given[:, some]
        return _columns(seed=self.seed, first=self.first, count=len(self), some=some)

    def occasion(self, session: int) -> Array:
        """Draw what is particular to one session of each person, `(n, 3)`. Sessions count from 1."""
        return self.noise(session, OCCASION_COLUMNS)

    def noise(self, stream: int, columns: int) -> Array:
        """Draw `(n, columns)` more for each person; one stream (1 on) for each purpose, the same at any block size."""
        return normal(seed=self.seed, stream=stream, first=self.first, count=len(self), columns=columns)


@dataclass(frozen=True, slots=True)
class People:
    """A virtual population: how many, from which seed, of which body weight.

    `weight_sd_kg` 0 gives everybody the same weight. Weights are kept between 35 and 180 kg. `age_years` makes everybody
    that old, and clearance falls with age beyond 60; without it age does not count. Raises CannotSimulate.
    """

    count: int = 1000
    seed: int = 1
    weight_kg: float = 80.0
    weight_sd_kg: float = 16.0
    age_years: float | None = None

    def __post_init__(self) -> None:
        many = f"give how many people to simulate, a whole number from 1 to {MOST_PEOPLE:,}"
        whole_within("people", self.count, 1, MOST_PEOPLE, many)
        whole_within("seed", self.seed, 0, MOST_SEED, "give a whole number from 0 on")
        remedy = f"give a body weight of {LEAST_KG:g} to {MOST_KG:g} kg, in kilograms"
        number_within("weight_kg", self.weight_kg, LEAST_KG, MOST_KG, remedy)
        number_within("weight_sd_kg", self.weight_sd_kg, 0, 50, "give the spread of weights, 0 to 50 kg")
        if self.age_years is not None:
            number_within("age_years", self.age_years, 18, 110, "give an adult's age, 18 to 110 years")

    def draw(self, *, first: int, count: int) -> Draw:
        """Draw people by their places, counted from 0."""
        z = _columns(seed=self.seed, first=first, count=count, some=slice(1))[:, 0]
        weights = np.clip(self.weight_kg + self.weight_sd_kg * z, LEAST_KG, MOST_KG)
        return Draw(first=first, seed=self.seed, weight_kg=weights, age_years=self.age_years)

    def blocks(self, size: int = BLOCK) -> Iterator[Draw]:
        """Go through everybody, so many at a time."""
        for first in range(0, self.count, size):
            yield self.draw(first=first, count=min(size, self.count - first))


def typical(weight_kg: float = 70.0) -> Draw:
    """Give one person in the middle of everything."""
    return Draw(first=0, seed=0, weight_kg=np.array([float(weight_kg)]), given=np.zeros((1, len(COLUMNS))))


def _columns(*, seed: int, first: int, count: int, some: slice) -> Array:
    return normal(seed=seed, stream=0, first=first, count=count, columns=len(COLUMNS), only=some)
