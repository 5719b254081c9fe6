"""Reads the numbers of the models: each with unit, source, place, how it is known, whom it was studied in."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from sojourn.clinical.evidence import Citation, read_citations, read_table, toml_files

DATA = files("sojourn.clinical.pharmacology") / "data"


class Confidence(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    ILLUSTRATIVE = "illustrative"


class Scale(StrEnum):
    """On which scale people differ normally."""

    LOG = "log"
    LOGIT = "logit"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of a model. `spread` is the standard deviation between people on `scale`, where one is known."""

    id: str
    value: float
    unit: str
    spread: float | None
    scale: Scale | None
    population: str
    confidence: Confidence
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Model:
    """One data file: a published model, named after its paper, or a fit of our own."""

    id: str
    title: str
    parameters: Mapping[str, Parameter]

    def __getitem__(self, name: str) -> float:
        """Give the value of one parameter, in the unit its name ends with."""
        return self.parameters[name].value

    def spread(self, name: str) -> float:
        """Give the standard deviation between people. Raise LookupError where none is known."""
        found = self.parameters[name].spread
        if found is None:
            raise LookupError(f"{self.id}: {name} has no spread between people")
        return found


def model(model_id: str) -> Model:
    """Find one model by the name of its file. Raise KeyError."""
    return models()[model_id]


@cache
def models() -> Mapping[str, Model]:
    """Read every model. Raise DataFileInvalid for a number without unit, source or population."""
    found = {}
    for path in toml_files(DATA / "models"):
        table = read_table(path, allowed=(), required=("title", "group"))
        parameters: dict[str, Parameter] = {}
        for group in table.tables(
            "group", allowed=(), required=("population", "confidence", "citations", "parameters")
        ):
            citations = read_citations(group)
            rows = group.tables("parameters", allowed=("spread", "scale"), required=("id", "value", "unit"))
            for row in rows:
                if row.text("id") in parameters:
                    raise row.refuse("id", "stands twice; give each parameter one name")
                parameters[row.text("id")] = Parameter(
                    id=row.text("id"),
                    value=row.number("value"),
                    unit=row.text("unit"),
                    spread=row.number_or_none("spread"),
                    scale=Scale(row.choice("scale", tuple(Scale))) if "scale" in row else None,
                    population=group.text("population"),
                    confidence=Confidence(group.choice("confidence", tuple(Confidence))),
                    citations=citations,
                )
        name = path.name.removesuffix(".toml")
        found[name] = Model(name, table.text("title"), MappingProxyType(parameters))
    return MappingProxyType(found)
