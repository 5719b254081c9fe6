"""Where a value and a day stand on the page, and which labels have room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format

WIDE_PX, NARROW_PX = 450, 250  # the narrowest plot of each layout; see charts.css
CHARACTER_PX = 7.4  # at 13 px
LINE_PX = 15
LONG_SPAN_DAYS = 75
EDGE = 0.025  # share of the width kept free at both ends, so that no mark is cut


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Maps days to a share of the width, values to pixels from the top; half a point is kept at both ends."""

    first: date
    last: date
    low: float
    high: float
    top: float
    height: float

    @property
    def floor(self) -> float:
        return self.top + self.height

    def x(self, on: date) -> float:
        span = (self.last - self.first).days
        return EDGE + (1 - 2 * EDGE) * ((on - self.first).days / span if span else 0.5)

    def y(self, value: float) -> float:
        return self.top + self.height * (self.high + 0.5 - value) / (self.high - self.low + 1)


@dataclass(frozen=True, kw_only=True)
class PlacedLabel:
    """A label at a share of the width, and the layouts it has room in."""

    x: float
    text: str
    narrow: bool
    wide: bool

    @property
    def css(self) -> str | None:
        """The class that shows it where it fits; None where it fits in both."""
        return None if self.narrow else "only-wide"


def place_labels(wanted: Sequence[tuple[float, str]]) -> tuple[PlacedLabel, ...]:
    """Keep, from left to right, the labels that do not run into each other, in either layout."""
    ends = {WIDE_PX: float("-inf"), NARROW_PX: float("-inf")}
    placed = []
    for x, text in wanted:
        half = len(text) * CHARACTER_PX / 2
        fits = {}
        for width, end in ends.items():
            fits[width] = x * width - half >= end
            if fits[width]:
                ends[width] = x * width + half + CHARACTER_PX
        if any(fits.values()):
            placed.append(PlacedLabel(x=x, text=text, narrow=fits[NARROW_PX], wide=fits[WIDE_PX]))
    return tuple(label for label in placed if label.wide)


def date_labels(scale: Scale) -> tuple[PlacedLabel, ...]:
    """Choose the days to name: first days of months on a long axis, every week on a short one."""
    if (scale.last - scale.first).days <= LONG_SPAN_DAYS:
        weeks = range((scale.last - scale.first).days // 7 + 1)
        days = [scale.first + timedelta(weeks=week) for week in weeks]
        return place_labels([(scale.x(day), date_format(day, "M j")) for day in days])
    months: list[tuple[float, str]] = []
    day = scale.first.replace(day=1)
    while day <= scale.last:
        if day >= scale.first:
            named = date_format(day, "M Y") if day.month == 1 or not months else date_format(day, "M")
            months.append((scale.x(day), named))
        day = (day + timedelta(days=32)).replace(day=1)
    return place_labels(months)


def spread(centers: Sequence[float], *, apart: float) -> tuple[float, ...]:
    """Move label centres down (they come from top to bottom) until each stands `apart` from the one above."""
    placed: list[float] = []
    for center in centers:
        placed.append(max(center, placed[-1] + apart) if placed else center)
    return tuple(placed)


def free_place(
    text: str,
    y: float,
    busy: Sequence[tuple[float, float]],
    *,
    plot_px: float = NARROW_PX,
    order: Sequence[str] = ("right", "left", "middle"),
) -> dict[str, str]:
    """Choose the place on a plot of this width where a label at height y covers least, else the first in `order`."""
    width = len(text) * CHARACTER_PX
    places = {
        "right": (plot_px - width - 10, {"x": "100%", "dx": "-6", "text_anchor": "end"}),
        "left": (0.0, {"x": "0", "dx": "6", "text_anchor": "start"}),
        "middle": ((plot_px - width) / 2, {"x": "50%", "text_anchor": "middle"}),
    }

    def covered(place: str) -> int:
        start = places[place][0]
        return sum(start - 8 <= x <= start + width + 8 and abs(y - at) < LINE_PX for x, at in busy)

    return places[min(order, key=covered)][1]
