"""What an order comes to by vein, ready to print beside it: the standard infusion, published doses, the home warning."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Self
from uuid import UUID

from sojourn.clinical.pharmacology import (
    CannotSimulate,
    OrderExposure,
    Window,
    expected_course,
    order_exposure,
    ordered_dose,
)
from sojourn.clinical.protocols import CourseProtocol, Setting, Slip, likely_slip
from sojourn.clinical.quantities import Implausible
from sojourn.program.people.places import local_date
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.queries import VisitRow
from sojourn.program.treatment.held import HeldVisit, days_since_doses


@dataclass(frozen=True)
class NextSession:
    """The session an order is for: its number in the course, and the days from each earlier dose to it."""

    number: int = 1
    days_before: tuple[float, ...] = ()

    @classmethod
    def after(
        cls, held: Sequence[HeldVisit], visits: Sequence[VisitRow], *, course_id: UUID | None, today: date
    ) -> Self:
        """Find it from what the patient came to and what is booked; today where no dose is booked."""
        given = {visit.visit_id for visit in held}
        booked = [
            local_date(visit.starts_at, visit.timezone)
            for visit in visits
            if visit.is_dosing and visit.id not in given
        ]
        on = min((day for day in booked if day >= today), default=today)
        doses = [visit for visit in held if visit.kind is VisitKind.DOSING and visit.course_id == course_id]
        return cls(number=len(doses) + 1, days_before=days_since_doses(held, on=on))


@dataclass(frozen=True)
class Compared:
    """An order compared, or the sentence that says why it cannot be. `back` is when most are back from dissociation."""

    mg: Decimal
    drug: str
    session: NextSession
    exposure: OrderExposure | None = None
    refusal: str = ""
    slip: Slip | None = None
    back: Window | None = None
    back_as_first: Window | None = None
    cautions: tuple[str, ...] = ()

    @property
    def is_high(self) -> bool:
        """True where the order asks for a second look: above what was published, or the warning at home."""
        found = self.exposure
        return found is not None and (found.is_above_published or bool(found.home_warning))


def compared(
    *,
    protocol: CourseProtocol,
    mg: Decimal,
    weight_kg: Decimal | None,
    session: NextSession,
    previous_mg: Decimal | None = None,
) -> Compared:
    """Compare a dose of this protocol; a weight is needed because the standard infusion is by weight.

    `previous_mg` is the dose that holds now: ten times as much is a slip worth naming.
    """
    if weight_kg is None:
        return Compared(
            mg, protocol.drug, session, refusal="No weight is on the order, so it cannot be compared."
        )
    slip = None
    try:
        slip = likely_slip(
            protocol=protocol,
            dose_mg=float(mg),
            weight_kg=float(weight_kg),
            previous_mg=None if previous_mg is None else float(previous_mg),
        )
        exposure = order_exposure(
            route=protocol.route,
            mg=float(mg),
            weight_kg=float(weight_kg),
            drug=protocol.drug,
            at_home=protocol.setting is Setting.HOME,
        )
    except Implausible as refused:
        return Compared(mg, protocol.drug, session, refusal=refused.message, slip=slip)
    found = Compared(mg, protocol.drug, session, exposure, slip=slip)
    try:
        dose = ordered_dose(route=protocol.route, drug=protocol.drug, mg=float(mg))
        course = expected_course(dose=dose, weight_kg=float(weight_kg), days_before=session.days_before)
    except CannotSimulate as refused:
        return replace(found, cautions=(f"No course is predicted: {refused.remedy}.",))
    return replace(
        found,
        back=course.back_from_dissociation,
        back_as_first=course.back_as_first if session.days_before else None,
        cautions=course.cautions,
    )
