"""A trend is an image with words, on a scale that never follows the data."""

import re

import pytest

from sojourn.design.charts.trend import Trend, TrendLimit, trend_svg


def drawn(*points, limits=(), low=80.0, high=200.0, minutes=60.0):
    return trend_svg(Trend(points, tuple(limits), low, high, minutes, "said in words"))


def test_a_trend_says_its_words_and_draws_each_value():
    svg = drawn((0.0, 120.0), (40.0, 150.0), (60.0, 130.0))
    assert 'aria-label="said in words"' in svg
    (line,) = re.findall(r'<path d="([^"]*)" class="segment"/>', svg)
    (dots,) = re.findall(r'<path d="([^"]*)" class="dots"/>', svg)
    assert line == "M4 28L105.33 19L156 25"
    assert dots == "M4 28h0M105.33 19h0"
    assert '<circle cx="156" cy="25" r="3"' in svg


def test_a_single_value_is_one_mark_without_a_line():
    svg = drawn((0.0, 120.0))
    assert "<path" not in svg
    assert svg.count("<circle") == 1


def test_a_limit_off_the_scale_is_not_drawn_at_its_edge():
    """A line at the edge would say that the alarm begins where it does not."""
    svg = drawn((0.0, 120.0), limits=[TrendLimit(210.0, "act"), TrendLimit(160.0, "attention")])
    assert "limit--act" not in svg
    assert svg.count("limit--attention") == 1


def test_a_value_off_the_scale_stands_at_its_edge():
    assert 'cy="4"' in drawn((10.0, 260.0))
    assert 'cy="40"' in drawn((10.0, 20.0))


def test_the_same_value_stands_at_the_same_height_whatever_else_was_measured():
    assert 'cy="28"' in drawn((10.0, 120.0))
    assert " 28h0" in drawn((10.0, 120.0), (20.0, 199.0))


def test_a_trend_without_a_scale_is_refused():
    with pytest.raises(ValueError, match="scale"):
        drawn(low=5.0, high=5.0)
