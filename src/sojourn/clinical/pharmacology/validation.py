"""Holds the model against what was published: every row of the table, the failing ones too."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from sojourn.clinical.evidence import Citation, Table, read_citations, read_table
from sojourn.clinical.pharmacology.parameters import DATA
from sojourn.clinical.pharmacology.predictions import PREDICTIONS

REQUIRED = ("id", "what", "unit", "check", "in_sample", "citations")
ALLOWED = ("published", "limit", "low", "high", "note")


class Check(StrEnum):
    RATIO = "ratio"
    RANGE = "range"
    DIFFERENCE = "difference"


@dataclass(frozen=True, slots=True)
class Observation:
    """One published observation and how near the model has to come. `low` and `high` bound the prediction."""

    id: str
    what: str
    unit: str
    published: float | None
    low: float
    high: float
    tolerance: str
    in_sample: bool
    note: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """An observation beside what the model predicts."""

    observation: Observation
    predicted: float

    @property
    def ratio(self) -> float | None:
        published = self.observation.published
        return None if published is None else self.predicted / published

    @property
    def holds(self) -> bool:
        return self.observation.low <= self.predicted <= self.observation.high


def compare() -> Iterator[Comparison]:
    """Predict and compare row by row, in the order of the table."""
    for observation in observations():
        yield Comparison(observation, PREDICTIONS[observation.id]())


@cache
def observations() -> tuple[Observation, ...]:
    """Read the published observations. Raise DataFileInvalid."""
    rows = read_table(DATA / "observations.toml", allowed=(), required=("observation",)).tables(
        "observation", allowed=ALLOWED, required=REQUIRED
    )
    return tuple(_observation(row) for row in rows)


def _observation(row: Table) -> Observation:
    if row.text("id") not in PREDICTIONS:
        raise row.refuse("id", "nothing predicts this; add it to predictions.py")
    low, high, tolerance = _bounds(row)
    return Observation(
        id=row.text("id"),
        what=row.text("what"),
        unit=row.text("unit"),
        published=row.number_or_none("published"),
        low=low,
        high=high,
        tolerance=tolerance,
        in_sample=row.flag("in_sample"),
        note=row.text_or_none("note") or "",
        citations=read_citations(row),
    )


def _bounds(row: Table) -> tuple[float, float, str]:
    match Check(row.choice("check", tuple(Check))):
        case Check.RANGE:
            low, high = row.number("low"), row.number("high")
            return low, high, f"{low:g} to {high:g}"
        case Check.DIFFERENCE:
            published, limit = row.number("published"), row.number("limit")
            return published - limit, published + limit, f"± {limit:g}"
        case Check.RATIO:
            published, limit = row.number("published"), row.number("limit")
            return published / limit, published * limit, f"× or ÷ {limit:g}"
