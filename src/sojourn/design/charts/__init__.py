"""Charts drawn on the server: pure functions from frozen values to SVG, without one color in them."""

from sojourn.design.charts.figures import ChartFigure, trajectory_figure
from sojourn.design.charts.forest import ForestPlot, ForestRow, forest_svg
from sojourn.design.charts.sparkline import sparkline_svg
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
    "FlowBar",
    "FlowRow",
    "ForestPlot",
    "ForestRow",
    "SeverityBand",
    "Threshold",
    "Tick",
    "TrajectoryChart",
    "forest_svg",
    "sparkline_svg",
    "trajectory_figure",
    "trajectory_svg",
]
