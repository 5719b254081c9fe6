"""Draws a band of a population over time as an SVG that stands alone: no style sheet, no script, a title in words."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np

from sojourn.clinical.pharmacology import DESCRIBED, Band, Measure
from sojourn.clinical.pharmacology.exponentials import Array

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 56, 96
INK, QUIET, WIDE, MIDDLE, LINE = "#1d2a33", "#5b6b76", "#cfe3ea", "#9cc6d3", "#12607a"
TICKS = 6
FEW_HOURS = 12.0
NICE = (1, 2, 2.5, 5, 10)
OF_A_CLOCK_MIN = (1, 2, 5, 10, 15, 30, 60, 120)


@dataclass(frozen=True)
class Axis:
    """From values to pixels, with steps that people count in."""

    low: float
    high: float
    start_px: float
    end_px: float

    def at(self, value: Array | float) -> Array | float:
        """Place values on the page."""
        return self.start_px + (value - self.low) / (self.high - self.low) * (self.end_px - self.start_px)

    def ticks(self, *, in_minutes: bool = False) -> list[float]:
        """Choose round values for labels; of minutes those of a clock."""
        rough = (self.high - self.low) / TICKS
        scale = 10 ** np.floor(np.log10(rough))
        steps = (
            OF_A_CLOCK_MIN
            if in_minutes and 1 < rough <= OF_A_CLOCK_MIN[-1]
            else [scale * nice for nice in NICE]
        )
        step = next(each for each in steps if each >= rough)
        return [
            float(tick) for tick in np.arange(np.ceil(self.low / step) * step, self.high + step / 1e6, step)
        ]


def band_svg(band: Band, *, title: str, footnote: str) -> str:
    """Draw 5 to 95 of 100 people, the middle half, and the median."""
    return quantile_svg(
        band.times_h, band.values, title=title, name=band.measure, unit=DESCRIBED[band.measure].unit, footnote=footnote
    )  # fmt: skip


def quantile_svg(
    times_h: Array, values: Array, *, title: str, name: Measure | str, unit: str, footnote: str
) -> str:
    """Draw five quantiles `(5, times)`, lowest first, over hours or, when it lasts, over days."""
    in_days = times_h[-1] - times_h[0] > 4 * FEW_HOURS
    xs = times_h / 24 if in_days else times_h * 60 if times_h[-1] <= FEW_HOURS else times_h
    x_unit = "days" if in_days else "minutes" if times_h[-1] <= FEW_HOURS else "hours"
    across = Axis(float(xs[0]), float(max(xs[-1], xs[0] + 1e-9)), LEFT, WIDTH - RIGHT)
    up = Axis(0.0, float(max(values.max() * 1.05, 1e-9)), HEIGHT - BOTTOM, TOP)
    described = f"{name}: median, the middle half and 5 to 95 of 100 people; highest median {values[2].max():.3g} {unit}."
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" fill="{INK}">',
        f"<title>{escape(title)}</title><desc>{escape(described)}</desc>",
        '<g font-family="Noto Sans, system-ui, sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="24" font-size="16" font-weight="600">{escape(title)}</text>',
        f'<text x="{LEFT}" y="44" fill="{QUIET}">{escape(str(name))} [{escape(unit)}]</text>',
        *_grid(across, up, x_unit),
        _area(across, up, xs, values[0], values[4], WIDE),
        _area(across, up, xs, values[1], values[3], MIDDLE),
        f'<polyline fill="none" stroke="{LINE}" stroke-width="2" points="{_points(across, up, xs, values[2])}"/>',
        *_footnote(footnote),
        "</g></svg>",
    ]
    return "\n".join(parts) + "\n"


def _grid(across: Axis, up: Axis, x_unit: str) -> list[str]:
    found = []
    for tick in up.ticks():
        y = up.at(tick)
        found.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e3e8eb"/>')
        found.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>')
    for tick in across.ticks(in_minutes=x_unit == "minutes"):
        x, y = across.at(tick), HEIGHT - BOTTOM + 18
        found.append(f'<text x="{x:.1f}" y="{y}" text-anchor="middle">{tick:g}</text>')
    found.append(
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - BOTTOM + 36}" text-anchor="end" fill="{QUIET}">{x_unit}</text>'
    )
    return found


def _points(across: Axis, up: Axis, xs: Array, ys: Array) -> str:
    pairs = zip(np.atleast_1d(across.at(xs)), np.atleast_1d(up.at(ys)), strict=True)
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in pairs)


def _area(across: Axis, up: Axis, xs: Array, low: Array, high: Array, fill: str) -> str:
    points = f"{_points(across, up, xs, high)} {_points(across, up, xs[::-1], low[::-1])}"
    return f'<polygon fill="{fill}" points="{points}"/>'


def _footnote(text: str) -> list[str]:
    lines = ["Light: 5 to 95 of 100 people. Dark: the middle half. Line: median.", *text.split("\n")]
    first = HEIGHT - 16 * (len(lines) - 1) - 10
    return [
        f'<text x="{LEFT}" y="{first + 16 * place}" font-size="11" fill="{QUIET}">{escape(line)}</text>'
        for place, line in enumerate(lines)
    ]
