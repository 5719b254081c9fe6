"""What a reader of several published pages can work out, and what nobody can."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.clinical.outcomes.practice.disclosure import Counted, given_away

YEAR_END = "2026-12-31"


def page(as_of=YEAR_END, protocols=None, **limits):
    return Counted(as_of, None if protocols is None else frozenset(protocols), **limits)


SPRING, SUMMER, BOTH = (
    page(since=a, until=b)
    for a, b in (("2026-01-01", "2026-06-30"), ("2026-04-01", "2026-09-30"), ("2026-01-01", "2026-09-30"))
)


@pytest.mark.parametrize(
    ("pages", "counts", "people"),
    [
        ([page(), page(site="a")], [100, 95], 5),
        ([page(), page(site="a")], [100, 89], None),
        ([page(), page(site="a"), page(site="b")], [100, 50, 45], 5),
        ([page(), page(site="a"), page(site="b")], [100, 50, 50], None),  # nobody anywhere else is no handful
        ([page(), page(site="a"), page(site="b"), page(site="c")], [100, 40, 30, 19], None),
        ([page(), page(site="a"), page(site="b"), page(site="c")], [100, 40, 30, 20], 10),
        ([SPRING, SUMMER, BOTH], [30, 30, 50], 10),  # a + b, b + c, a + b + c
        ([SPRING, SUMMER, BOTH], [30, 30, 49], None),
        ([SPRING, SUMMER], [30, 30], None),
        ([page(as_of="2026-11-30"), page()], [50, 55], 5),
        ([page(as_of="2026-11-30"), page()], [50, 50], None),
    ],
)
def test_the_edge_of_a_handful(pages, counts, people):
    found = given_away(pages, counts)
    assert (found and found.people) == people


def test_a_ring_of_overlapping_pages_gives_the_hidden_corner_away():
    """Site and protocol by turns: no page holds another, and no two can be subtracted, yet four together tell of five."""
    pages = [
        page(protocols=("x",)), page(protocols=("y",)), page(site="a"), page(site="b"),
        page(protocols=("x", "y")), page(protocols=("x",), site="a"),
    ]  # fmt: skip
    counts = [45, 45, 45, 45, 90, 40]
    found = given_away(pages, counts)
    assert found is not None
    assert found.people == 5
    assert given_away(pages[:-1], counts[:-1]) is None


def test_a_count_that_its_page_hides_tells_nothing():
    assert given_away([page(), page(site="a")], [7, 3]) is None
    assert given_away([page(), page(site="a")], [30, 5]) is None
    assert given_away([page()], [4]) is None


def test_counts_that_contradict_each_other_are_judged_by_the_newest_cut_alone():
    """Answers were corrected: what was 60 at one cut is 40 at the next. The two pages of the later cut still tell."""
    pages = [page(as_of="2026-06-30"), page(), page(site="a")]
    assert given_away(pages, [60, 40, 20]) is None
    found = given_away(pages, [60, 40, 35])
    assert found is not None
    assert found.pages == (1,)


def test_many_pages_are_judged_within_seconds():
    draw = np.random.default_rng(0)
    pages = [
        page(),
        *(page(site=f"s{n}") for n in range(12)),
        *(page(protocols=(f"p{n}",)) for n in range(4)),
        *(page(since=f"2026-{month:02}-01", until=f"2026-{month:02}-28") for month in range(1, 13)),
    ]
    people = [
        (f"p{draw.integers(4)}", f"s{draw.integers(12)}", f"2026-{draw.integers(1, 13):02}-05", "2026-12-01")
        for _ in range(3000)
    ]
    assert given_away(pages, [sum(each.holds(*who) for who in people) for each in pages]) is None


def _all_fillings(stands, counts, most):
    """Every way of placing whole people into parts so that each page has its count."""
    parts = len(stands[0])

    def go(place, left, filled):
        if place == parts:
            if not any(left):
                yield tuple(filled)
            return
        pages = [number for number, row in enumerate(stands) if row[place]]
        for people in range(min([left[number] for number in pages] + [most]) + 1):
            yield from go(
                place + 1,
                [n - people * (number in pages) for number, n in enumerate(left)],
                [*filled, people],
            )

    return go(0, list(counts), [])


@settings(max_examples=40, deadline=None)
@given(people=st.lists(st.tuples(st.sampled_from("xy"), st.sampled_from("ab")), max_size=14))
def test_it_finds_just_what_trying_every_filling_finds(people):
    """With a least of 3, for pages on two protocols and two sites: a part whose most is 1 or 2 in all fillings."""
    pages = [page(), page(protocols=("x",)), page(site="a")]
    counts = [sum(each.holds(*who, "", "") for who in people) for each in pages]
    if any(0 < n < 3 for n in counts):
        return
    stands = [[1, 1, 1, 1], [0, 1, 0, 1], [0, 0, 1, 1]]  # elsewhere, x, a, x at a
    most = [max(filling[part] for filling in _all_fillings(stands, counts, 14)) for part in range(4)]
    found = given_away(pages, counts, least=3)
    assert (found is not None) == any(0 < n < 3 for n in most)
