"""Reads studies and definitions from their data files; anything malformed is refused with file, key and remedy."""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from importlib.resources.abc import Traversable

from sojourn.clinical.evidence.data_files import Table, read_table, toml_files
from sojourn.clinical.evidence.meta_analysis import Counts
from sojourn.clinical.evidence.provenance import Provenance
from sojourn.clinical.evidence.sources import (
    CITATION_KEYS,
    DATA,
    read_citation,
    read_citations,
    sources,
)
from sojourn.clinical.evidence.studies import (
    Arm,
    Comparator,
    Definition,
    Design,
    Funding,
    Note,
    Outcome,
    Printed,
    Result,
    Study,
    TimePoint,
)

DEFINITIONS = DATA / "definitions.toml"
STUDIES = DATA / "studies"
PAIR = 2


@cache
def definitions() -> Mapping[str, Definition]:
    """Give every definition of an event by id. Raise DataFileInvalid."""
    table = read_table(DEFINITIONS, allowed=(), required=("definition",))
    rows = table.tables("definition", allowed=("pools_as",), required=("id", "says"))
    return {
        row.text("id"): Definition(
            id=row.text("id"), says=row.text("says"), pools_as=row.text_or_none("pools_as") or row.text("id")
        )
        for row in rows
    }


@cache
def studies() -> Mapping[str, Study]:
    """Give every study by id. Raise DataFileInvalid."""
    return read_studies(toml_files(STUDIES))


@cache
def results() -> Mapping[str, Result]:
    """Give every result by `study/result`."""
    return {result.id: result for study in studies().values() for result in study.results}


def read_studies(paths: tuple[Traversable, ...]) -> dict[str, Study]:
    """Read files of studies and check what they say about each other. Raise DataFileInvalid."""
    found: dict[str, Study] = {}
    named: list[tuple[Table, str, str]] = []
    for path in paths:
        for row in read_table(path, allowed=(), required=("study",)).tables(
            "study",
            allowed=("people", "no_counts", "conflict", "note", "result"),
            required=(
                "id", "source", "title", "design", "condition", "drug", "route", "setting", "comparator", "funding",
            ),
        ):  # fmt: skip
            one = _study_from(row, named)
            if one.id in found:
                raise row.refuse("id", f"{one.id} stands twice; give each study one id")
            found[one.id] = one
    known = {result.id for one in found.values() for result in one.results}
    for row, key, result_id in named:
        if result_id not in known:
            raise row.refuse(key, f"{result_id} is no result of a study; write it as study/result")
    return found


def _study_from(row: Table, named: list[tuple[Table, str, str]]) -> Study:
    if row.text("source") not in sources():
        raise row.refuse("source", f"{row.text('source')} is not in evidence/data/sources.toml; add it there")
    found = tuple(
        _result_from(result, row, named)
        for result in row.tables(
            "result",
            allowed=("control", "hold", "repeats", "never_with", "printed", "title"),
            required=("id", "outcome", "definition", "time_point", "at", "active", "citations"),
        )
    )
    if not found and "no_counts" not in row:
        raise row.refuse("no_counts", "is missing: a study without results says why there are none")
    return Study(
        id=row.text("id"),
        source_id=row.text("source"),
        title=row.text("title"),
        design=Design(row.choice("design", tuple(Design))),
        condition=row.text("condition"),
        drug=row.text("drug"),
        route=row.text("route"),
        setting=row.text("setting"),
        comparator=Comparator(row.choice("comparator", tuple(Comparator))),
        people=row.whole_or_none("people"),
        funding=Funding(row.choice("funding", tuple(Funding))),
        no_counts=row.text_or_none("no_counts") or "",
        conflict=row.text_or_none("conflict") or "",
        notes=tuple(
            Note(says=note.text("says"), citation=read_citation(note))
            for note in row.tables("note", allowed=(), required=("says", *CITATION_KEYS))
        ),
        results=found,
    )


def _result_from(row: Table, study_row: Table, named: list[tuple[Table, str, str]]) -> Result:
    result_id = f"{study_row.text('id')}/{row.text('id')}"
    for key in ("repeats", "never_with"):
        named.extend((row, key, other) for other in row.texts(key))
    design = Design(study_row.choice("design", tuple(Design)))
    comparator = Comparator(study_row.choice("comparator", tuple(Comparator)))
    control = row.tables("control", allowed=(), required=ARM) if "control" in row else ()
    if len(control) > 1:
        raise row.refuse("control", "give one control group")
    if bool(control) == (comparator is Comparator.NOTHING):
        raise row.refuse(
            "control", f"a study with `{comparator}` {'has no' if control else 'needs a'} control group"
        )
    return Result(
        id=result_id,
        study_id=study_row.text("id"),
        title=row.text_or_none("title") or study_row.text("title"),
        drug=study_row.text("drug"),
        route=study_row.text("route"),
        condition=study_row.text("condition"),
        comparator=comparator,
        design=design,
        outcome=Outcome(row.choice("outcome", tuple(Outcome))),
        definition=definitions()[row.choice("definition", tuple(definitions()))],
        time_point=TimePoint(row.choice("time_point", tuple(TimePoint))),
        at=row.text("at"),
        active=_arms(row),
        control=_arm(control[0]) if control else None,
        citations=read_citations(row),
        hold=row.text_or_none("hold") or "",
        repeats=row.texts("repeats"),
        never_with=row.texts("never_with"),
        printed=tuple(
            _printed(each)
            for each in row.tables("printed", allowed=("active", "control"), required=("odds_ratio", "where"))
        ),
    )


ARM = ("label", "counts", "counted", "provenance")
COUNTED = ("printed", "worked out")


def _arms(row: Table) -> tuple[Arm, ...]:
    found = tuple(_arm(arm) for arm in row.tables("active", allowed=(), required=ARM))
    if not found:
        raise row.refuse("active", "give at least one treated group")
    return found


def _arm(row: Table) -> Arm:
    return Arm(
        label=row.text("label"),
        counts=_counts(row, "counts"),
        is_worked_out=row.choice("counted", COUNTED) == "worked out",
        provenance=Provenance(row.choice("provenance", tuple(Provenance))),
    )


def _counts(row: Table, key: str) -> Counts:
    given = row.wholes(key)
    if len(given) != PAIR:
        raise row.refuse(key, "give [events, people], such as [22, 40]")
    try:
        return Counts(*given)
    except ValueError as impossible:
        raise row.refuse(key, f"{impossible}; correct it") from impossible


def _printed(row: Table) -> Printed:
    """An odds ratio is given as text, so that its decimals are kept as printed."""
    said = row.text("odds_ratio")
    try:
        value = Fraction(said)
    except (ValueError, ZeroDivisionError) as error:
        raise row.refuse("odds_ratio", 'give the ratio as printed, in quotes, such as "2.85"') from error
    return Printed(
        odds_ratio=value,
        decimals=len(said.partition(".")[2]),
        where=row.text("where"),
        active=_counts(row, "active") if "active" in row else None,
        control=_counts(row, "control") if "control" in row else None,
    )
