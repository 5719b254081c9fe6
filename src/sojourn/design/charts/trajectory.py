"""Draws one patient's scores over time.

The drawing is fluid: days are shares of the width, scores are pixels, type keeps its size. One SVG serves a
phone, a desk and paper; labels without room on a phone carry the class `only-wide`.
"""

from zlib import crc32

from django.utils.safestring import SafeString

from sojourn.design.charts import backdrop, lanes, marks
from sojourn.design.charts.axis import Scale
from sojourn.design.charts.svg import element, number
from sojourn.design.charts.values import TrajectoryChart
from sojourn.design.charts.words import describe

TOP_PX, PLOT_PX = 16, 264


def trajectory_svg(chart: TrajectoryChart) -> SafeString:
    """Draw the chart as an image with title and description; it belongs in `.figure`, its table beside it."""
    scale = _scale(chart)
    rows = lanes.lanes_of(chart)
    key = f"chart-{crc32(repr(chart).encode()):08x}"
    return element(
        "svg",
        element("title", chart.title, id=f"{key}-title"),
        element("desc", describe(chart), id=f"{key}-desc"),
        *backdrop.bands(chart, scale),
        *backdrop.value_axis(chart, scale),
        *backdrop.date_axis(scale),
        *backdrop.dose_drops(chart, scale),
        *backdrop.ribbon(chart, scale),
        *backdrop.thresholds(chart, scale),
        *marks.segments(chart, scale),
        *(marks.mark_of(chart, point, scale) for point in chart.done),
        *marks.end_labels(chart, scale),
        *(part for row, lane in enumerate(rows) for part in lanes.draw_lane(lane, row, chart, scale)),
        class_="chart trajectory",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        width="100%",
        height=number(scale.floor + lanes.height_px(rows)),
    )


def _scale(chart: TrajectoryChart) -> Scale:
    days = [point.on for point in chart.points] + [tick.on for tick in chart.ticks]
    days += [day for day in (chart.starts_on, chart.ends_on) if day]
    if not days:
        raise ValueError("a trajectory needs a day to start from: give a point, a tick or starts_on")
    return Scale(first=min(days), last=max(days), low=chart.low, high=chart.high, top=TOP_PX, height=PLOT_PX)
