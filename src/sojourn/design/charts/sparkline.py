"""Draws a run of values small enough to stand in a row of text."""

from collections.abc import Sequence
from itertools import pairwise

from django.utils.safestring import SafeString

from sojourn.design.charts.svg import element

WIDTH, HEIGHT, INSET = 120, 32, 4


def sparkline_svg(values: Sequence[float | None], *, low: float, high: float, label: str) -> SafeString:
    """Draw evenly spaced values on a scale from low to high; None leaves a gap; `label` says it in words."""
    if low >= high:
        raise ValueError("the scale's lowest value must be below its highest")
    step = (WIDTH - 2 * INSET) / max(len(values) - 1, 1)
    places = [
        None if value is None else (INSET + step * index, _y(min(max(value, low), high), low, high))
        for index, value in enumerate(values)
    ]
    lines = [
        element("line", x1=a[0], y1=a[1], x2=b[0], y2=b[1], class_="segment")
        for a, b in pairwise(places)
        if a and b
    ]
    alone = [
        element("circle", cx=place[0], cy=place[1], r="1.5", class_="mark")
        for index, place in enumerate(places)
        if place and not any(places[i] for i in (index - 1, index + 1) if 0 <= i < len(places))
    ]
    last = next((place for place in reversed(places) if place), None)
    end = [element("circle", cx=last[0], cy=last[1], r="3", class_="mark")] if last else []
    return element(
        "svg",
        element("line", x1="0", x2=WIDTH, y1=HEIGHT - 1, y2=HEIGHT - 1, class_="rail"),
        *lines,
        *alone,
        *end,
        class_="sparkline",
        role="img",
        aria_label=label,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
    )


def _y(value: float, low: float, high: float) -> float:
    return INSET + (HEIGHT - 2 * INSET) * (high - value) / (high - low)
