"""What an order comes to by vein: the amount that reaches the blood, beside the standard infusion and what was published."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from sojourn.clinical.evidence import Citation, Table, read_citations, read_table
from sojourn.clinical.pharmacology.parameters import DATA
from sojourn.clinical.pharmacology.routes import Drug
from sojourn.clinical.quantities import Dose, Weight

S_SHARE = {Drug.RACEMATE: 0.5, Drug.ESKETAMINE: 1.0}


class UnknownRoute(KeyError):
    """No bioavailability is known for that route."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """The intravenous dose that compares, in mg: low, mean and high of the published bioavailability."""

    low: float
    mean: float
    high: float
    citations: tuple[Citation, ...]

    def times(self, factor: float) -> "Exposure":
        """Multiply all three."""
        return Exposure(self.low * factor, self.mean * factor, self.high * factor, self.citations)


@dataclass(frozen=True, slots=True)
class PublishedRange:
    """Doses of a route that studies gave, in mg for the person at hand."""

    low_mg: float
    high_mg: float
    says: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class OrderExposure:
    """An order in terms of the vein. `times_standard` compares S-ketamine, half of the racemate, with S-ketamine."""

    by_vein: Exposure
    standard_mg: float
    standard_mg_per_kg: float
    standard_over_min: int
    standard_citations: tuple[Citation, ...]
    times_standard: Exposure
    published: PublishedRange | None
    mg: float
    home_warning: str
    home_citations: tuple[Citation, ...]

    @property
    def is_above_published(self) -> bool:
        return self.published is not None and self.mg > self.published.high_mg

    @property
    def is_below_published(self) -> bool:
        return self.published is not None and self.mg < self.published.low_mg


def iv_equivalent_mg(*, route: str, mg: float) -> Exposure:
    """Give the intravenous dose that reaches the blood equally, in mg. Raises UnknownRoute.

    Absorption is slower than by vein, and spitting out lowers it: this compares amounts, not peaks.
    """
    try:
        share = bioavailabilities()[route]
    except KeyError:
        raise UnknownRoute(route) from None
    return share.times(mg)


def order_exposure(
    *, route: str, mg: float, weight_kg: float, drug: str = Drug.RACEMATE, at_home: bool = False
) -> OrderExposure:
    """Compare an order with the standard infusion and with published doses. Raises UnknownRoute, Implausible.

    >>> found = order_exposure(route="sublingual", mg=300, weight_kg=75, at_home=True)
    >>> [round(mg) for mg in (found.by_vein.low, found.by_vein.mean, found.by_vein.high)]
    [45, 96, 147]
    >>> round(found.times_standard.mean, 1), found.standard_mg
    (2.6, 37.5)
    """
    weight, dose = Weight(kg=weight_kg), Dose(mg=mg)
    table = _comparisons()
    standard = _standard()
    home = table.table("home", allowed=(), required=("warns_above_share_of_standard", "says", "citations"))
    by_vein = iv_equivalent_mg(route=route, mg=dose.mg)
    standard_mg = standard.number("mg_per_kg") * weight.kg
    times = by_vein.times(S_SHARE[Drug(drug)] / (S_SHARE[Drug.RACEMATE] * standard_mg))
    warns = at_home and times.high > home.number("warns_above_share_of_standard")
    return OrderExposure(
        by_vein=by_vein,
        standard_mg=standard_mg,
        standard_mg_per_kg=standard.number("mg_per_kg"),
        standard_over_min=standard.whole("over_min"),
        standard_citations=read_citations(standard),
        times_standard=times,
        published=_published(table, route, weight),
        mg=dose.mg,
        home_warning=home.text("says") if warns else "",
        home_citations=read_citations(home) if warns else (),
    )


@cache
def bioavailabilities() -> Mapping[str, Exposure]:
    """Give for each route the share of a dose that reaches the blood, as an exposure from 1 mg."""
    table = read_table(DATA / "bioavailability.toml", allowed=(), required=("route",))
    rows = table.tables("route", allowed=(), required=("id", "low", "mean", "high", "citations"))
    return MappingProxyType(
        {
            row.text("id"): Exposure(
                row.number("low"), row.number("mean"), row.number("high"), read_citations(row)
            )
            for row in rows
        }
    )


@cache
def _comparisons() -> Table:
    return read_table(DATA / "exposure.toml", allowed=(), required=("standard", "published", "home"))


def _standard() -> Table:
    return _comparisons().table("standard", allowed=(), required=("mg_per_kg", "over_min", "citations"))


def standard_over_min() -> float:
    """Give the length of the standard infusion in minutes."""
    return _standard().number("over_min")


def _published(table: Table, route: str, weight: Weight) -> PublishedRange | None:
    required = ("route", "unit", "low", "high", "says", "citations")
    for row in table.tables("published", allowed=(), required=required):
        if row.text("route") == route:
            per = weight.kg if row.choice("unit", ("mg", "mg/kg")) == "mg/kg" else 1.0
            return PublishedRange(
                low_mg=row.number("low") * per,
                high_mg=row.number("high") * per,
                says=row.text("says"),
                citations=read_citations(row),
            )
    return None
