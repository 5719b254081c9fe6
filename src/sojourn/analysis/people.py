"""From single scores to people: each counted once, each visit once, and whatever contradicts itself set aside."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from sojourn.clinical.outcomes.practice import Person, Reading
from sojourn.clinical.outcomes.reports import Grouped


class Found(NamedTuple):
    """One score of one person, at a number of days or on a date."""

    line: int
    person: str
    at: int | date
    value: Fraction
    version: str


@dataclass
class Gathered:
    """All that the rows said, by person."""

    groups: dict[str, str] = field(default_factory=dict)
    in_two_groups: dict[str, int] = field(default_factory=dict)
    baselines: dict[str, Fraction] = field(default_factory=dict)
    two_baselines: set[str] = field(default_factory=set)
    starts: dict[str, date] = field(default_factory=dict)
    found: list[Found] = field(default_factory=list)
    twins: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def meet(self, person: str, group: str, line: int) -> None:
        """Count a person, and notice when a later row puts them into another group."""
        if self.groups.setdefault(person, group) != group:
            self.in_two_groups.setdefault(person, line)

    def say_name(self, person: str, name: str, born_on: str) -> None:
        """Keep who has this name and birth date."""
        self.twins.setdefault((" ".join(name.split()).casefold(), born_on), set()).add(person)

    @property
    def alike(self) -> int:
        """Count people who share name and birth date with another id."""
        return sum(len(ids) for ids in self.twins.values() if len(ids) > 1)

    def say_baseline(self, person: str, value: Fraction) -> None:
        """Keep a stated baseline, and notice when a later row states another."""
        if self.baselines.setdefault(person, value) != value:
            self.two_baselines.add(person)


class Settled(NamedTuple):
    """People ready to be counted; `refused` are (line, column, why)."""

    people: tuple[Grouped, ...]
    scores: int
    repeated: int
    left_out: int
    refused: list[tuple[int, str, str]]


def people_of(gathered: Gathered, *, day_0: date, by_date: bool, baseline_column: bool) -> Settled:
    """Settle what was gathered. Who stands in two groups is left out whole: nobody can tell which is right."""
    refused: list[tuple[int, str, str]] = [
        (line, "", "this person stands in two groups, and is left out whole")
        for line in gathered.in_two_groups.values()
    ]
    once, repeated = _once(gathered, refused)
    scores: dict[str, list[Found]] = {}
    for one in once:
        scores.setdefault(one.person, []).append(one)
    people, kept, left_out = [], 0, 0
    for person, group in gathered.groups.items():
        if person in gathered.in_two_groups:
            continue
        own = scores.get(person, [])
        start = _start(gathered, person, own, day_0, by_date=by_date)
        readings = [(_day(one.at, day_0), one) for one in own]
        if baseline_column:
            before = [each for each in readings if start and each[0] <= start]
            left_out += len(before)
            readings = [each for each in readings if each not in before]
        readings = _same_version(readings, start, refused)
        kept += len(readings)
        values = [Reading(on, one.value) for on, one in readings]
        if (
            baseline_column
            and start
            and person in gathered.baselines
            and person not in gathered.two_baselines
        ):
            values.append(Reading(start, gathered.baselines[person]))
        first = min([reading.on for reading in values] + ([start] if start else [day_0]))
        people.append(Grouped(Person(person, first, start, tuple(values)), group))
    refused += [
        (0, "", f"{len(gathered.two_baselines)} people have two baselines; neither was kept") for _ in (1,)
        if gathered.two_baselines
    ]  # fmt: skip
    return Settled(tuple(people), kept, repeated, left_out, refused)


def _once(gathered: Gathered, refused: list[tuple[int, str, str]]) -> tuple[list[Found], int]:
    """Keep one score for a person and day; two that differ are both set aside."""
    kept: dict[tuple[str, int | date], Found] = {}
    contradicted: set[tuple[str, int | date]] = set()
    repeated = 0
    for one in gathered.found:
        key = (one.person, one.at)
        earlier = kept.setdefault(key, one)
        if earlier is one:
            continue
        if earlier.value == one.value:
            repeated += 1
            continue
        if key not in contradicted:
            contradicted.add(key)
            refused.append((earlier.line, "", f"contradicts line {one.line}: one person and day, two scores"))
        refused.append((one.line, "", f"contradicts line {earlier.line}: one person and day, two scores"))
    return [one for key, one in kept.items() if key not in contradicted], repeated


def _start(gathered: Gathered, person: str, own: list[Found], day_0: date, *, by_date: bool) -> date | None:
    if not by_date:
        return day_0
    first = min((one.at for one in own if isinstance(one.at, date)), default=None)
    return gathered.starts.get(person, first)


def _day(at: int | date, day_0: date) -> date:
    return at if isinstance(at, date) else day_0 + timedelta(days=at)


def _same_version(
    readings: list[tuple[date, Found]], start: date | None, refused: list[tuple[int, str, str]]
) -> list[tuple[date, Found]]:
    """Set aside scores by another version of the instrument than the baseline's: they cannot be compared."""
    before = [each for each in readings if start and each[0] <= start]
    if not before:
        return readings
    version = max(before, key=lambda each: each[0])[1].version
    for _, one in readings:
        if one.version != version:
            refused.append(
                (one.line, "", "was scored by another version of the instrument than the baseline")
            )
    return [each for each in readings if each[1].version == version]
