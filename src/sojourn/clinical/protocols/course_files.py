"""Reads the courses of treatment from their data files."""

from datetime import timedelta
from functools import cache
from importlib.resources.abc import Traversable

from sojourn.clinical.evidence import Basis, Table, read_citations, read_table, toml_files
from sojourn.clinical.evidence.validity import above_zero, read_validity
from sojourn.clinical.monitoring import monitoring_plans
from sojourn.clinical.protocols.consents import consent_documents
from sojourn.clinical.protocols.course_proofs import defects_of_course
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
DRUGS = ("esketamine", "ketamine")
ROUTES = ("intranasal", "intravenous", "intramuscular", "subcutaneous", "sublingual", "oral")
MOST_MINUTES = 24 * 60
DAYS_OF_A_WEEK = 7
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
    phases = table.tables("phase", required=("id", "doses", "weekdays", *CITED), allowed=())
    if not phases:
        raise table.refuse("phase", "give at least one")
    protocol = CourseProtocol(
        id=table.text("id"),
        version=table.text("version"),
        drug=table.choice("drug", DRUGS),
        route=table.choice("route", ROUTES),
        setting=Setting(table.choice("setting", tuple(Setting))),
        title=table.text("title"),
        patient_title=table.text("patient_title"),
        monitoring=table.text("monitoring"),
        consent=table.text("consent"),
        validity=read_validity(table),
        visits=tuple(_visit_from(visits, kind) for kind in VisitKind),
        dose=_dose_from(table),
        phases=tuple(_phase_from(row) for row in phases),
        limits=limits,
        reviews=tuple(
            _review_from(row)
            for row in table.tables("review", required=("after_dose", "patient_says", *CITED), allowed=())
        ),
    )
    if protocol.monitoring not in {plan.id for plan in monitoring_plans()}:
        raise table.refuse("monitoring", "name a plan of monitoring/data/plans.toml")
    if protocol.consent not in {document.id for document in consent_documents()}:
        raise table.refuse("consent", "name a document of data/consents")
    try:
        defects = list(defects_of_course(protocol))
    except (ValueError, OverflowError) as refused:  # a weight no adult has, a dose without a weight
        raise table.refuse("examples", f"cannot be tried: {refused}") from refused
    for defect in defects:
        raise table.refuse("examples", defect)
    return protocol


def _visit_from(visits: Table, kind: VisitKind) -> VisitPlan:
    row = visits.table(kind, allowed=("count",), required=("minutes", "says", "citations"))
    above_zero(row, "minutes", "count")
    if row.whole("minutes") > MOST_MINUTES:
        raise row.refuse("minutes", f"give at most {MOST_MINUTES}: a visit ends on its day")
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
    above_zero(
        row, "hard_cap_mg", "needs_reason_above", "first_high", "first_high_mg_per_kg", "max_raise",
        "max_mg_in_7_days",
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
    above_zero(row, "doses")
    days = row.wholes("weekdays")
    if not days or list(days) != sorted(set(days)) or not 0 <= days[0] <= days[-1] < DAYS_OF_A_WEEK:
        raise row.refuse("weekdays", "give days from 0 to 6, each once, the first one first")
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
    above_zero(row, "value")
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
    above_zero(row, "after_dose")
    return Review(
        after_dose=row.whole("after_dose"),
        says=row.text("says"),
        patient_says=row.text("patient_says"),
        basis=Basis(row.choice("basis", tuple(Basis))),
        citations=read_citations(row),
    )
