"""The four stages in words: what is thought to happen, and whether people, animals or only thought say so."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import numpy as np

from sojourn.clinical.evidence import Citation, Table, read_citations, read_table
from sojourn.clinical.pharmacology.cascade import cascade
from sojourn.clinical.pharmacology.doses import Dose
from sojourn.clinical.pharmacology.exposure import standard_over_min
from sojourn.clinical.pharmacology.parameters import DATA
from sojourn.clinical.pharmacology.people import typical
from sojourn.clinical.pharmacology.regimens import Regimen
from sojourn.clinical.pharmacology.routes import Drug, Route

FIRST_MIN, LAST_H, PLACES = 5.0, 168.0, 121
STATES = {"block": "block", "surge": "glutamate", "growth signals": "translation", "new contacts": "synapses"}


class SeenIn(StrEnum):
    PEOPLE = "people"
    ANIMALS = "animals"
    CONJECTURE = "conjecture"


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that is said of a stage, and who or what it was seen in."""

    says: str
    seen_in: SeenIn
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage. `course` is its height relative to its highest, at `hours`, from an illustrative model."""

    id: str
    title: str
    when: str
    says: str
    statements: tuple[Statement, ...]
    hours: tuple[float, ...]
    course: tuple[float, ...]


@cache
def stages() -> tuple[Stage, ...]:
    """Give the stages in order, with their illustrative courses after a standard infusion."""
    dose = Dose(Route.INTRAVENOUS, Drug.RACEMATE, mg_per_kg=0.5, over_min=standard_over_min())
    followed = cascade(regimen=Regimen.of(dose), people=typical(), until_h=LAST_H)
    hours = np.geomspace(FIRST_MIN / 60, LAST_H, PLACES)
    found = []
    for row in read_table(DATA / "stages.toml", allowed=(), required=("stage",)).tables(
        "stage", allowed=(), required=("id", "title", "when", "says", "statement")
    ):
        values = np.interp(
            hours, followed.times_h, getattr(followed, STATES[row.choice("id", tuple(STATES))])[0]
        )
        found.append(
            Stage(
                id=row.text("id"),
                title=row.text("title"),
                when=row.text("when"),
                says=row.text("says"),
                statements=tuple(_statement(one) for one in _statements(row)),
                hours=tuple(float(hour) for hour in hours),
                course=tuple(float(value) for value in values / values.max()),
            )
        )
    return tuple(found)


def _statements(row: Table) -> tuple[Table, ...]:
    return row.tables("statement", allowed=(), required=("says", "seen_in", "citations"))


def _statement(row: Table) -> Statement:
    return Statement(
        says=row.text("says"),
        seen_in=SeenIn(row.choice("seen_in", tuple(SeenIn))),
        citations=read_citations(row),
    )
