"""Reads scales and band sets, and refuses those that do not add up."""

from collections.abc import Mapping
from itertools import pairwise
from math import gcd

from sojourn.clinical.evidence import Table, read_citations
from sojourn.clinical.instruments.definition import Band, BandSet, Item, MissingRule, Scale

OPS = ("sum", "mean", "count")
MISSING_RULES = ("all-items", "prorate-mean")


def scale_rows(file: Table) -> tuple[Table, ...]:
    """Give the scales of a file as tables."""
    return file.tables(
        "scale",
        allowed=("either_or", "count_from", "multiplier", "otherwise", "code"),
        required=("id", "title", "op", "items", "range", "missing"),
    )


def read_scale(row: Table, items: Mapping[str, Item]) -> Scale:
    """Read one scale. A range that the answers do not span is refused."""
    op = row.choice("op", OPS)
    groups = _groups(row, items)
    multiplier = row.whole("multiplier") if "multiplier" in row else 1
    low, high = _pair(row)
    if groups and (spans := _span(op, groups, items, multiplier)) != (low, high):
        raise row.refuse("range", f"the answers span {list(spans)}; correct the range or the items")
    if (op == "count") != ("count_from" in row):
        raise row.refuse("count_from", "give it with op = “count”, and only there")
    return Scale(
        id=row.text("id"),
        title=row.text("title"),
        op=op,
        groups=groups,
        either_or=_either_or(row, groups),
        count_from=row.whole_or_none("count_from"),
        multiplier=multiplier,
        low=low,
        high=high,
        step=_step(op, groups, items) * multiplier,
        missing=_missing(row, groups),
        otherwise=row.text_or_none("otherwise"),
        code=row.text_or_none("code"),
    )


def _groups(row: Table, items: Mapping[str, Item]) -> tuple[tuple[str, ...], ...]:
    """Read `items = ["q1", "q2 | q3"]`: the bar joins items of which only the highest counts."""
    groups = tuple(tuple(part.strip() for part in entry.split("|")) for entry in row.texts("items"))
    named = [item_id for group in groups for item_id in group]
    if unknown := [item_id for item_id in named if item_id not in items]:
        raise row.refuse("items", f"{unknown[0]} is not an item of this instrument; correct the id")
    if len(named) != len(set(named)):
        raise row.refuse("items", "an item stands twice; remove one")
    return groups


def _either_or(row: Table, groups: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """Read `either_or = ["q6 | q7"]`: one answer is enough, as both belong to one joined group."""
    parts = tuple(tuple(part.strip() for part in entry.split("|")) for entry in row.texts("either_or"))
    for part in parts:
        if not any(set(part) <= set(group) for group in groups):
            raise row.refuse(
                "either_or", f"{' | '.join(part)} do not stand joined in `items`; join them there"
            )
    return parts


def _pair(row: Table) -> tuple[int, int]:
    ends = row.wholes("range")
    if len(ends) != 2 or ends[0] >= ends[1]:  # noqa: PLR2004 - lowest and highest
        raise row.refuse("range", "give the lowest and the highest total, such as [0, 27]")
    return ends[0], ends[1]


def _points(items: Mapping[str, Item], item_id: str) -> list[int]:
    return [option.points for option in items[item_id].options if option.points is not None]


def _span(
    op: str, groups: tuple[tuple[str, ...], ...], items: Mapping[str, Item], multiplier: int
) -> tuple[int, int]:
    if op == "count":
        return 0, len(groups) * multiplier
    lows = [max(min(_points(items, i)) for i in group) for group in groups]
    highs = [max(max(_points(items, i)) for i in group) for group in groups]
    share = len(groups) if op == "mean" else 1
    return sum(lows) * multiplier // share, sum(highs) * multiplier // share


def _step(op: str, groups: tuple[tuple[str, ...], ...], items: Mapping[str, Item]) -> int:
    if op != "sum":
        return 1
    points = [_points(items, item_id) for group in groups for item_id in group]
    return gcd(*(p - ps[0] for ps in points for p in ps)) or 1


def _missing(row: Table, groups: tuple[tuple[str, ...], ...]) -> MissingRule:
    rule = row.table("missing", allowed=("at_most",), required=("rule", "citations"))
    name = rule.choice("rule", MISSING_RULES)
    if name == "all-items":
        if "at_most" in rule:
            raise rule.refuse("at_most", "remove it: nothing may be missing under all-items")
        return MissingRule(name, 0, read_citations(rule))
    if any(len(group) > 1 for group in groups) or row.text("op") == "count":
        raise rule.refuse("rule", "only plain sums and means can be prorated; use all-items")
    at_most = rule.whole("at_most")
    if not 1 <= at_most < len(groups):
        raise rule.refuse("at_most", "give at least 1 and fewer than the items of the scale")
    return MissingRule(name, at_most, read_citations(rule))


def read_band_set(row: Table) -> BandSet:
    """Read one band set. Gaps and overlaps are refused."""
    bands = tuple(
        Band(b.text("id"), b.text("label"), b.text("plain"), b.whole("from"), b.whole("to"))
        for b in row.tables("bands", allowed=(), required=("id", "label", "plain", "from", "to"))
    )
    if not bands:
        raise row.refuse("bands", "list at least one band")
    for band in bands:
        if band.low > band.high:
            raise row.refuse("bands", f"{band.id} ends before it starts; swap from and to")
    for lower, upper in pairwise(bands):
        if upper.low <= lower.high:
            raise row.refuse(
                "bands", f"{lower.id} and {upper.id} overlap; start {upper.id} at {lower.high + 1}"
            )
        if upper.low > lower.high + 1:
            raise row.refuse("bands", f"a gap lies between {lower.id} and {upper.id}; close it")
    return BandSet(row.text("id"), row.text("scale"), bands, read_citations(row))
