"""What a chart is given. A value that would draw a lie cannot be built."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

PointKind = Literal["scored", "prorated", "total_only", "not_done"]
TickKind = Literal["dosing", "integration", "preparation", "medication"]


@dataclass(frozen=True, kw_only=True)
class ChartPoint:
    """One measurement that was due: its value, or None when it was due and not done."""

    on: date
    value: float | None
    kind: PointKind = "scored"
    flagged: bool = False
    label: str = ""

    def __post_init__(self) -> None:
        if (self.value is None) != (self.kind == "not_done"):
            raise ValueError("a point without a value is 'not_done', and only that")


@dataclass(frozen=True, kw_only=True)
class SeverityBand:
    """A named range of scores, both ends included."""

    low: float
    high: float
    label: str


@dataclass(frozen=True, kw_only=True)
class Tick:
    """Something that happened on a day: a dose, a talk, a change of medicine.

    `label` is short (a number); `detail` stands beside it where there is room ("56 mg nasal"), and always in its words.
    """

    on: date
    kind: TickKind
    label: str = ""
    detail: str = ""

    @property
    def in_full(self) -> str:
        return " · ".join(part for part in (self.label, self.detail) if part)


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """A named line across the chart."""

    value: float
    label: str


@dataclass(frozen=True, kw_only=True)
class TrajectoryChart:
    """One patient's scores on one scale over time.

    The axis always spans `low` to `high`, the whole scale. `reliable_change` is the number of points around
    `baseline` (the first score where none is named) within which a change is not reliable.
    Scores further apart than `gap_days` are not joined. `starts_on` and `ends_on` widen the time axis beyond the points.
    """

    title: str
    low: float
    high: float
    points: tuple[ChartPoint, ...]
    unit: str = ""
    bands: tuple[SeverityBand, ...] = ()
    ticks: tuple[Tick, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    reliable_change: float | None = None
    baseline: float | None = None
    gap_days: int = 21
    lower_is_better: bool | None = True  # None: neither direction is better
    starts_on: date | None = None
    ends_on: date | None = None
    source: str = ""

    def __post_init__(self) -> None:
        if self.low >= self.high:
            raise ValueError("the scale's lowest value must be below its highest")
        if [p.on for p in self.points] != sorted(p.on for p in self.points):
            raise ValueError("points must come in order of time")
        if any(not self.low <= p.value <= self.high for p in self.points if p.value is not None):
            raise ValueError("a point lies outside its scale")

    @property
    def done(self) -> tuple[ChartPoint, ...]:
        return tuple(point for point in self.points if point.value is not None)

    @property
    def measured_from(self) -> float | None:
        """The score that change is counted from; None while nothing is scored."""
        if self.baseline is not None:
            return self.baseline
        return self.done[0].value if self.done else None

    def band_of(self, value: float) -> str:
        """Name the severity band a value falls in; empty when the scale has none there."""
        return next((band.label for band in self.bands if band.low <= value <= band.high), "")


@dataclass(frozen=True, kw_only=True)
class FlowRow:
    """How many people stand somewhere: `label`, `count`, and the address of the list of them."""

    label: str
    count: int
    href: str


@dataclass(frozen=True, kw_only=True)
class FlowBar:
    """People by phase. `total` is everyone counted, so that no bar stands without its denominator."""

    title: str
    rows: tuple[FlowRow, ...]
    total: int
    unit: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if any(row.count < 0 or row.count > self.total for row in self.rows):
            raise ValueError("no row can count more people than there are")

    @property
    def bars(self) -> tuple[tuple[FlowRow, str], ...]:
        """The rows that count somebody, each with the length of its bar as a share of the largest."""
        largest = max((row.count for row in self.rows), default=0)
        return tuple((row, f"{row.count / largest:.1%}") for row in self.rows if row.count)

    @property
    def empty(self) -> tuple[str, ...]:
        """The labels of the rows that count nobody."""
        return tuple(row.label for row in self.rows if not row.count)
