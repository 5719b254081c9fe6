"""What a reader of several published pages can work out: whether any group of people is known to be a handful.

Each page counts the people of some protocols, of a site, who began in some days, as known at a data cut. Laid over each
other, pages cut the people into parts, and each count is a sum over parts. A part is given away when every way of
filling the parts with whole numbers that fits all pages leaves at most a handful of people in it, and some leave one.

This is sound: if some group of parts is known to be a handful, each of its parts is, too. It may refuse more than it must.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import scipy  # its parts load when first used: pages that publish nothing need none
from numpy.typing import NDArray

from sojourn.clinical.outcomes.practice.suppression import LEAST

MOST_WHOLE = (
    60  # parts: up to here only whole people are tried; beyond, fractions, which take a hundredth of the time
)
ROUNDING = 1e-6
OTHERWISE = ""  # any protocol or site that no page names


@dataclass(frozen=True)
class Counted:
    """Whom a page counts. None: no limit of that kind. Days are written year first, so that they sort."""

    as_of: str
    protocols: frozenset[str] | None = None
    site: str | None = None
    since: str | None = None
    until: str | None = None

    def holds(self, protocol: str, site: str, began_on: str, known_on: str) -> bool:
        """Tell whether somebody of this protocol and site, who began and became known then, is counted here."""
        return (
            (self.protocols is None or protocol in self.protocols)
            and self.site in {None, site}
            and (self.since is None or self.since <= began_on)
            and (self.until is None or began_on <= self.until)
            and known_on <= self.as_of
        )


@dataclass(frozen=True)
class GivenAway:
    """At most `people` stand on these pages (by their place) and on no other: fewer than the least that may be told."""

    pages: tuple[int, ...]
    people: int


def given_away(pages: Sequence[Counted], counts: Sequence[int], *, least: int = LEAST) -> GivenAway | None:
    """Find a part of the people whom these counts of the same thing tell to be a handful; None where there is none.

    Counts below `least` are hidden on their page and tell nothing. Where the counts contradict each other, because
    people moved or answers were corrected between two cuts, only the pages of the newest cut are held together.
    """
    shown = [(page, n) for page, n in zip(pages, counts, strict=True) if n == 0 or n >= least]
    places = [place for place, n in enumerate(counts) if n == 0 or n >= least]
    if not shown:
        return None
    parts = _parts([page for page, _ in shown])
    found = _handful(parts, [n for _, n in shown], least)
    if found is None:
        newest = max(page.as_of for page, _ in shown)
        if all(page.as_of == newest for page, _ in shown):
            return None
        kept = [place for place in places if pages[place].as_of == newest]
        again = given_away([pages[place] for place in kept], [counts[place] for place in kept], least=least)
        return again and GivenAway(tuple(kept[place] for place in again.pages), again.people)
    part, people = found
    return GivenAway(tuple(places[place] for place in part), people) if part else None


def _parts(pages: Sequence[Counted]) -> tuple[tuple[int, ...], ...]:
    """Give each set of pages on which somebody can stand together, and on no other."""
    protocols = {OTHERWISE}.union(*(page.protocols or () for page in pages))
    sites = {OTHERWISE, *(page.site for page in pages if page.site)}
    # Between two edges everybody is alike: one day of each stretch stands for all, the sign behind a day for the next.
    began = {
        "", *(page.since for page in pages if page.since), *(f"{page.until}~" for page in pages if page.until)
    }  # fmt: skip
    known = {page.as_of for page in pages}
    found = {
        tuple(place for place, page in enumerate(pages) if page.holds(*somebody))
        for somebody in product(protocols, sites, began, known)
    }
    return tuple(sorted(found - {()}))


def _handful(
    parts: Sequence[tuple[int, ...]], counts: Sequence[int], least: int
) -> tuple[tuple[int, ...], int] | None:
    """Find a part that cannot be filled up to `least` and need not be empty. ((), 0) where none is, None where none fits.

    Each search fills one part first and as many others as it can with it, so that few searches clear them all.
    """
    stands = np.array([[place in part for part in parts] for place in range(len(counts))], dtype=np.float64)
    open_parts = list(range(len(parts)))
    while open_parts:
        first = open_parts[0]
        filled = _fill(stands, counts, first, open_parts, least)
        if filled is None:
            return None
        if filled[first] < least:
            most = _most(stands, counts, [first])
            if 0 < most < least:
                return parts[first], most
            if not most and not _most(stands, counts, open_parts):
                break  # all that are left are empty, and everybody knows it
            filled[first] = least
        open_parts = [place for place in open_parts if filled[place] < least]
    return (), 0


def _fill(
    stands: NDArray[np.float64], counts: Sequence[int], first: int, others: Sequence[int], least: int
) -> NDArray[np.float64] | None:
    """Fill the parts so that all counts fit: the first up to `least`, then the others; None where nothing fits."""
    parts, places = stands.shape[1], [first, *(place for place in others if place != first)]
    wanted = len(places)
    weights = np.concatenate([np.zeros(parts), np.full(wanted, -1.0)])
    weights[parts] = -float(wanted * least)  # the first before all others
    up_to = np.zeros((wanted, parts + wanted))
    up_to[np.arange(wanted), places] = -1
    up_to[np.arange(wanted), parts + np.arange(wanted)] = 1
    found = scipy.optimize.milp(
        weights,
        constraints=[
            scipy.optimize.LinearConstraint(
                np.hstack([stands, np.zeros((len(counts), wanted))]), counts, counts
            ),
            scipy.optimize.LinearConstraint(up_to, -np.inf, 0),
        ],
        integrality=np.concatenate([np.full(parts, parts <= MOST_WHOLE), np.zeros(wanted)]),
        bounds=scipy.optimize.Bounds(0, np.concatenate([np.full(parts, np.inf), np.full(wanted, least)])),
    )
    return None if found.x is None else np.floor(found.x[:parts] + ROUNDING)


def _most(stands: NDArray[np.float64], counts: Sequence[int], parts: Sequence[int]) -> int:
    """Say how many can stand in these parts together at most."""
    weights = np.zeros(stands.shape[1])
    weights[list(parts)] = -1
    found = scipy.optimize.milp(
        weights,
        constraints=scipy.optimize.LinearConstraint(stands, counts, counts),
        integrality=np.full(stands.shape[1], stands.shape[1] <= MOST_WHOLE),
    )
    return int(-float(found.fun) + ROUNDING)
