"""What looks odd in a table but cannot be known: said beside the figures, never corrected."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from sojourn.analysis.reading import TableRead
from sojourn.clinical.outcomes.practice import Person
from sojourn.clinical.outcomes.practice.oddities import Odd, all_or_nobody, in_words
from sojourn.clinical.outcomes.reports import Report, Yardstick
from sojourn.clinical.quantities import how_many

FEWEST_FOR_A_COPY = 3
HIGH_SHARE = 3  # a third of the scale
CODES = frozenset({77, 88, 98, 99})


def remarks_on(read: TableRead, yardstick: Yardstick, report: Report | None) -> tuple[str, ...]:
    """Say what a careful reader would ask about."""
    persons = [each.person for each in read.people]
    odd = in_words(_odd(persons, read.alike, yardstick), low=yardstick.low, high=yardstick.high)
    spread = [
        f"{each.group}: {sentence}" if each.group else sentence
        for each in (report.at_primary() if report else ())
        if each.response is not None
        for sentence in all_or_nobody(each.response, each.visit.id)
    ]
    return tuple(sentence for sentence in (_ids(persons), _copies(persons), *odd, *spread) if sentence)


def _ids(persons: Sequence[Person]) -> str:
    plain = Counter("".join(person.id.split()).casefold() for person in persons)
    doubled = sum(n > 1 for n in plain.values())
    if not doubled:
        return ""
    differ = how_many(doubled, "id differs", "ids differ")
    return f"{differ} from another only in case or blanks; they are counted as different people."


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


def _odd(persons: Sequence[Person], alike: int, yardstick: Yardstick) -> Odd:
    """Count zeros that may be gaps, baselines with no room, and scores like a code; what cannot be was set aside before."""
    high = yardstick.low + (yardstick.high - yardstick.low) / HIGH_SHARE
    between = last = 0
    for person in persons:
        values = [reading.value for reading in sorted(person.readings, key=lambda reading: reading.on)]
        between += sum(
            b == yardstick.low and a >= high and c >= high for (a, b), (_, c) in pairwise(pairwise(values))
        )
        last += len(values) > 1 and values[-1] == yardstick.low and values[-2] >= high
    return Odd(
        people=len(persons),
        alike=alike,
        scored=sum(bool(person.readings) for person in persons),
        no_room=sum(
            any(r.on <= p.first_dose_on and r.value == yardstick.low for r in p.readings)
            for p in persons
            if p.first_dose_on
        ),
        low_between=between,
        low_last=last,
        like_a_code=sum(reading.value in CODES for person in persons for reading in person.readings),
    )
