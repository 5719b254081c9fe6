"""The signs of diversion as this program lists them, with what they add up to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from types import MappingProxyType

from sojourn.clinical.evidence import Citation, Table, read_citations, read_table
from sojourn.clinical.evidence.validity import above_zero
from sojourn.clinical.monitoring.plan_files import DATA

_NUMBERS = (
    "counts_for_days", "early_ask_days", "increases_at_least", "address_changes_at_least", "weekly_doses",
)  # fmt: skip
_WORDS = ("version", "says", "weigh", "citations", "count_differs_holds_above", "sign")


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign. `is_noted` by staff as they observe it, or else read off the records; `asks_due`: when it was due."""

    id: str
    label: str
    counts: str
    is_noted: bool
    asks_due: bool
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class DiversionRules:
    """Every sign by its id, and the numbers of the program."""

    version: str
    says: str
    weigh: str
    counts_for: timedelta
    early_ask: timedelta
    increases_at_least: int
    address_changes_at_least: int
    count_differs_holds_above: int
    weekly_doses: int
    signs: Mapping[str, Sign]
    citations: tuple[Citation, ...]


@cache
def diversion_rules() -> DiversionRules:
    """Read the rules that ship. Raises DataFileInvalid."""
    table = read_table(DATA / "diversion.toml", allowed=(), required=(*_WORDS, *_NUMBERS))
    above_zero(table, *_NUMBERS)
    rows = table.tables(
        "sign", allowed=("asks_due",), required=("id", "label", "counts", "noted", "citations")
    )
    return DiversionRules(
        version=table.text("version"),
        says=table.text("says"),
        weigh=table.text("weigh"),
        counts_for=timedelta(days=table.whole("counts_for_days")),
        early_ask=timedelta(days=table.whole("early_ask_days")),
        increases_at_least=table.whole("increases_at_least"),
        address_changes_at_least=table.whole("address_changes_at_least"),
        count_differs_holds_above=table.whole("count_differs_holds_above"),
        weekly_doses=table.whole("weekly_doses"),
        signs=MappingProxyType({row.text("id"): _sign(row) for row in rows}),
        citations=read_citations(table),
    )


def _sign(row: Table) -> Sign:
    return Sign(
        id=row.text("id"),
        label=row.text("label"),
        counts=row.text("counts"),
        is_noted=row.flag("noted"),
        asks_due=row.flag("asks_due") if "asks_due" in row else False,
        citations=read_citations(row),
    )
