"""Whom the models were not made for: refused by name, or warned about. What is not told is said to be unknown."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from sojourn.clinical.evidence import Citation, read_citations, read_table
from sojourn.clinical.pharmacology.doses import Dose
from sojourn.clinical.pharmacology.parameters import DATA
from sojourn.clinical.pharmacology.refusals import CannotSimulate

ADULT_YEARS, OLDER_YEARS = 18, 60
LIGHT_KG, HEAVY_KG = 45.0, 120.0


class Liver(StrEnum):
    HEALTHY = "healthy"
    MODERATE = "moderate liver disease"
    SEVERE = "severe liver disease"


class Interaction(StrEnum):
    CYP_INHIBITOR = "cyp inhibitor"
    ENZYME_INDUCER = "enzyme inducer"
    BENZODIAZEPINE = "benzodiazepine"


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a prediction is for. None is "not told", which is never "no"."""

    weight_kg: float
    age_years: float | None = None
    is_pregnant: bool | None = None
    liver: Liver | None = None
    interactions: tuple[Interaction, ...] | None = None


@dataclass(frozen=True, slots=True)
class Caution:
    """A reason to refuse or to warn."""

    id: str
    refuses: bool
    says: str
    citations: tuple[Citation, ...]


def cautions_for(person: Person, dose: Dose) -> tuple[str, ...]:
    """Say what stands beside a prediction for this person. Raise CannotSimulate where none may be given.

    >>> from sojourn.clinical.pharmacology import Drug, Route
    >>> cautions_for(Person(weight_kg=70, age_years=15), Dose(Route.INTRAMUSCULAR, Drug.RACEMATE, mg=35))
    Traceback (most recent call last):
    ...
    sojourn.clinical.pharmacology.refusals.CannotSimulate: `person`: The model was made from adults: ...
    """
    found = [cautions()[name] for name in _names(person)]
    for caution in found:
        if caution.refuses:
            raise CannotSimulate("person", caution.says)
    outside = dose.check_for(person.weight_kg)
    said = [caution.says for caution in found]
    said += [cautions()["push"].says] if dose.is_pushed else []
    said += [outside] if outside else []
    unknown = _not_told(person)
    said += [f"Not told, so not taken into account: {', '.join(unknown)}."] if unknown else []
    return tuple(said)


@cache
def cautions() -> dict[str, Caution]:
    """Read every caution."""
    rows = read_table(DATA / "people.toml", allowed=(), required=("caution",)).tables(
        "caution", allowed=(), required=("id", "effect", "says", "citations")
    )
    return {
        row.text("id"): Caution(
            id=row.text("id"),
            refuses=row.choice("effect", ("refuse", "warn")) == "refuse",
            says=row.text("says"),
            citations=read_citations(row),
        )
        for row in rows
    }


def _names(person: Person) -> list[str]:
    found = []
    if person.age_years is not None:
        found += ["child"] if person.age_years < ADULT_YEARS else []
        found += ["age 60 and over"] if person.age_years >= OLDER_YEARS else []
    found += ["pregnancy"] if person.is_pregnant else []
    found += [str(person.liver)] if person.liver in {Liver.MODERATE, Liver.SEVERE} else []
    found += ["weight"] if not LIGHT_KG <= person.weight_kg <= HEAVY_KG else []
    return found + [str(interaction) for interaction in person.interactions or ()]


def _not_told(person: Person) -> list[str]:
    told = {
        "age": person.age_years,
        "pregnancy": person.is_pregnant,
        "liver": person.liver,
        "interacting medicines": person.interactions,
    }
    return [name for name, value in told.items() if value is None]
