"""Draws the values of one session against its own limits, small enough to stand in a row of a board."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from sojourn.design.charts.svg import element

WIDTH, HEIGHT, INSET = 160, 44, 4


@dataclass(frozen=True, slots=True)
class TrendLimit:
    """A line where values begin to call for somebody; `kind` is "attention" or "act"."""

    value: float
    kind: str


@dataclass(frozen=True, slots=True)
class Trend:
    """Values by minute on a fixed scale. `words` tells the drawing to who cannot see it."""

    points: tuple[tuple[float, float], ...]
    limits: tuple[TrendLimit, ...]
    low: float
    high: float
    minutes: float
    words: str


def trend_svg(trend: Trend) -> SafeString:
    """Draw a trend from minute 0 to its last minute; a value off the scale stands at its edge."""
    if trend.low >= trend.high or trend.minutes <= 0:
        raise ValueError("a trend needs a scale and a length of time")
    places = _places(trend)
    return element(
        "svg",
        *(
            element("line", x1="0", x2=WIDTH, y1=(y := _y(limit.value, trend)), y2=y, class_=f"limit limit--{limit.kind}")
            for limit in trend.limits
            if trend.low <= limit.value <= trend.high
        ),
        # One line and one row of dots, however many values: a board draws them at every reading.
        *_path("segment", "M" + "L".join(places), has=len(places) > 1),
        *_path("dots", "".join(f"M{place}h0" for place in places[:-1]), has=len(places) > 1),
        *(element("circle", cx=place.split()[0], cy=place.split()[1], r="3", class_="mark") for place in places[-1:]),
        class_="sparkline sparkline--trend",
        role="img",
        aria_label=trend.words,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
    )  # fmt: skip


def _places(trend: Trend) -> list[str]:
    """Where each value stands, as a path writes it: to about a hundredth."""
    a_minute, a_unit = (WIDTH - 2 * INSET) / trend.minutes, (HEIGHT - 2 * INSET) / (trend.high - trend.low)
    return [
        f"{INSET + a_minute * min(max(minute, 0.0), trend.minutes):.5g} "
        f"{INSET + a_unit * (trend.high - min(max(value, trend.low), trend.high)):.5g}"
        for minute, value in trend.points
    ]


def _path(kind: str, drawn: str, *, has: bool) -> tuple[SafeString, ...]:
    return (element("path", d=drawn, class_=kind),) if has else ()


def _y(value: float, trend: Trend) -> float:
    return INSET + (HEIGHT - 2 * INSET) * (trend.high - value) / (trend.high - trend.low)
