"""Reads the categories of an instrument that adds nothing up."""

from sojourn.clinical.evidence import Table, read_citations
from sojourn.clinical.instruments.conditions import read_condition
from sojourn.clinical.instruments.definition import Level, Triage

FEWEST_LEVELS = 2


def read_triage(file: Table) -> Triage | None:
    """Read the triage where there is one: all levels but the last say when they hold."""
    if "triage" not in file:
        return None
    row = file.table("triage", allowed=("code",), required=("id", "title", "levels"))
    levels = tuple(
        _level(found)
        for found in row.tables("levels", allowed=("when",), required=("id", "label", "plain", "citations"))
    )
    if len(levels) < FEWEST_LEVELS or any(level.when is None for level in levels[:-1]) or levels[-1].when:
        raise row.refuse(
            "levels", "give every level but the last its when, from the gravest; the last is what is left"
        )
    if len({level.id for level in levels}) < len(levels):
        raise row.refuse("levels", "give each level its own id")
    return Triage(row.text("id"), row.text("title"), levels, row.text_or_none("code"))


def _level(row: Table) -> Level:
    when = read_condition(row) if "when" in row else None
    return Level(row.text("id"), row.text("label"), row.text("plain"), when, read_citations(row))
