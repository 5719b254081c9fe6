"""Draws what is expected after a dose as a band over minutes, with what was really measured on top of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sojourn.design.charts.svg import element, number, percent

TOP_PX, PLOT_PX, LABELS_PX, LANE_PX = 16, 200, 28, 26
UNITS = 1000  # of the stretched inner drawing, from left to right
EDGE = 0.02  # share of the width kept free at both ends
STEPS = (1, 2, 5, 10, 20, 25, 50)
ROWS = 4


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Something really measured, at a minute after the dose; `label` says value and unit."""

    minute: float
    value: float
    label: str


@dataclass(frozen=True, kw_only=True)
class Rating:
    """Something said on a scale of its own, written under the plot and never placed on its axis."""

    minute: float
    label: str


@dataclass(frozen=True, kw_only=True)
class CourseChart:
    """A band of 5, 50 and 95 of 100 people over minutes, and the readings of one person.

    The axis spans `lowest` to `highest`, or further where something lies outside.
    `says` is what must be read with it (what it is not, how sure, version, n, seed). `now_minute` draws where we are.
    """

    title: str
    unit: str
    minutes: tuple[float, ...]
    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]
    says: str
    lowest: float
    highest: float
    readings: tuple[Reading, ...] = ()
    ratings: tuple[Rating, ...] = ()
    ratings_title: str = ""
    threshold: float | None = None
    now_minute: float | None = None

    def __post_init__(self) -> None:
        if not len(self.minutes) == len(self.low) == len(self.middle) == len(self.high) > 1:
            raise ValueError("a band needs its three lines at each of its minutes")
        if any(a > b or b > c for a, b, c in zip(self.low, self.middle, self.high, strict=True)):
            raise ValueError("the lines of a band lie in order")


@dataclass(frozen=True)
class _Plot:
    first: float
    last: float
    bottom: float
    top: float

    def x(self, minute: float) -> float:
        return EDGE + (1 - 2 * EDGE) * (minute - self.first) / (self.last - self.first)

    def y(self, value: float) -> float:
        return TOP_PX + PLOT_PX * (self.top - value) / (self.top - self.bottom)


def course_svg(chart: CourseChart) -> SafeString:
    """Draw the chart as an image with title and description; its table belongs beside it."""
    plot, key = _plot(chart), f"course-{crc32(repr(chart).encode()):08x}"
    lane = LANE_PX if chart.ratings else 0
    return element(
        "svg",
        element("title", chart.title, id=f"{key}-title"),
        element("desc", _described(chart), id=f"{key}-desc"),
        *_value_axis(chart, plot),
        *_minute_axis(chart, plot),
        _band(chart, plot),
        *_threshold(chart, plot),
        *_now(chart, plot),
        *(_mark(reading, plot) for reading in chart.readings if plot.first <= reading.minute <= plot.last),
        *_ratings(chart, plot),
        class_="chart course",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        width="100%",
        height=number(TOP_PX + PLOT_PX + LABELS_PX + lane),
    )


def course_rows(chart: CourseChart) -> tuple[tuple[str, ...], ...]:
    """Give the table: expected values every half hour, and what was measured, in order of time."""
    expected = [
        (minute, number(low), number(middle), number(high), "")
        for minute, low, middle, high in zip(chart.minutes, chart.low, chart.middle, chart.high, strict=True)
        if minute % 30 == 0
    ]
    told = [(reading.minute, "", "", "", reading.label) for reading in chart.readings]
    told += [(rating.minute, "", "", "", rating.label) for rating in chart.ratings]
    return tuple(
        (f"{minute:.0f}", *rest) for minute, *rest in sorted([*expected, *told], key=lambda row: row[0])
    )


def _plot(chart: CourseChart) -> _Plot:
    values = [*chart.low, *chart.high, *(reading.value for reading in chart.readings)]
    return _Plot(chart.minutes[0], chart.minutes[-1], min(chart.lowest, *values), max(chart.highest, *values))


def _value_axis(chart: CourseChart, plot: _Plot) -> list[SafeString]:
    found = []
    for tick in _ticks(plot.bottom, plot.top):
        y = plot.y(tick)
        found.append(element("line", x1="0", x2="100%", y1=y, y2=y, class_="grid"))
        found.append(element("text", number(tick), x="0", y=y - 3, class_="halo"))
    found.append(element("text", chart.unit, x="100%", y=12.0, text_anchor="end"))
    return found


