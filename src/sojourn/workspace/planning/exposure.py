"""What an order comes to by vein, ready to print beside it: the standard infusion, published doses, the home warning."""

from dataclasses import dataclass
from decimal import Decimal

from sojourn.clinical.pharmacology import (
    CannotSimulate,
    OrderExposure,
    Window,
    expected_course,
    order_exposure,
    ordered_dose,
)
from sojourn.clinical.protocols import CourseProtocol, Setting
from sojourn.clinical.quantities import Implausible


@dataclass(frozen=True)
class Compared:
    """An order compared, or the sentence that says why it cannot be. `back` is when most are back from dissociation."""

    mg: Decimal
    drug: str
    exposure: OrderExposure | None = None
    refusal: str = ""
    back: Window | None = None
    cautions: tuple[str, ...] = ()

    @property
    def is_high(self) -> bool:
        """True where the order asks for a second look: above what was published, or the warning at home."""
        found = self.exposure
        return found is not None and (found.is_above_published or bool(found.home_warning))


def compared(*, protocol: CourseProtocol, mg: Decimal, weight_kg: Decimal | None) -> Compared:
    """Compare a dose of this protocol; a weight is needed because the standard infusion is by weight."""
    if weight_kg is None:
        return Compared(mg, protocol.drug, refusal="No weight is on the order, so it cannot be compared.")
    try:
        exposure = order_exposure(
            route=protocol.route,
            mg=float(mg),
            weight_kg=float(weight_kg),
            drug=protocol.drug,
            at_home=protocol.setting is Setting.HOME,
        )
    except Implausible as refused:
        return Compared(mg, protocol.drug, refusal=refused.message)
    try:
        dose = ordered_dose(route=protocol.route, drug=protocol.drug, mg=float(mg))
        course = expected_course(dose=dose, weight_kg=float(weight_kg))
    except CannotSimulate as refused:
        return Compared(mg, protocol.drug, exposure, cautions=(f"No course is predicted: {refused.remedy}.",))
    return Compared(mg, protocol.drug, exposure, back=course.back_from_dissociation, cautions=course.cautions)
