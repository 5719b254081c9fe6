"""Courses of treatment as data: how many doses, how far apart, the visits around them, and how much."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sojourn.clinical.evidence import Basis, Citation
from sojourn.clinical.evidence.validity import Validity
from sojourn.clinical.protocols.rules import Setting


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


@dataclass(frozen=True, slots=True)
class VisitPlan:
    """One kind of visit. `count` is how many there are; for dosing and integration the doses say it."""

    kind: VisitKind
    count: int
    duration: timedelta
    says: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class DoseExample:
    """An order at the edge of a limit, and the ids of what it breaks, in order."""

    dose_mg: float
    weight_kg: float | None
    number: int
    previous_mg: float | None
    given_in_7_days_mg: float
    breaks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LimitExample:
    """A number at the edge of a spacing rule, and whether it breaks it.

    It counts hours, doses or days; for preparation and integration before a dose, how many were held.
    """

    value: int
    breaks: bool


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
    patient_says: str
    citations: tuple[Citation, ...]
    examples: tuple[DoseExample, ...]
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
    patient_says: str
    holds: bool
    basis: Basis
    citations: tuple[Citation, ...]
    examples: tuple[LimitExample, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """A point agreed beforehand at which to judge the benefit."""

    after_dose: int
    says: str
    patient_says: str
    basis: Basis
    citations: tuple[Citation, ...]


SHORT_ROUTES = {"intranasal": "nasal", "intravenous": "IV", "intramuscular": "IM", "subcutaneous": "SC"}


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
    validity: Validity
    visits: tuple[VisitPlan, ...]
    dose: DosePlan
    phases: tuple[Phase, ...]
    limits: tuple[Limit, ...]
    reviews: tuple[Review, ...]

    @property
    def route_in_short(self) -> str:
        """The route as a clinician abbreviates it beside a dose."""
        return SHORT_ROUTES.get(self.route, self.route)

    @property
    def doses(self) -> int:
        """How many doses its first phase has."""
        return self.phases[0].doses

    def visit(self, kind: VisitKind) -> VisitPlan:
        return next(plan for plan in self.visits if plan.kind is kind)

    def limit(self, kind: LimitKind) -> Limit:
        return next(limit for limit in self.limits if limit.kind is kind)
