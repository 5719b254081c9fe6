"""Judges a shipment of tablets to a patient's home against what was sent, used and counted before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

from sojourn.clinical.evidence import Citation, read_citations, read_table
from sojourn.clinical.monitoring.diversion import Level
from sojourn.clinical.monitoring.diversion_files import diversion_rules
from sojourn.clinical.monitoring.plan_files import DATA


@dataclass(frozen=True, slots=True)
class ShippingRules:
    """The numbers of the program, and each rule's words with its sources."""

    first_doses: int
    later_doses: int
    per: timedelta
    may_differ_by: int
    count_good: timedelta
    says: dict[str, tuple[str, tuple[Citation, ...]]]


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that holds a shipment."""

    rule_id: str
    says: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Shipped:
    """One change of the tablets at home: "shipped", "used" or "counted", and what must then remain."""

    kind: str
    change: int
    remains: int
    counted: int | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentAsked:
    """What somebody wants to send: tablets, and for how many doses by the order."""

    tablets: int
    doses: int
    lot: str
    expires_on: date
    at: datetime


def shipment_breaches(
    asked: ShipmentAsked, *, history: Sequence[Shipped], signs: Level = Level.NONE
) -> tuple[Breach, ...]:
    """Name every rule that this shipment breaks. `history` stands in order of time, `signs` are those of diversion.

    Doses sent before are counted in tablets: by how many tablets a dose of this shipment takes.
    """
    rules = shipping_rules()
    shipments = [row for row in history if row.kind == "shipped"]
    found = []
    if asked.tablets < 1 or asked.doses < 1:
        found.append("SHIP-DOSES")
    elif not shipments and asked.doses > rules.first_doses:
        found.append("SHIP-FIRST")
    elif asked.doses > rules.later_doses:
        found.append("SHIP-DOSES")
    elif _too_much(asked, shipments, rules):
        found.append("SHIP-28-DAYS")
    if shipments:
        found += _of_the_count(asked, history, rules)
    found += _of_the_signs(asked, signs)
    if asked.expires_on < (asked.at + rules.per).date():
        found.append("SHIP-EXPIRED")
    return tuple(Breach(name, *rules.says[name]) for name in found)


def _too_much(asked: ShipmentAsked, shipments: Sequence[Shipped], rules: ShippingRules) -> bool:
    per_dose = asked.tablets / asked.doses
    recent = sum(row.change for row in shipments if _ago(row, asked) < rules.per)
    return recent + asked.tablets > rules.later_doses * per_dose


def _of_the_count(asked: ShipmentAsked, history: Sequence[Shipped], rules: ShippingRules) -> list[str]:
    """A count made after everything that changed since, and not long ago."""
    last = history[-1]
    if last.kind != "counted" or last.counted is None or _ago(last, asked) > rules.count_good:
        return ["SHIP-COUNT"]
    return ["SHIP-MISMATCH"] if abs(last.counted - last.remains) > rules.may_differ_by else []


def _of_the_signs(asked: ShipmentAsked, signs: Level) -> list[str]:
    if signs is Level.HOLD:
        return ["SHIP-SIGNS"]
    too_much = asked.doses > diversion_rules().weekly_doses
    return ["SHIP-WEEKLY"] if signs is Level.TALK and too_much else []


def _ago(row: Shipped, asked: ShipmentAsked) -> timedelta:
    return asked.at.astimezone(UTC) - row.at.astimezone(UTC)


@cache
def shipping_rules() -> ShippingRules:
    """Read the rules that ship. Raises DataFileInvalid."""
    numbers = ("first_doses", "later_doses", "per_days", "counts_may_differ_by", "count_good_hours")
    table = read_table(DATA / "shipping.toml", allowed=(), required=("rule", *numbers))
    rows = table.tables("rule", allowed=(), required=("id", "says", "citations"))
    return ShippingRules(
        first_doses=table.whole("first_doses"),
        later_doses=table.whole("later_doses"),
        per=timedelta(days=table.whole("per_days")),
        may_differ_by=table.whole("counts_may_differ_by"),
        count_good=timedelta(hours=table.whole("count_good_hours")),
        says={row.text("id"): (row.text("says"), read_citations(row)) for row in rows},
    )
