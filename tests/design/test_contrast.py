"""Every pair of colors that a page sets on each other can be read, by day, by night and in the session room."""

import itertools

import pytest

from tests.design.contrast import CSS, DAY, NIGHT, block, contrast, tokens

PAPERS = ("paper", "paper-raised", "paper-sunk", "sand")
TEXT = [
    *[(ink, paper) for ink in ("ink", "ink-soft", "accent") for paper in PAPERS],
    ("on-accent", "accent"),
    ("on-accent", "accent-deep"),
    ("on-act", "act-solid"),
    ("accent", "accent-wash"),
    ("ink", "accent-wash"),
    *[(tone, f"{tone}-wash") for tone in ("attention", "act", "done", "unknown")],
    *[("ink", f"{tone}-wash") for tone in ("attention", "act", "done", "unknown")],
    *[("ink-soft", f"{tone}-wash") for tone in ("attention", "act")],
    *[
        (tone, paper)
        for tone in ("act", "attention", "done", "unknown")
        for paper in ("paper", "paper-raised")
    ],
    *[(ink, f"band-{depth}") for ink in ("ink", "ink-soft") for depth in range(5)],
]
SHAPES = [
    *[("line-strong", paper) for paper in ("paper", "paper-raised")],
    *[("series", f"band-{depth}") for depth in range(5)],
    *[("act", f"band-{depth}") for depth in range(5)],
    *[("ribbon", f"band-{depth}") for depth in range(5)],
    ("accent", "line"),
    ("done", "done-wash"),
]
COLORS = tokens(block(":root {"))
SESSION = COLORS | tokens(block('[data-temper="session"] {', CSS / "layout.css"))
OLD_BROWSERS = COLORS | tokens(block("@supports not").split("[data-temper")[0])
MORE = COLORS | tokens(block("@media (prefers-contrast: more)"))
SCHEMES = {
    "day": (COLORS, DAY),
    "night": (COLORS, NIGHT),
    "session": (SESSION, NIGHT),
    "old browsers": (OLD_BROWSERS, DAY),
}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("ink", "paper"), TEXT)
def test_text_has_4_5_to_1(ink, paper, scheme):
    """WCAG 2.2, 1.4.3."""
    colors, side = SCHEMES[scheme]
    assert contrast(colors[ink][side], colors[paper][side]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("mark", "ground"), SHAPES)
def test_edges_and_marks_have_3_to_1(mark, ground, scheme):
    """WCAG 2.2, 1.4.11."""
    colors, side = SCHEMES[scheme]
    assert contrast(colors[mark][side], colors[ground][side]) >= 3


@pytest.mark.parametrize("side", [DAY, NIGHT])
@pytest.mark.parametrize("ink", ["ink", "ink-soft", "accent"])
def test_whoever_asks_for_more_contrast_gets_7_to_1(ink, side):
    assert contrast(MORE[ink][side], MORE["paper"][side]) >= 7


@pytest.mark.parametrize("side", [DAY, NIGHT])
def test_severity_bands_run_one_way_from_light_to_deep(side):
    """A printed or color-blind reading of the chart must keep their order."""
    away_from_paper = [contrast(COLORS[f"band-{depth}"][side], COLORS["paper"][side]) for depth in range(5)]
    assert away_from_paper == sorted(away_from_paper)
    assert min(b / a for a, b in itertools.pairwise(away_from_paper)) > 1.03


def test_black_on_white_is_21_to_1():
    assert contrast("#000", "oklch(100% 0 0)") == pytest.approx(21, abs=0.01)


def test_a_known_pair_has_its_published_contrast():
    """#767676 on white is the textbook edge of 4.5 to 1 (4.54)."""
    assert contrast("#767676", "#fff") == pytest.approx(4.54, abs=0.01)
