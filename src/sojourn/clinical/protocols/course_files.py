"""Reads the courses of treatment from their data files."""

from datetime import timedelta
from functools import cache
from importlib.resources.abc import Traversable

from sojourn.clinical.evidence import Basis, Table, read_citations, read_table, toml_files
from sojourn.clinical.evidence.validity import read_validity
from sojourn.clinical.protocols.courses import (
    CourseProtocol,
    DoseExample,
    DosePlan,
    Limit,
    LimitExample,
    LimitKind,
    Phase,
    Review,
    VisitKind,
    VisitPlan,
)
from sojourn.clinical.protocols.questions import DATA
from sojourn.clinical.protocols.rules import Setting

COURSES = DATA / "courses"
WITHOUT_VALUE = {LimitKind.PREPARATION_BEFORE_FIRST_DOSE, LimitKind.INTEGRATION_BEFORE_NEXT_DOSE}


class UnknownCourse(KeyError):
    """No course protocol has that id."""


@cache
def course_protocols() -> tuple[CourseProtocol, ...]:
    """Give every course a prescriber can start, by id."""
    return tuple(read_course(file) for file in toml_files(COURSES))


def course_protocol(protocol_id: str) -> CourseProtocol:
    """Find one course. Raises UnknownCourse."""
    for protocol in course_protocols():
        if protocol.id == protocol_id:
            return protocol
    raise UnknownCourse(protocol_id)


NAMES = (
    "id",
    "version",
    "jurisdiction",
    "valid_from",
    "drug",
    "route",
    "setting",
    "title",
    "patient_title",
    "monitoring",
    "consent",
)
CITED = ("says", "basis", "citations")
LIMIT = ("id", "kind", "holds", "patient_says", "examples", *CITED)


def read_course(file: Traversable) -> CourseProtocol:
    """Read one course from its file. Raises DataFileInvalid."""
    table = read_table(
        file, allowed=("review", "valid_to"), required=(*NAMES, "visits", "dose", "phase", "limit")
    )
    visits = table.table("visits", allowed=(), required=tuple(VisitKind))
    limits = tuple(
        _limit_from(row)
        for row in table.tables(
            "limit", allowed=("value",), required=("id", "kind", "holds", "patient_says", "examples", *CITED)
        )
    )
    if missing := set(LimitKind) - {limit.kind for limit in limits}:
        raise table.refuse("limit", f"add one of kind {', '.join(sorted(missing))}")
    return CourseProtocol(
        id=table.text("id"),
        version=table.text("version"),
        drug=table.text("drug"),
        route=table.text("route"),
        setting=Setting(table.choice("setting", tuple(Setting))),
        title=table.text("title"),
        patient_title=table.text("patient_title"),
        monitoring=table.text("monitoring"),
        consent=table.text("consent"),
        validity=read_validity(table),
        visits=tuple(_visit_from(visits, kind) for kind in VisitKind),
        dose=_dose_from(table),
        phases=tuple(
            _phase_from(row)
            for row in table.tables("phase", required=("id", "doses", "weekdays", *CITED), allowed=())
        ),
        limits=limits,
        reviews=tuple(
            _review_from(row)
            for row in table.tables("review", required=("after_dose", "patient_says", *CITED), allowed=())
        ),
    )


def _visit_from(visits: Table, kind: VisitKind) -> VisitPlan:
    row = visits.table(kind, allowed=("count",), required=("minutes", "says", "citations"))
    return VisitPlan(
        kind=kind,
        count=row.whole_or_none("count") or 0,
        duration=timedelta(minutes=row.whole("minutes")),
        says=row.text("says"),
        citations=read_citations(row),
    )


def _dose_from(table: Table) -> DosePlan:
    row = table.table(
        "dose",
        required=(
            "unit", "low", "usual", "high", "hard_cap", "says", "patient_says", "citations", "examples",
        ),
        allowed=(
            "hard_cap_mg", "needs_reason_above", "first_high", "first_high_mg_per_kg", "max_raise",
            "max_mg_in_7_days", "allowed_mg", "first_allowed_mg",
        ),
    )  # fmt: skip
    plan = DosePlan(
        unit=row.choice("unit", ("mg", "mg/kg")),
        low=row.number("low"),
        usual=row.number("usual"),
        high=row.number("high"),
        hard_cap=row.number("hard_cap"),
        says=row.text("says"),
        patient_says=row.text("patient_says"),
        citations=read_citations(row),
        examples=_dose_examples(row),
        hard_cap_mg=row.number_or_none("hard_cap_mg"),
        needs_reason_above=row.number_or_none("needs_reason_above"),
        first_high=row.number_or_none("first_high"),
        first_high_mg_per_kg=row.number_or_none("first_high_mg_per_kg"),
        max_raise=row.number_or_none("max_raise"),
        max_mg_in_7_days=row.number_or_none("max_mg_in_7_days"),
        allowed_mg=row.wholes("allowed_mg"),
        first_allowed_mg=row.wholes("first_allowed_mg"),
    )
    if not 0 < plan.low <= plan.usual <= plan.high <= plan.hard_cap:
        raise row.refuse("hard_cap", "order the limits: 0 < low <= usual <= high <= hard_cap")
    return plan


def _dose_examples(row: Table) -> tuple[DoseExample, ...]:
    return tuple(
        DoseExample(
            dose_mg=example.number("dose_mg"),
            weight_kg=example.number_or_none("weight_kg"),
            number=example.whole_or_none("number") or 1,
            previous_mg=example.number_or_none("previous_mg"),
            given_in_7_days_mg=example.number_or_none("given_in_7_days_mg") or 0.0,
            breaks=example.texts("breaks"),
        )
        for example in row.tables(
            "examples",
            allowed=("weight_kg", "number", "previous_mg", "given_in_7_days_mg"),
            required=("dose_mg", "breaks"),
        )
    )


def _phase_from(row: Table) -> Phase:
    return Phase(
        id=row.text("id"),
        says=row.text("says"),
        doses=row.whole("doses"),
        weekdays=row.wholes("weekdays"),
        basis=Basis(row.choice("basis", tuple(Basis))),
        citations=read_citations(row),
    )


def _limit_from(row: Table) -> Limit:
    kind = LimitKind(row.choice("kind", tuple(LimitKind)))
    if (kind in WITHOUT_VALUE) == ("value" in row):
        raise row.refuse("value", "give a number for limits that count, and none for the others")
    return Limit(
        id=row.text("id"),
        kind=kind,
        value=row.whole_or_none("value"),
        says=row.text("says"),
        patient_says=row.text("patient_says"),
        holds=row.flag("holds"),
        basis=Basis(row.choice("basis", tuple(Basis))),
        citations=read_citations(row),
        examples=tuple(
            LimitExample(example.whole("value"), example.flag("breaks"))
            for example in row.tables("examples", allowed=(), required=("value", "breaks"))
        ),
    )


def _review_from(row: Table) -> Review:
    return Review(
        after_dose=row.whole("after_dose"),
        says=row.text("says"),
        patient_says=row.text("patient_says"),
        basis=Basis(row.choice("basis", tuple(Basis))),
        citations=read_citations(row),
    )
