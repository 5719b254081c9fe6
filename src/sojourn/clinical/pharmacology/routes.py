"""The ways of giving ketamine, how sure the model is of each, and the doses people were studied at."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from sojourn.clinical.evidence import Citation, read_citations, read_table
from sojourn.clinical.pharmacology.parameters import DATA, Confidence
from sojourn.clinical.pharmacology.refusals import CannotSimulate, not_known


class Drug(StrEnum):
    RACEMATE = "ketamine"
    ESKETAMINE = "esketamine"


class Route(StrEnum):
    INTRAVENOUS = "intravenous"
    INTRAMUSCULAR = "intramuscular"
    SUBCUTANEOUS = "subcutaneous"
    INTRANASAL = "intranasal"
    SUBLINGUAL = "sublingual"
    ORAL_FILM = "oral film"
    ORAL = "oral"


@dataclass(frozen=True, slots=True)
class StudiedRoute:
    """What is known of a route. Doses in `unit`, mg or mg/kg."""

    route: Route
    title: str
    drugs: tuple[Drug, ...]
    confidence: Confidence
    unit: str
    studied_low: float
    studied_high: float
    refuse_above: float
    says: str
    citations: tuple[Citation, ...]


@cache
def studied_routes() -> Mapping[Route, StudiedRoute]:
    """Read what is known of every route."""
    required = (
        "id", "title", "drugs", "confidence", "unit", "studied_low", "studied_high", "refuse_above", "says", "citations",
    )  # fmt: skip
    rows = read_table(DATA / "routes.toml", allowed=(), required=("route",)).tables(
        "route", allowed=(), required=required
    )
    return MappingProxyType(
        {
            (route := Route(row.choice("id", tuple(Route)))): StudiedRoute(
                route=route,
                title=row.text("title"),
                drugs=tuple(Drug(drug) for drug in row.texts("drugs")),
                confidence=Confidence(row.choice("confidence", tuple(Confidence))),
                unit=row.choice("unit", ("mg", "mg/kg")),
                studied_low=row.number("studied_low"),
                studied_high=row.number("studied_high"),
                refuse_above=row.number("refuse_above"),
                says=row.text("says"),
                citations=read_citations(row),
            )
            for row in rows
        }
    )


SHORT = {
    "iv": Route.INTRAVENOUS, "im": Route.INTRAMUSCULAR, "sc": Route.SUBCUTANEOUS, "in": Route.INTRANASAL,
    "nasal": Route.INTRANASAL, "sl": Route.SUBLINGUAL, "po": Route.ORAL, "otf": Route.ORAL_FILM, "film": Route.ORAL_FILM,
}  # fmt: skip


def route_named(name: object) -> Route:
    """Find a route by its name. Raise CannotSimulate, naming all of them."""
    if name is None:
        raise CannotSimulate("route", f"is missing; give one of {', '.join(Route)}")
    if isinstance(name, list) or any(mark in str(name) for mark in ("+", "/", ",", " and ")):
        raise CannotSimulate(
            "route",
            "one session has one route; write a second [[session]] for the other, at least a day apart",
        )
    if name in tuple(Route):
        return Route(str(name))
    meant = SHORT.get(str(name).strip().lower())
    if meant is not None:
        raise CannotSimulate("route", f'"{name}" is written out here: use "{meant}"')
    raise not_known("route", name, Route)
