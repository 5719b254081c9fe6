"""What the parts of an instrument owe each other. Each check says what to change."""

from collections import Counter
from functools import cache
from importlib.resources import files

from sojourn.clinical.evidence import Table, read_table
from sojourn.clinical.instruments.conditions import asks_for_blank, mentioned
from sojourn.clinical.instruments.definition import Direction, Instrument, Tier

CODES = files("sojourn.clinical.instruments") / "panel_codes.toml"


@cache
def panel_codes() -> frozenset[str]:
    """Give the codes of questionnaires as a whole: none of them may stand for a total."""
    rows = read_table(CODES, allowed=(), required=("panel",)).tables(
        "panel", allowed=(), required=("code", "title")
    )
    return frozenset(row.text("code") for row in rows)


def check_instrument(instrument: Instrument, file: Table) -> None:
    """Refuse an instrument whose parts contradict each other. Raise DataFileInvalid."""
    for check in (
        _check_ids, _check_wording, _check_codes, _check_gates, _check_references, _check_suicide_items,
        _check_bands, _check_outcomes,
    ):  # fmt: skip
        check(instrument, file)


def _check_ids(instrument: Instrument, file: Table) -> None:
    kinds: dict[str, list[str]] = {
        "item": [item.id for item in instrument.items],
        "scale": [scale.id for scale in instrument.scales],
        "band_set": [f"{s.scale_id} {s.id}" for s in instrument.band_sets],
        "change_set": [s.id for s in instrument.change_sets],
        "cut_point": [cut.id for cut in instrument.cut_points],
        "critical": [rule.id for rule in instrument.critical_rules],
        "pattern": [pattern.id for pattern in instrument.patterns],
        "contradiction": [found.id for found in instrument.contradictions],
    }
    for key, ids in kinds.items():
        for found, times in Counter(ids).items():
            if times > 1:
                raise file.refuse(key, f"{found} stands twice; give each its own id")
    if {item.id for item in instrument.items} & {scale.id for scale in instrument.scales}:
        raise file.refuse("scale", "a scale and an item share an id; rename the scale")
    for item in instrument.items:
        values = [option.value for option in item.options]
        if not values or len(set(values)) != len(values):
            raise file.refuse("answer_set", f"the options of {item.id} need different values")


def _check_wording(instrument: Instrument, file: Table) -> None:
    texts = [item.text for item in instrument.items]
    texts += [option.text for item in instrument.items if not item.is_analog for option in item.options]
    ends = [item.ends for item in instrument.items if item.is_analog]
    if instrument.tier is Tier.A and (None in texts or None in ends or not texts):
        raise file.refuse("item", "tier A ships its wording: give every item and option its text")
    if instrument.tier is not Tier.A and (any(texts) or any(ends)):
        raise file.refuse("item", "only tier A may ship wording: remove the texts")
    if instrument.tier is Tier.C and instrument.items:
        raise file.refuse("item", "tier C holds totals only: remove the items")


def _check_codes(instrument: Instrument, file: Table) -> None:
    for scale in instrument.scales:
        if scale.code and scale.code in panel_codes() | {instrument.panel_code}:
            raise file.refuse("scale", f"{scale.id} carries the code of a panel; give the code of the total")
    if instrument.triage and instrument.triage.code in panel_codes():
        raise file.refuse("triage", "it carries the code of a panel; give the code of the result")
    codes = [item.code for item in instrument.items if item.code]
    codes += [scale.code for scale in instrument.scales if scale.code]
    if len(codes) != len(set(codes)):
        raise file.refuse("item", "a code stands twice; each item and scale has its own")


def _check_gates(instrument: Instrument, file: Table) -> None:
    seen: set[str] = set()
    for item in instrument.items:
        if item.asked_when is not None:
            named, named_scales = mentioned(item.asked_when)
            if named_scales or not named <= seen:
                raise file.refuse(item.id, "asked_when may name only questions that stand before it")
        seen.add(item.id)
    gated = {item.id for item in instrument.items if item.asked_when is not None}
    for scale in instrument.scales:
        if scale.op == "mean" and gated & {item_id for group in scale.groups for item_id in group}:
            raise file.refuse(
                "scale", f"{scale.id} is a mean; a question that may be skipped cannot count in it"
            )


def _check_suicide_items(instrument: Instrument, file: Table) -> None:
    """Refuse a suicide item whose blank would pass in silence."""
    for item in instrument.items:
        if item.about_suicide and not any(asks_for_blank(r.when, item.id) for r in instrument.critical_rules):
            raise file.refuse(item.id, "a question about suicide needs a critical rule for unanswered = true")


def _check_references(instrument: Instrument, file: Table) -> None:
    scales = {scale.id for scale in instrument.scales}
    items = set(instrument.by_id)
    named = {
        "band_set": {row.scale_id for row in instrument.band_sets},
        "cut_point": {row.scale_id for row in instrument.cut_points},
        "change_set": {row.scale_id for row in instrument.change_sets},
        "outcome": {row.scale_id for row in instrument.outcome_rules},
    }
    for key, ids in named.items():
        if ids - scales:
            raise file.refuse(key, f"{min(ids - scales)} is not a scale of this instrument")
    for scale in instrument.scales:
        if scale.otherwise is not None and scale.otherwise not in scales - {scale.id}:
            raise file.refuse("scale", f"{scale.otherwise} is not another scale of this instrument")
    conditions = [(p.id, p.when) for p in instrument.patterns]
    conditions += [(r.id, r.when) for r in instrument.critical_rules]
    conditions += [(found.id, found.when) for found in instrument.contradictions]
    if instrument.triage:
        conditions += [(level.id, level.when) for level in instrument.triage.levels if level.when]
    for name, condition in conditions:
        named_items, named_scales = mentioned(condition)
        if unknown := (named_items - items) | (named_scales - scales):
            raise file.refuse(name, f"{min(unknown)} is neither an item nor a scale of this instrument")
    about = items | scales | {"form"} | ({instrument.triage.id} if instrument.triage else set())
    for rule in instrument.critical_rules:
        if rule.about not in about:
            raise file.refuse(rule.id, f"{rule.about} is neither an item nor a scale of this instrument")


def _check_bands(instrument: Instrument, file: Table) -> None:
    for bands in instrument.band_sets:
        scale = instrument.scale(bands.scale_id)
        if (bands.bands[0].low, bands.bands[-1].high) != (scale.low, scale.high):
            raise file.refuse(
                "band_set", f"{bands.id} must reach from {scale.low} to {scale.high}, the range of its scale"
            )


def _check_outcomes(instrument: Instrument, file: Table) -> None:
    for rule in instrument.outcome_rules:
        if rule.response_percent is None:
            continue
        if instrument.direction is not Direction.LOWER_IS_BETTER or instrument.scale(rule.scale_id).low != 0:
            raise file.refuse(
                "outcome", "percent change needs a scale that starts at 0 and where lower is better"
            )
        if rule.baseline_at_least is None:
            raise file.refuse("outcome", "give baseline_at_least: percents of a low baseline say nothing")
