"""Puts several questions to the database in one exchange, each prepared for its connection.

An exchange costs a change of process and back, on both sides, and to plan a statement costs the database more than to
answer it: where a hundred readings come in a second, that is most of the price.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from django.db import connection
from django.db.backends.utils import debug_transaction
from psycopg import Connection, Cursor

Answer = TypeVar("Answer")
Rows = Sequence[tuple[Any, ...]]
ONLY_WHERE_ASKED: Final = 1_000_000  # how often a statement is put before psycopg prepares it by itself


@dataclass(slots=True)
class Asked(Generic[Answer]):
    """One statement with its values, and how its rows are read; once `put`, with its `answer`."""

    statement: str
    given: Any
    read: Callable[[Rows], Answer]
    answer: Answer = field(init=False)


def put(*asked: Asked[Any]) -> None:
    """Put these to the database in this order, in one exchange. Where one fails, none is done."""
    if not asked:
        return
    with _asking("; ".join(each.statement for each in asked)) as to:
        cursors = [Cursor(to) for _ in asked]
        with to.pipeline() if len(asked) > 1 else nullcontext():
            for cursor, each in zip(cursors, asked, strict=True):
                cursor.execute(each.statement, each.given, prepare=True)
        found = [cursor.fetchall() if cursor.description is not None else () for cursor in cursors]
    for each, rows in zip(asked, found, strict=True):
        each.answer = each.read(rows)


def answer_to(asked: Asked[Answer]) -> Answer:
    """Put one question by itself."""
    put(asked)
    return asked.answer


@contextmanager
def _asking(what: str) -> Iterator[Connection[Any]]:
    """The connection below Django's, whose own cursors neither prepare nor wait for several answers at once."""
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    to: Connection[Any] = connection.connection
    to.prepare_threshold = ONLY_WHERE_ASKED
    with connection.wrap_database_errors, debug_transaction(connection, what):
        yield to
