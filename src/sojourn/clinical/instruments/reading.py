"""Reads one instrument from its data file. Anything unknown, missing or uncited is refused with a remedy."""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
from importlib.resources.abc import Traversable

from sojourn.clinical.evidence import Table, read_citations, read_table
from sojourn.clinical.instruments.checks import check_instrument
from sojourn.clinical.instruments.conditions import read_condition
from sojourn.clinical.instruments.definition import (
    ChangeKind,
    ChangeSet,
    Contradiction,
    CriticalRule,
    CutPoint,
    Direction,
    Instrument,
    Licence,
    Occasion,
    OutcomeRule,
    Owner,
    Pattern,
    Rater,
    Severity,
    Tier,
)
from sojourn.clinical.instruments.item_tables import read_items
from sojourn.clinical.instruments.scale_tables import read_band_set, read_scale, scale_rows
from sojourn.clinical.instruments.triage_table import read_triage

REQUIRED = (
    "id", "version", "title", "patient_title", "measures", "tier", "rater", "direction", "recall", "minutes",
    "references", "licence", "codes",
)  # fmt: skip
OPTIONAL = (
    "stem", "recall_days", "answer_set", "item", "scale", "band_set", "cut_point", "change_set", "outcome",
    "critical", "pattern", "contradiction", "triage", "cadence",
)  # fmt: skip


def read_instrument(path: Traversable) -> Instrument:
    """Read and check one data file. Raise DataFileInvalid."""
    file = read_table(path, allowed=OPTIONAL, required=REQUIRED)
    items = read_items(file)
    codes = _codes(file)
    licence = file.table("licence", allowed=(), required=("terms", "attribution", "citations"))
    instrument = Instrument(
        id=file.text("id"),
        version=file.text("version"),
        title=file.text("title"),
        patient_title=file.text("patient_title"),
        measures=file.text("measures"),
        tier=Tier(file.choice("tier", tuple(Tier))),
        rater=Rater(file.choice("rater", tuple(Rater))),
        recall=file.text("recall"),
        recall_days=file.whole_or_none("recall_days"),
        direction=Direction(file.choice("direction", tuple(Direction))),
        stem=file.text_or_none("stem"),
        minutes=file.whole("minutes"),
        licence=Licence(licence.text("terms"), licence.text("attribution"), read_citations(licence)),
        panel_code=codes.text_or_none("panel"),
        items=items,
        scales=tuple(read_scale(row, {item.id: item for item in items}) for row in scale_rows(file)),
        band_sets=tuple(
            read_band_set(row)
            for row in file.tables("band_set", allowed=(), required=("id", "scale", "bands", "citations"))
        ),
        cut_points=_cut_points(file),
        change_sets=_change_sets(file),
        outcome_rules=_outcome_rules(file),
        critical_rules=_critical_rules(file),
        patterns=tuple(
            Pattern(row.text("id"), row.text("says"), read_condition(row), read_citations(row))
            for row in file.tables("pattern", allowed=(), required=("id", "says", "when", "citations"))
        ),
        contradictions=tuple(
            Contradiction(row.text("id"), row.text("says"), read_condition(row), read_citations(row))
            for row in file.tables("contradiction", allowed=(), required=("id", "says", "when", "citations"))
        ),
        triage=read_triage(file),
        cadence=_cadence(file),
        references=read_citations(file, "references"),
        definition_hash=_hash(file.values),
    )
    check_instrument(instrument, file)
    return instrument


def _hash(values: Mapping[str, object]) -> str:
    """Hash the meaning of the file: neither comments and layout nor the calendar change what an answer says."""
    meaning = {key: value for key, value in values.items() if key != "cadence"}
    return hashlib.sha256(json.dumps(meaning, sort_keys=True, default=str).encode()).hexdigest()


def _codes(file: Table) -> Table:
    codes = file.table("codes", allowed=("panel", "citations", "no_standard_binding"))
    if "no_standard_binding" in codes and codes.flag("no_standard_binding"):
        if "panel" in codes:
            raise codes.refuse("panel", "remove it, or remove no_standard_binding")
    else:
        read_citations(codes)
    return codes


def _cut_points(file: Table) -> tuple[CutPoint, ...]:
    return tuple(
        CutPoint(
            row.text("id"), row.text("scale"), row.whole("at_least"), row.text("says"), read_citations(row)
        )
        for row in file.tables(
            "cut_point", allowed=(), required=("id", "scale", "at_least", "says", "citations")
        )
    )


def _change_sets(file: Table) -> tuple[ChangeSet, ...]:
    rows = file.tables(
        "change_set",
        allowed=("sd", "reliability", "reliability_kind"),
        required=("id", "scale", "kind", "population", "points", "citations"),
    )
    return tuple(
        ChangeSet(
            id=row.text("id"),
            scale_id=row.text("scale"),
            kind=ChangeKind(row.choice("kind", tuple(ChangeKind))),
            population=row.text("population"),
            points=Fraction(str(row.number("points"))),
            sd=row.number_or_none("sd"),
            reliability=row.number_or_none("reliability"),
            reliability_kind=row.text_or_none("reliability_kind"),
            citations=read_citations(row),
        )
        for row in rows
    )


def _outcome_rules(file: Table) -> tuple[OutcomeRule, ...]:
    rows = file.tables(
        "outcome",
        allowed=("response_percent", "baseline_at_least", "remission_below"),
        required=("scale", "citations"),
    )
    return tuple(
        OutcomeRule(
            scale_id=row.text("scale"),
            response_percent=row.whole_or_none("response_percent"),
            baseline_at_least=row.whole_or_none("baseline_at_least"),
            remission_below=row.whole_or_none("remission_below"),
            citations=read_citations(row),
        )
        for row in rows
    )


def _critical_rules(file: Table) -> tuple[CriticalRule, ...]:
    rows = file.tables(
        "critical",
        allowed=(),
        required=(
            "id",
            "severity",
            "says",
            "owner",
            "about",
            "when",
            "acknowledge_within_min",
            "citations",
        ),
    )
    return tuple(
        CriticalRule(
            id=row.text("id"),
            severity=Severity(row.choice("severity", tuple(Severity))),
            says=row.text("says"),
            owner=Owner(row.choice("owner", tuple(Owner))),
            about=row.text("about"),
            when=read_condition(row),
            acknowledge_within=timedelta(minutes=row.whole("acknowledge_within_min")),
            citations=read_citations(row),
        )
        for row in rows
    )


def _cadence(file: Table) -> tuple[Occasion, ...]:
    rows = file.tables("cadence", allowed=("every_days", "follows"), required=("point", "citations"))
    return tuple(
        Occasion(row.text("point"), row.whole_or_none("every_days"), _follows(row), read_citations(row))
        for row in rows
    )


def _follows(row: Table) -> tuple[str, str] | None:
    if "follows" not in row:
        return None
    after = row.table("follows", allowed=(), required=("instrument", "result"))
    return after.text("instrument"), after.text("result")
