"""Hides small cells, and as many others as it takes that nobody can work them out.

A table of counts with its totals gives a hidden cell away when it is the only one hidden in its row or column. So a second
one is hidden there too: the smallest that is not zero. Source: cms-cell-size for "no cell of 1 to 10".
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

LEAST = 11  # program policy after cms-cell-size; 0 may be shown


@dataclass(frozen=True)
class Suppressed:
    """The table with None where a count is hidden; `hidden_for_others` counts those hidden to protect another."""

    cells: tuple[tuple[int | None, ...], ...]
    hidden_for_others: int


def suppress(
    table: Sequence[Sequence[int]], *, least: int = LEAST, also: Collection[tuple[int, int]] = ()
) -> Suppressed:
    """Hide every count from 1 to below `least`, and complementary cells. Totals of rows and columns may then be shown.

    `also` are places (row, column) to hide in any case, because something beside the table would give them away.
    Raises ValueError for a table whose rows differ in length or that holds a negative count.
    """
    rows = [list(row) for row in table]
    if len({len(row) for row in rows}) > 1:
        raise ValueError("the rows of a table have one length")
    if any(count < 0 for row in rows for count in row):
        raise ValueError("a count is never negative")
    hidden = {(y, x) for y, row in enumerate(rows) for x, count in enumerate(row) if 0 < count < least}
    small = len(hidden)
    hidden |= set(also)
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


@dataclass(frozen=True)
class SuppressedChain:
    """A chain with None where a number is hidden: how many remain at each step, and how many were lost before it."""

    people: tuple[int | None, ...]
    lost: tuple[int | None, ...]

    @property
    def is_whole(self) -> bool:
        """True when nothing had to be hidden."""
        return None not in self.people and None not in self.lost


def suppress_chain(
    people: Sequence[int], *, least: int = LEAST, also: Collection[int] = ()
) -> SuppressedChain:
    """Hide small losses of a chain, and every step from which a hidden one could be worked out.

    `people` are those who remain at each step, never rising; the numbers of the steps in `also` are hidden in any case.
    A step is shown only where nothing is hidden on one side
    of it: from above or from below it is then the sum of numbers that are shown anyway.
    """
    parts = [before - after for before, after in pairwise(people)] + [people[-1]]
    around = {(0, place) for step in also for place in (step - 1, step)}
    hidden = [cell is None for cell in suppress([parts], least=least, also=around).cells[0]]
    shown = [
        count if not any(hidden[:place]) or not any(hidden[place:]) else None
        for place, count in enumerate(people)
    ]
    lost = [0, *(None if hidden[place] else parts[place] for place in range(len(parts) - 1))]
    return SuppressedChain(tuple(shown), tuple(lost))


def gives_away(counts: Mapping[str, int], others: Mapping[str, int], *, least: int = LEAST) -> str | None:
    """Name the first count by which two published tables differ by a handful: whoever has both can subtract them."""
    return next(
        (name for name, n in counts.items() if name in others and 0 < abs(n - others[name]) < least), None
    )
