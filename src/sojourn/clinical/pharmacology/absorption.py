"""How a dose gets into a person: what goes where, when, and how fast it is taken up."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

import numpy as np

from sojourn.clinical.pharmacology.exponentials import Array
from sojourn.clinical.pharmacology.parameters import model


class Site(StrEnum):
    """Where drug is put: into blood, into a depot (muscle, skin, nose, mouth), or into the gut."""

    BLOOD = "blood"
    DEPOT = "depot"
    GUT = "gut"


@dataclass(frozen=True)
class Entry:
    """An amount (mg, one place a person) put at a site, at once or evenly over a time. Times in hours."""

    site: Site
    mg: Array
    start_h: float
    over_h: float = 0.0

    @property
    def end_h(self) -> float:
        return self.start_h + self.over_h


@dataclass(frozen=True)
class Absorption:
    """One session's dose in a block of people. `mg` of the entries is the whole drug, both mirror forms together.

    `ka` and `kg` (1/h) empty depot and gut. Of what leaves the gut a share reaches the blood (`f_oral_s` and
    `f_oral_r`) and a share (`first_pass`) arrives as norketamine; the rest is lost there.
    """

    entries: tuple[Entry, ...]
    is_racemate: bool
    ka: Array
    kg: Array
    f_oral_s: Array
    f_oral_r: Array
    first_pass: float

    def to_norketamine(self, f_oral: Array) -> Array:
        """Give the share that leaves the gut and arrives as norketamine, so that no more comes out than went in."""
        most = model("chong_2006")["most_recovered"]
        found: Array = np.clip(most - f_oral, 0.0, self.first_pass)
        return found

    @property
    def sites(self) -> tuple[Site, ...]:
        used = {entry.site for entry in self.entries}
        return tuple(site for site in Site if site in used)


class Person(Protocol):
    """People who can be asked for their standard normal draws by name, and are drawn only then; see `people.Draw`."""

    def __getitem__(self, name: str) -> Array: ...

    def __len__(self) -> int: ...


@dataclass(frozen=True)
class Draws:
    """How these people differ in uptake: standard normal draws, and what is particular to the session.

    The occasion's parts are already on the scale they act on (logit for the share, ln for the rates).
    """

    person: Person
    occasion_share: Array
    occasion_ka: Array
    occasion_kg: Array
    factor: float = 1.0

    @classmethod
    def of(cls, *, person: Person, occasion: Array | None = None) -> "Draws":
        """Take people and, where sessions are to differ, draws of the `occasion (n, 3)`."""
        simons = model("simons_2022")
        varied = np.zeros((len(person), 3)) if occasion is None else occasion
        return cls(
            person=person,
            occasion_share=varied[:, 0] * simons["occasion_variance_share"] ** 0.5,
            occasion_ka=varied[:, 1] * simons["occasion_variance_ka"] ** 0.5,
            occasion_kg=varied[:, 2] * simons["occasion_variance_kg"] ** 0.5,
        )

    def __len__(self) -> int:
        return len(self.person)

    def widened(self, factor: float) -> "Draws":
        """Give the same people with all differences between them that much wider."""
        return replace(self, factor=factor)

    def shares(self, typical: float, spread: float) -> Array:
        """Give each person's share of a dose, spread on the logit scale."""
        return _logistic(logit(typical) + self.factor * spread * self.person["share"] + self.occasion_share)

    def uptake_per_h(self, typical: float, spread: float) -> Array:
        """Give each person's rate out of the depot, per hour."""
        found: Array = typical * np.exp(self.factor * spread * self.person["ka"] + self.occasion_ka)
        return found

    def gut_per_h(self, typical: float, spread: float) -> Array:
        """Give each person's rate out of the gut, per hour."""
        found: Array = typical * np.exp(self.factor * spread * self.person["kg"] + self.occasion_kg)
        return found

    def oral_shares(self, typical: float, spread: float) -> Array:
        """Give the share that passes gut and liver; who takes up more S-ketamine takes up more R-ketamine."""
        return _logistic(logit(typical) + self.factor * spread * self.person["f_oral"])


def logit(share: float) -> float:
    """Give the logit of a share between 0 and 1."""
    return float(np.log(share / (1 - share)))


def absorption(
    *,
    entries: Sequence[Entry],
    is_racemate: bool,
    draws: Draws,
    ka: Array | None = None,
    kg: Array | None = None,
    first_pass: float | None = None,
) -> Absorption:
    """Put entries and rates together with what Chong's first pass does to the swallowed part."""
    chong = model("chong_2006")
    unused = np.ones(len(draws))
    is_swallowed = any(entry.site is Site.GUT for entry in entries)

    def passing(typical: str) -> Array:
        return draws.oral_shares(chong[typical], chong["f_oral_spread"]) if is_swallowed else unused

    return Absorption(
        entries=tuple(entries),
        is_racemate=is_racemate,
        ka=unused if ka is None else ka,
        kg=unused if kg is None else kg,
        f_oral_s=passing("f_oral_s"),
        f_oral_r=passing("f_oral_r"),
        first_pass=chong["first_pass_to_norketamine"] if first_pass is None else first_pass,
    )


def _logistic(x: Array) -> Array:
    found: Array = 1 / (1 + np.exp(-x))
    return found
