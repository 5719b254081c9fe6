"""Charts drawn on the server: pure functions from frozen values to SVG, without one color in them."""

from sojourn.design.charts.course import CourseChart, Rating, Reading
from sojourn.design.charts.figures import (
    ChartFigure,
    course_figure,
    stages_figure,
    trajectory_figure,
)
from sojourn.design.charts.forest import ForestPlot, ForestRow, forest_svg
from sojourn.design.charts.sparkline import sparkline_svg
from sojourn.design.charts.stages import StageLane, StagesChart
from sojourn.design.charts.trajectory import trajectory_svg
from sojourn.design.charts.values import (
    ChartPoint,
    FlowBar,
    FlowRow,
    SeverityBand,
    Threshold,
    Tick,
    TrajectoryChart,
)

__all__ = [
    "ChartFigure",
    "ChartPoint",
    "CourseChart",
    "FlowBar",
    "FlowRow",
    "ForestPlot",
    "ForestRow",
    "Rating",
    "Reading",
    "SeverityBand",
    "StageLane",
    "StagesChart",
    "Threshold",
    "Tick",
    "TrajectoryChart",
    "course_figure",
    "forest_svg",
    "sparkline_svg",
    "stages_figure",
    "trajectory_figure",
    "trajectory_svg",
]
