"""One section of the report: a figure or why there is none, with the sentences under it."""

from dataclasses import dataclass

from sojourn.design.charts.figures import ChartFigure


@dataclass(frozen=True)
class Part:
    """One section: a figure, or why there is none, with the sentences under its title."""

    title: str
    figure: ChartFigure | None
    unsaid: str
    sentences: tuple[str, ...] = ()
