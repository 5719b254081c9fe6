"""The rows that results are counted from, made anew from the records, to see that they are what they should be."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from sojourn.program.people.models import Patient
from sojourn.program.results.models import PersonFollowed, ScoresFollowed

BATCH: Final = 5000


@dataclass(frozen=True)
class Refollowed:
    """How many people were looked at, and how many had a row that was not what their records say."""

    people: int
    differed: int


def refollow(tell: Callable[[int], None] = lambda _done: None) -> Refollowed:
    """Make every row anew, a few thousand people at a time; `tell` hears how many are done."""
    people = differed = 0
    for batch in _batches():
        differed += _refollow(batch)
        people += len(batch)
        tell(people)
    return Refollowed(people, differed)


@transaction.atomic
def _refollow(batch: list[UUID]) -> int:
    before = _rows(batch)
    with connection.cursor() as cursor:
        cursor.execute("SELECT results_follow(%s)", [batch])
    after = _rows(batch)
    return sum(before.get(person) != after.get(person) for person in before.keys() | after.keys())


def _rows(batch: list[UUID]) -> dict[UUID, list[dict[str, object]]]:
    found: dict[UUID, list[dict[str, object]]] = {}
    for kept in (PersonFollowed.objects, ScoresFollowed.objects):
        for row in kept.filter(patient_id__in=batch).order_by("pk").values():
            found.setdefault(row["patient_id"], []).append(dict(row))
    return found


def _batches() -> Iterator[list[UUID]]:
    last = UUID(int=0)
    while batch := list(
        Patient.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        yield batch
        last = batch[-1]
