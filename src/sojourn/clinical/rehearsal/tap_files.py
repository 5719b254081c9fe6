"""Reads what the simulated people of a script send by themselves."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sojourn.clinical import monitoring
from sojourn.clinical.evidence import Table
from sojourn.clinical.evidence.validity import above_zero
from sojourn.clinical.rehearsal.scripts import START, VITAL_SIGNS, Tap, Whose

NUMBERS: Final = ("dissociation", *VITAL_SIGNS)
TEXTS: Final = ("words", "sign")
_TAP: Final = ("facts", "measures", "after", "every", "until", "unless")


def read_taps(table: Table, plan: monitoring.MonitoringPlan) -> tuple[Tap, ...]:
    """Read the taps of a script. Raises DataFileInvalid."""
    rows = table.tables("tap", allowed=_TAP, required=("id", "by", "kind", "at"))
    return tuple(_tap(row, plan) for row in rows)


def read_clocks(table: Table) -> Mapping[Whose, float]:
    """Read by how many minutes whose clock is ahead. Raises DataFileInvalid."""
    if "clocks_ahead" not in table:
        return MappingProxyType({})
    told = table.table("clocks_ahead", allowed=tuple(Whose))
    return MappingProxyType({each: told.number(each) for each in Whose if each in told})


def _tap(row: Table, plan: monitoring.MonitoringPlan) -> Tap:
    above_zero(row, "every")
    if "until" in row and "every" not in row:
        raise row.refuse("until", "say with `every` how often it is sent until then")
    tap = Tap(
        id=row.text("id"),
        by=Whose(row.choice("by", tuple(Whose))),
        kind=row.choice("kind", sorted(monitoring.KINDS)),
        facts=_facts(row),
        measures=row.texts("measures"),
        after=row.text_or_none("after") or START,
        at=row.number("at"),
        every=row.number_or_none("every"),
        until=row.number_or_none("until"),
        unless=row.texts("unless"),
    )
    if set(tap.measures) - set(VITAL_SIGNS):
        raise row.refuse("measures", f"use one or more of {', '.join(VITAL_SIGNS)}")
    if tap.after != START and tap.at < 0:
        raise row.refuse("at", "give a minute from then on")
    if "sign" in tap.facts and plan.sign(str(tap.facts["sign"])) is None:
        raise row.refuse("facts", f"use a sign of the plan {plan.id}")
    return tap


def _facts(row: Table) -> Mapping[str, str | float]:
    if "facts" not in row:
        return MappingProxyType({})
    told = row.table("facts", allowed=(*NUMBERS, *TEXTS))
    numbers = {name: told.number(name) for name in NUMBERS if name in told}
    return MappingProxyType(numbers | {name: told.text(name) for name in TEXTS if name in told})
