"""Hides small cells, and as many others as it takes that nobody can work them out.

A table of counts with its totals gives a hidden cell away when it is the only one hidden in its row or column. So a second
one is hidden there too: the smallest that is not zero. Source: cms-cell-size for "no cell of 1 to 10".
"""

from collections.abc import Sequence
from dataclasses import dataclass

LEAST = 11  # program policy after cms-cell-size; 0 may be shown


@dataclass(frozen=True)
class Suppressed:
    """The table with None where a count is hidden; `hidden_for_others` counts those hidden to protect another."""

    cells: tuple[tuple[int | None, ...], ...]
    hidden_for_others: int


def suppress(table: Sequence[Sequence[int]], *, least: int = LEAST) -> Suppressed:
    """Hide every count from 1 to below `least`, and complementary cells. Totals of rows and columns may then be shown.

    Raises ValueError for a table whose rows differ in length or that holds a negative count.
    """
    rows = [list(row) for row in table]
    if len({len(row) for row in rows}) > 1:
        raise ValueError("the rows of a table have one length")
    if any(count < 0 for row in rows for count in row):
        raise ValueError("a count is never negative")
    hidden = {(y, x) for y, row in enumerate(rows) for x, count in enumerate(row) if 0 < count < least}
    small = len(hidden)
    lines = [[(y, x) for x in range(len(rows[y]))] for y in range(len(rows))]
    if rows:
        lines += [[(y, x) for y in range(len(rows))] for x in range(len(rows[0]))]
    while (other := _gives_away(lines, rows, hidden, least)) is not None:
        hidden.add(other)
    cells = tuple(
        tuple(None if (y, x) in hidden else count for x, count in enumerate(row))
        for y, row in enumerate(rows)
    )
    return Suppressed(cells, len(hidden) - small)


def _gives_away(
    lines: Sequence[Sequence[tuple[int, int]]],
    rows: Sequence[Sequence[int]],
    hidden: set[tuple[int, int]],
    least: int,
) -> tuple[int, int] | None:
    """Find a cell to hide in a line from whose total the hidden cells could be worked out closely."""
    for line in lines:
        secret = [cell for cell in line if cell in hidden]
        if not secret or (len(secret) > 1 and sum(rows[y][x] for y, x in secret) >= least):
            continue
        open_cells = [cell for cell in line if cell not in hidden]
        if not open_cells:
            continue
        positive = [cell for cell in open_cells if rows[cell[0]][cell[1]] > 0]
        return min(positive or open_cells, key=lambda cell: (rows[cell[0]][cell[1]], cell))
    return None
