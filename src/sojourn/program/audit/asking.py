"""Puts several questions to the database in one exchange: they leave as one message, and are answered by one.

Each exchange costs a change of process and back, on both sides; where many people wait, that is most of the price.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db import connection

Answer = TypeVar("Answer")
Rows = Sequence[tuple[Any, ...]]


@dataclass(slots=True)
class Asked(Generic[Answer]):
    """One statement with its values in order, and how its rows are read; once `put`, with its `answer`."""

    statement: str
    given: Sequence[Any]
    read: Callable[[Rows], Answer]
    answer: Answer = field(init=False)


def put(*asked: Asked[Any]) -> None:
    """Put these to the database in this order, in one exchange. Where one fails, none is done."""
    if not asked:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            ";".join(each.statement for each in asked), [one for each in asked for one in each.given]
        )
        found = [_rows(cursor, place) for place in range(-len(asked), 0)]
    for each, rows in zip(asked, found, strict=True):
        each.answer = each.read(rows)


def answer_to(asked: Asked[Answer]) -> Answer:
    """Put one question by itself."""
    put(asked)
    return asked.answer


def _rows(cursor: Any, place: int) -> Rows:
    """The rows of one statement, counted from the end: the row history may have put its own in front."""
    cursor.set_result(place)
    return cursor.fetchall() if cursor.description is not None else ()
