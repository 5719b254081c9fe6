"""Courses of treatment as data: how many doses, how far apart, the visits around them, and how much."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from importlib.resources.abc import Traversable

from sojourn.clinical.evidence import Basis, Citation, Table, read_citations, read_table, toml_files
from sojourn.clinical.protocols.questions import DATA
from sojourn.clinical.protocols.rules import Setting

COURSES = DATA / "courses"


class VisitKind(StrEnum):
    PREPARATION = "preparation"
    DOSING = "dosing"
    INTEGRATION = "integration"


class LimitKind(StrEnum):
    """What a spacing rule limits. Functions in `breaches` give each its meaning."""

    MIN_HOURS_BETWEEN_DOSES = "min_hours_between_doses"
    MAX_DOSES_IN_7_DAYS = "max_doses_in_7_days"
    PREPARATION_BEFORE_FIRST_DOSE = "preparation_before_first_dose"
    INTEGRATION_BEFORE_NEXT_DOSE = "integration_before_next_dose"
    INTEGRATION_WITHIN_DAYS = "integration_within_days"


WITHOUT_VALUE = {LimitKind.PREPARATION_BEFORE_FIRST_DOSE, LimitKind.INTEGRATION_BEFORE_NEXT_DOSE}


class UnknownCourse(KeyError):
    """No course protocol has that id."""


@dataclass(frozen=True, slots=True)
class VisitPlan:
    """One kind of visit. `count` is how many there are; for dosing and integration the doses say it."""

    kind: VisitKind
    count: int
    duration: timedelta
    says: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class DosePlan:
    """Limits of a single dose, in `unit` (mg or mg/kg).

    Above `needs_reason_above` the prescriber gives a reason; above `high` the medical director must agree;
    above `hard_cap` or `hard_cap_mg` nobody may go. `allowed_mg` are the only doses the device can give.
    """

    unit: str
    low: float
    usual: float
    high: float
    hard_cap: float
    says: str
    citations: tuple[Citation, ...]
    hard_cap_mg: float | None = None
    needs_reason_above: float | None = None
    first_high: float | None = None
    first_high_mg_per_kg: float | None = None
    max_raise: float | None = None
    max_mg_in_7_days: float | None = None
    allowed_mg: tuple[int, ...] = ()
    first_allowed_mg: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of a course: so many doses, on these days of each week, counted from its first dose (0)."""

    id: str
    says: str
    doses: int
    weekdays: tuple[int, ...]
    basis: Basis
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """A spacing rule. `holds`: a breach stops the booking; otherwise it is only marked."""

    id: str
    kind: LimitKind
    value: int | None
    says: str
    holds: bool
    basis: Basis
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """A point agreed beforehand at which to judge the benefit."""

    after_dose: int
    says: str
    basis: Basis
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class CourseProtocol:
    """`monitoring` names the monitoring plan of its dosing sessions, `consent` what is signed before."""

    id: str
    version: str
    drug: str
    route: str
    setting: Setting
    title: str
    patient_title: str
    monitoring: str
    consent: str
    visits: tuple[VisitPlan, ...]
    dose: DosePlan
    phases: tuple[Phase, ...]
    limits: tuple[Limit, ...]
    reviews: tuple[Review, ...]

    @property
    def doses(self) -> int:
        """How many doses its first phase has."""
        return self.phases[0].doses

    def visit(self, kind: VisitKind) -> VisitPlan:
        return next(plan for plan in self.visits if plan.kind is kind)

    def limit(self, kind: LimitKind) -> Limit:
        return next(limit for limit in self.limits if limit.kind is kind)


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


NAMES = ("id", "version", "drug", "route", "setting", "title", "patient_title", "monitoring", "consent")
CITED = ("says", "basis", "citations")


def read_course(file: Traversable) -> CourseProtocol:
    """Read one course from its file. Raises DataFileInvalid."""
    table = read_table(file, allowed=("review",), required=(*NAMES, "visits", "dose", "phase", "limit"))
    visits = table.table("visits", allowed=(), required=tuple(VisitKind))
    limits = tuple(
        _limit_from(row)
        for row in table.tables("limit", allowed=("value",), required=("id", "kind", "holds", *CITED))
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
        visits=tuple(_visit_from(visits, kind) for kind in VisitKind),
        dose=_dose_from(table),
        phases=tuple(
            _phase_from(row)
            for row in table.tables("phase", required=("id", "doses", "weekdays", *CITED), allowed=())
        ),
        limits=limits,
        reviews=tuple(
            _review_from(row) for row in table.tables("review", required=("after_dose", *CITED), allowed=())
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
        required=("unit", "low", "usual", "high", "hard_cap", "says", "citations"),
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
        citations=read_citations(row),
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
        holds=row.flag("holds"),
        basis=Basis(row.choice("basis", tuple(Basis))),
        citations=read_citations(row),
    )


def _review_from(row: Table) -> Review:
    return Review(
        after_dose=row.whole("after_dose"),
        says=row.text("says"),
        basis=Basis(row.choice("basis", tuple(Basis))),
        citations=read_citations(row),
    )