def _minute_axis(chart: CourseChart, plot: _Plot) -> list[SafeString]:
    found = []
    for minute in range(int(plot.first), int(plot.last) + 1, 30):
        label = _("%(n)d min") % {"n": minute} if minute == plot.last else str(minute)
        odd = "only-wide" if minute % 60 else None
        anchor = "end" if minute == plot.last else "middle"
        y = TOP_PX + PLOT_PX + 18
        found.append(element("text", label, x=percent(plot.x(minute)), y=y, text_anchor=anchor, class_=odd))
    return found


def _band(chart: CourseChart, plot: _Plot) -> SafeString:
    there = [
        f"{UNITS * plot.x(m):.1f},{plot.y(v):.1f}" for m, v in zip(chart.minutes, chart.high, strict=True)
    ]
    back = [f"{UNITS * plot.x(m):.1f},{plot.y(v):.1f}" for m, v in zip(chart.minutes, chart.low, strict=True)]
    middle = [
        f"{UNITS * plot.x(m):.1f},{plot.y(v):.1f}" for m, v in zip(chart.minutes, chart.middle, strict=True)
    ]
    height = number(TOP_PX + PLOT_PX)
    return element(
        "svg",
        element("polygon", points=" ".join([*there, *reversed(back)]), class_="expected"),
        element("polyline", points=" ".join(middle), class_="expected-middle", vector_effect="non-scaling-stroke"),
        x="0", y="0", width="100%", height=height, viewBox=f"0 0 {UNITS} {height}", preserveAspectRatio="none",
    )  # fmt: skip


def _threshold(chart: CourseChart, plot: _Plot) -> list[SafeString]:
    if chart.threshold is None:
        return []
    y = plot.y(chart.threshold)
    return [element("line", x1="0", x2="100%", y1=y, y2=y, class_="threshold")]


def _now(chart: CourseChart, plot: _Plot) -> list[SafeString]:
    if chart.now_minute is None or not plot.first <= chart.now_minute <= plot.last:
        return []
    x = percent(plot.x(chart.now_minute))
    return [
        element("line", x1=x, x2=x, y1=TOP_PX, y2=TOP_PX + PLOT_PX, class_="now"),
        element("text", _("now"), x=x, y=TOP_PX + 10, dx="4", class_="halo"),
    ]


def _mark(reading: Reading, plot: _Plot) -> SafeString:
    return element(
        "svg",
        element("title", f"{reading.label}, {_('%(n)d min') % {'n': round(reading.minute)}}"),
        element("circle", r="5", class_="mark"),
        x=percent(plot.x(reading.minute)),
        y=plot.y(reading.value),
        overflow="visible",
    )


def _ratings(chart: CourseChart, plot: _Plot) -> list[SafeString]:
    y = TOP_PX + PLOT_PX + LABELS_PX + 14
    return [
        element("text", rating.label, x=percent(plot.x(rating.minute)), y=y, text_anchor="middle", class_="label-strong")
        for rating in chart.ratings
        if plot.first <= rating.minute <= plot.last
    ]  # fmt: skip


def _ticks(bottom: float, top: float) -> list[float]:
    step = next((step for step in STEPS if (top - bottom) / step <= ROWS + 1), STEPS[-1])
    first = int(bottom // step) + (1 if bottom % step else 0)
    return [float(step * place) for place in range(first, int(top // step) + 1)]


def _described(chart: CourseChart) -> str:
    highest = max(range(len(chart.minutes)), key=lambda place: chart.middle[place])
    said = _(
        "Expected: highest %(middle)s %(unit)s (5 to 95 of 100 people: %(low)s to %(high)s) at %(minute)d minutes."
    ) % {
        "middle": number(round(chart.middle[highest], 1)), "low": number(round(chart.low[highest], 1)),
        "high": number(round(chart.high[highest], 1)), "unit": chart.unit, "minute": chart.minutes[highest],
    }  # fmt: skip
    return f"{said} {_measured(chart.readings)}".strip()


def _measured(readings: Sequence[Reading]) -> str:
    if not readings:
        return ""
    told = "; ".join(f"{reading.label} ({reading.minute:.0f} min)" for reading in readings)
    return _("Measured: %(told)s.") % {"told": told}
