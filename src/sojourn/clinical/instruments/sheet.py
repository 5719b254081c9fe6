"""An instrument in words, for people who want to know what it asks, how it counts, and who says so."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sojourn.clinical.evidence import Citation, is_verified
from sojourn.clinical.instruments.calendar import calendar
from sojourn.clinical.instruments.conditions import AboutItem, AboutScale, Condition, CountOf
from sojourn.clinical.instruments.definition import Instrument, Item, Occasion, Scale, Tier

TIERS = {
    Tier.A: "wording ships",
    Tier.B: "scoring ships; the wording comes from the practice’s text pack",
    Tier.C: "totals only",
}
TESTS = {"at_least": "at least", "at_most": "at most", "rises_by": "up by at least", "is_one_of": "one of"}
FEW_VALUES = 12
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Stated:
    """One thing that is said, with where it is from. `is_verified` is False for what was only recalled."""

    says: str
    sources: tuple[str, ...]
    is_verified: bool


@dataclass(frozen=True)
class Section:
    title: str
    statements: tuple[Stated, ...]


@dataclass(frozen=True)
class Sheet:
    """Everything known about one instrument, in the order in which somebody asks."""

    id: str
    title: str
    measures: str
    facts: tuple[tuple[str, str], ...]
    items: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def words(self) -> str:
        """All of it as one text, for a search."""
        stated = [
            f"{one.says} {' '.join(one.sources)}" for section in self.sections for one in section.statements
        ]
        facts = [f"{label} {value}" for label, value in self.facts]
        return " ".join((self.id, self.title, self.measures, *facts, *self.items, *stated)).lower()


def sheet_of(instrument: Instrument) -> Sheet:
    """Put an instrument into words."""
    sections = (
        Section("Scores", tuple(_scale(instrument, scale) for scale in instrument.scales)),
        Section("Category", _triage(instrument)),
        Section("Bands", tuple(_bands(instrument))),
        Section("Cut points", tuple(_cut_points(instrument))),
        Section("Change that counts", tuple(_change_sets(instrument))),
        Section("Response and remission", tuple(_outcomes(instrument))),
        Section("Critical answers", tuple(_critical(instrument))),
        Section("Combinations of answers", tuple(_stated(p.says, p.citations) for p in instrument.patterns)),
        Section(
            "Contradictions that are shown",
            tuple(_stated(found.says, found.citations) for found in instrument.contradictions),
        ),
        Section("When it is asked", tuple(_occasion(occasion) for occasion in instrument.cadence)),
        Section("License", (_stated(instrument.licence.terms, instrument.licence.citations),)),
        Section("References", (_stated(instrument.licence.attribution, instrument.references),)),
    )
    return Sheet(
        instrument.id,
        instrument.title,
        instrument.measures,
        tuple(_facts(instrument)),
        tuple(_item(item) for item in instrument.items),
        tuple(section for section in sections if section.statements),
    )


def condition_in_words(condition: Condition) -> str:
    """Read a condition aloud."""
    match condition:
        case AboutItem(item, "unanswered"):
            return f"{item} left blank"
        case AboutItem(item, test, operand):
            return f"{item} {TESTS[test]} {', '.join(map(str, operand))}"
        case AboutScale(scale, test, operand):
            return f"{scale} {TESTS[test]} {operand}"
        case CountOf(parts, at_least):
            said = _gathered(parts) if at_least == 1 else [_bracketed(part) for part in parts]
            if at_least == len(parts):
                return " and ".join(said)
            if at_least == 1:
                return " or ".join(said)
            return f"at least {at_least} of: {'; '.join(said)}"


def _gathered(parts: Iterable[Condition]) -> list[str]:
    """Name the items that are tested in the same way together: "any of q1, q2 at least 1"."""
    alike: dict[str, list[str]] = {}
    said: list[str] = []
    for part in parts:
        match part:
            case AboutItem(item, test, operand):
                how = (
                    "left blank" if test == "unanswered" else f"{TESTS[test]} {', '.join(map(str, operand))}"
                )
                alike.setdefault(how, []).append(item)
            case _:
                said.append(_bracketed(part))
    named = [
        f"any of {', '.join(items)} {how}" if len(items) > 1 else f"{items[0]} {how}"
        for how, items in alike.items()
    ]
    return [*named, *said]


def _bracketed(part: Condition) -> str:
    said = condition_in_words(part)
    return f"({said})" if isinstance(part, CountOf) and len(part.parts) > 1 else said


def _stated(says: str, citations: Iterable[Citation]) -> Stated:
    cited = tuple(citations)
    return Stated(says, tuple(c.in_words for c in cited), all(is_verified(c.provenance) for c in cited))


def _facts(instrument: Instrument) -> Iterable[tuple[str, str]]:
    yield "Version", f"{instrument.version}, definition {instrument.definition_hash[:12]}"
    yield "License tier", f"{instrument.tier}: {TIERS[instrument.tier]}"
    yield "Who answers", str(instrument.rater)
    yield "Speaks of", instrument.recall
    yield "Direction", str(instrument.direction)
    yield "Takes", f"about {instrument.minutes} min"
    yield "LOINC panel", instrument.panel_code or "none"


def _item(item: Item) -> str:
    values = [str(option.value) for option in item.options]
    shown = ", ".join(values) if len(values) <= FEW_VALUES else f"{values[0]} to {values[-1]}"
    notes = [f"answers {shown}"]
    notes += [f"({item.key})"] if item.key else []
    turned = [f"{o.value} counts {o.points}" for o in item.options if o.points not in {o.value, None}]
    notes += [", ".join(turned)] if turned else []
    notes += [f"asked when {condition_in_words(item.asked_when)}"] if item.asked_when else []
    notes += ["a blank raises an alarm"] if item.about_suicide else []
    notes += [f"LOINC {item.code}"] if item.code else []
    return f"{item.number}. {item.text or '(wording not installed)'} [{item.id}; {'; '.join(notes)}]"


def _scale(instrument: Instrument, scale: Scale) -> Stated:
    how = {"sum": "sum", "mean": "mean", "count": f"count of items at {scale.count_from} or more"}[scale.op]
    of = ", ".join(
        " or ".join(group) + (" (the highest)" if len(group) > 1 else "") for group in scale.groups
    )
    says = f"{scale.title}: {how} of {of}"
    says += f", times {scale.multiplier}" if scale.multiplier != 1 else ""
    says += f"; {scale.low} to {scale.high}. "
    says += (
        "Nothing may be missing."
        if scale.missing.id == "all-items"
        else f"Up to {scale.missing.at_most} blanks take the mean of the rest, and the score is marked prorated."
    )
    if scale.otherwise:
        says += f" With an answer “not applicable”: {instrument.scale(scale.otherwise).title}."
    says += f" LOINC {scale.code}." if scale.code else ""
    return _stated(says, scale.missing.citations)


def _triage(instrument: Instrument) -> tuple[Stated, ...]:
    if instrument.triage is None:
        return ()
    return tuple(
        _stated(
            f"{level.label}: {condition_in_words(level.when) if level.when else 'what is left, all asked answers given'}",
            level.citations,
        )
        for level in instrument.triage.levels
    )


def _bands(instrument: Instrument) -> Iterable[Stated]:
    for bands in instrument.band_sets:
        ranges = ", ".join(
            f"{b.label} {b.low}" if b.low == b.high else f"{b.label} {b.low}–{b.high}" for b in bands.bands
        )
        yield _stated(f"{instrument.scale(bands.scale_id).title} ({bands.id}): {ranges}.", bands.citations)


def _cut_points(instrument: Instrument) -> Iterable[Stated]:
    for cut in instrument.cut_points:
        title = instrument.scale(cut.scale_id).title
        yield _stated(f"{title} at {cut.at_least} or more: {cut.says}", cut.citations)


def _change_sets(instrument: Instrument) -> Iterable[Stated]:
    for change in instrument.change_sets:
        says = f"{float(change.points):g} {'point' if change.points == 1 else 'points'}: {change.kind}, {change.population}"
        if change.sd is not None:
            says += f" (standard deviation {change.sd:g}"
            says += f", r {change.reliability:g})" if change.reliability is not None else ")"
        elif change.reliability is not None:
            says += f" (r {change.reliability:g})"
        yield _stated(says + ".", change.citations)


def _outcomes(instrument: Instrument) -> Iterable[Stated]:
    for rule in instrument.outcome_rules:
        says = []
        if rule.response_percent is not None:
            says.append(
                f"response: a fall of {rule.response_percent} % or more from a baseline of {rule.baseline_at_least} or more"
            )
        if rule.remission_below is not None:
            says.append(f"remission: below {rule.remission_below}")
        yield _stated("; ".join(says).capitalize() + ".", rule.citations)


def _critical(instrument: Instrument) -> Iterable[Stated]:
    for rule in instrument.critical_rules:
        yield _stated(
            f"{rule.severity.upper()}, {rule.owner}, acknowledged within {_length(rule.acknowledge_within)}: {rule.says}"
            f" When {condition_in_words(rule.when)}.",
            rule.citations,
        )


def _occasion(occasion: Occasion) -> Stated:
    says = occasion.point
    says += f", every {occasion.every_days} days" if occasion.every_days else ""
    if occasion.follows:
        says += f", only after {occasion.follows[0]} gave “{occasion.follows[1]}”"
    point = calendar().points[occasion.point]
    before, after = point.opens_before.days, point.closes_after.days
    says += f"; open from {before} days before the due day to {after} days after it"
    return _stated(says.capitalize() + ".", occasion.citations)


def _length(time: timedelta) -> str:
    if time < AN_HOUR:
        return f"{time // timedelta(minutes=1)} min"
    return f"{time // AN_HOUR} h"
