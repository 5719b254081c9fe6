"""A drawing together with the table that says the same: what `<c-chart>` is given."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sojourn.design.charts.course import CourseChart, course_rows, course_svg
from sojourn.design.charts.stages import StagesChart, in_words, stages_svg
from sojourn.design.charts.svg import number
from sojourn.design.charts.trajectory import trajectory_svg
from sojourn.design.charts.values import ChartPoint, TrajectoryChart
from sojourn.design.charts.words import caption, kind_names


@dataclass(frozen=True, kw_only=True)
class ChartFigure:
    """Title, drawing, caption, key to the marks that appear, and the table with the same facts."""

    title: str
    svg: SafeString
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    key: tuple[str, ...] = ()


def trajectory_figure(chart: TrajectoryChart) -> ChartFigure:
    """Draw a trajectory and set its table beside it: day, score, band, change since the first, note; doses among them."""
    names = kind_names()
    kinds = {point.kind for point in chart.points}
    return ChartFigure(
        title=chart.title,
        svg=trajectory_svg(chart),
        caption=caption(chart),
        columns=(_("Day"), chart.unit or _("Score"), _("Band"), _("Since baseline"), _("Note")),
        rows=_rows(chart),
        key=tuple(
            f"{mark} {names[kind]}"
            for kind, mark in (("prorated", "○"), ("total_only", "□"))
            if kind in kinds
        ),
    )


def course_figure(chart: CourseChart) -> ChartFigure:
    """Draw an expected course with what was measured, and its table: minute, 5, 50 and 95 of 100 people, measured."""
    has_readings = bool(chart.readings)
    key = [_("▒ 90 of 100 people, line: the middle one")]
    key += [_("● measured")] if has_readings else []
    key += [chart.ratings_title] if chart.ratings else []
    return ChartFigure(
        title=chart.title,
        svg=course_svg(chart),
        caption=chart.says,
        columns=(_("Minute"), _("Low (5 %)"), _("Middle"), _("High (95 %)"), _("Measured")),
        rows=course_rows(chart),
        key=tuple(key),
    )


def stages_figure(chart: StagesChart) -> ChartFigure:
    """Draw stages in their order, with the table of when each is at its highest."""
    return ChartFigure(
        title=chart.title,
        svg=stages_svg(chart),
        caption=chart.says,
        columns=(_("Stage"), _("At its highest after about")),
        rows=tuple(
            (lane.title, in_words(max(zip(lane.heights, lane.hours, strict=True))[1])) for lane in chart.lanes
        ),
    )


def _rows(chart: TrajectoryChart) -> tuple[tuple[str, ...], ...]:
    """Scores and doses, newest first; a score of the day of a dose was asked for before it."""
    dosed = [tick for tick in chart.ticks if tick.kind == "dosing" and tick.detail]
    rows = [(point.on, 0, _row(chart, point)) for point in chart.points]
    rows += [
        (tick.on, 1, (date_format(tick.on, "M j, Y"), _("dose"), "", "", _("session %(which)s") % {"which": tick.in_full}))
        for tick in dosed
    ]  # fmt: skip
    return tuple(row for _on, _after, row in sorted(rows, key=lambda each: each[:2], reverse=True))


def _row(chart: TrajectoryChart, point: ChartPoint) -> tuple[str, ...]:
    day = date_format(point.on, "M j, Y")
    notes = [kind_names()[point.kind]] if point.kind in {"prorated", "total_only"} else []
    notes += [_("flagged")] if point.flagged else []
    notes += [point.label] if point.label else []
    if point.value is None or chart.measured_from is None:
        return day, _("no score") if point.label else _("not done"), "", "", "; ".join(notes)
    return (
        day,
        number(point.value),
        chart.band_of(point.value),
        _change(chart, point.value - chart.measured_from),
        "; ".join(notes),
    )


def _change(chart: TrajectoryChart, change: float) -> str:
    said = f"{'+' if change > 0 else '−' if change < 0 else ''}{number(abs(change))}"  # noqa: RUF001 - a true minus sign
    if chart.reliable_change is not None and abs(change) >= chart.reliable_change:
        return _("%(change)s, reliable") % {"change": said}
    return said
