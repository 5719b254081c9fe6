"""How a dose is checked before it is given, as data for each monitoring plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from types import MappingProxyType
from typing import Final

from sojourn.clinical.evidence import Citation, Table, read_citations, read_table
from sojourn.clinical.monitoring.events import COUNTED_UNITS
from sojourn.clinical.monitoring.plan_files import DATA

WRONGS: Final = ("patient", "order", "drug", "route", "dose", "count", "lot", "expiry")


@dataclass(frozen=True, slots=True)
class DoseRule:
    """What the check before a dose asks. `item` is the checklist item it answers; an empty `unit` counts nothing."""

    plans: tuple[str, ...]
    item: str
    unit: str
    mg_each: float | None
    second_person: bool
    says: str
    citations: tuple[Citation, ...]
    fresh: timedelta
    may_differ_by: int


def dose_rule(plan_id: str) -> DoseRule:
    """Find how a dose is checked in sessions of this plan. Raises KeyError."""
    for rule in dose_rules():
        if plan_id in rule.plans:
            return rule
    raise KeyError(plan_id)


@cache
def dose_rules() -> tuple[DoseRule, ...]:
    """Read the rules that ship. Raises DataFileInvalid."""
    table = _table()
    rows = table.tables(
        "rule",
        allowed=("unit", "mg_each"),
        required=("plans", "item", "second_person", "says", "citations"),
    )
    return tuple(_rule(row, table) for row in rows)


@cache
def next_steps() -> Mapping[str, str]:
    """What to do next for each thing that can be wrong with a check, by its name. Raises DataFileInvalid."""
    rows = _table().tables("next", allowed=(), required=("wrong", "does", "citations"))
    for row in rows:
        read_citations(row)
    return MappingProxyType({row.choice("wrong", WRONGS): row.text("does") for row in rows})


def _table() -> Table:
    return read_table(
        DATA / "dose_check.toml",
        allowed=(),
        required=("rule", "next", "fresh_minutes", "counts_may_differ_by"),
    )


def _rule(row: Table, table: Table) -> DoseRule:
    return DoseRule(
        plans=row.texts("plans"),
        item=row.text("item"),
        unit=row.choice("unit", COUNTED_UNITS) if "unit" in row else "",
        mg_each=row.number_or_none("mg_each"),
        second_person=row.flag("second_person"),
        says=row.text("says"),
        citations=read_citations(row),
        fresh=timedelta(minutes=table.whole("fresh_minutes")),
        may_differ_by=table.whole("counts_may_differ_by"),
    )
