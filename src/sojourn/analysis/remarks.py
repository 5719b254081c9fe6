"""What looks odd in a table but cannot be known: said beside the figures, never corrected."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from sojourn.clinical.outcomes.practice import Person
from sojourn.clinical.outcomes.reports import Grouped, Yardstick

FEWEST_FOR_A_COPY = 3
HIGH_SHARE = 3  # a third of the scale


def remarks_on(people: Sequence[Grouped], yardstick: Yardstick) -> tuple[str, ...]:
    """Say what a careful reader would ask about."""
    persons = [each.person for each in people]
    said = [
        _ids(persons),
        _copies(persons),
        _zeros(persons, yardstick),
        _baselines_of_zero(persons),
        "" if len(persons) != 1 else "There is one person: counts say nothing of others.",
        "" if persons else "There is nobody in this table.",
        _nothing(persons),
    ]
    return tuple(sentence for sentence in said if sentence)


def _ids(persons: Sequence[Person]) -> str:
    plain = Counter("".join(person.id.split()).casefold() for person in persons)
    doubled = sum(n > 1 for n in plain.values())
    return (
        f"{doubled} ids differ from another only in case or blanks; they are counted as different people."
        if doubled
        else ""
    )


def _copies(persons: Sequence[Person]) -> str:
    courses = Counter(
        tuple(sorted((reading.on, reading.value) for reading in person.readings))
        for person in persons
        if len(person.readings) >= FEWEST_FOR_A_COPY
    )
    copies = sum(n for n in courses.values() if n > 1)
    return (
        f"{copies} people share all their scores and days with another; are they counted twice?"
        if copies
        else ""
    )


def _zeros(persons: Sequence[Person], yardstick: Yardstick) -> str:
    """Notice a lowest score between two high ones: a missing visit is sometimes written as 0."""
    high = yardstick.low + (yardstick.high - yardstick.low) / HIGH_SHARE
    odd = 0
    for person in persons:
        values = [reading.value for reading in sorted(person.readings, key=lambda reading: reading.on)]
        odd += sum(
            b == yardstick.low and a >= high and c >= high
            for (a, b), (_, c) in pairwise(pairwise(values))
        )  # fmt: skip
    return (
        f"{odd} scores of {yardstick.low} stand between two high ones; was a missing visit written as {yardstick.low}?"
        if odd
        else ""
    )


def _baselines_of_zero(persons: Sequence[Person]) -> str:
    zero = sum(
        any(r.on <= p.first_dose_on and r.value == 0 for r in p.readings) for p in persons if p.first_dose_on
    )
    return (
        f"{zero} people have a baseline of 0: nothing can fall from there, so they are never a response."
        if zero
        else ""
    )


def _nothing(persons: Sequence[Person]) -> str:
    if persons and not any(person.readings for person in persons):
        return f"All scores of {len(persons)} people are missing."
    return ""
