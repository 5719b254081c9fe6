"""The ledger's entries about courses: doses, spacing, series, reviews and visits."""

from collections.abc import Iterator

from sojourn.clinical.evidence import Basis
from sojourn.clinical.protocols.course_files import course_protocols
from sojourn.clinical.protocols.courses import CourseProtocol, DoseExample, LimitKind
from sojourn.clinical.protocols.doses import basis_of
from sojourn.clinical.protocols.ledger.entries import Entry, Where

COUNTED = {
    LimitKind.MIN_HOURS_BETWEEN_DOSES: "hours apart",
    LimitKind.MAX_DOSES_IN_7_DAYS: "doses in 7 days",
    LimitKind.PREPARATION_BEFORE_FIRST_DOSE: "preparations held",
    LimitKind.INTEGRATION_BEFORE_NEXT_DOSE: "integrations held",
    LimitKind.INTEGRATION_WITHIN_DAYS: "days after the dose",
}
"""What the number of an example counts."""


def entries_of_courses() -> Iterator[Entry]:
    """Give the entries course by course."""
    for protocol in course_protocols():
        yield from _of_dose(protocol)
        yield from _of_series(protocol)
        yield from _of_limits(protocol)


def _family(protocol: CourseProtocol) -> str:
    return f"Course: {protocol.title}"


def _of_dose(protocol: CourseProtocol) -> Iterator[Entry]:
    yield Entry(
        id=f"{protocol.id}/DOSE",
        family=_family(protocol),
        says=protocol.dose.says,
        patient_says=protocol.dose.patient_says,
        where=(Where(protocol.setting.label, "dose limit", basis_of(protocol.dose)),),
        citations=protocol.dose.citations,
        validity=protocol.validity,
        unknown="a dose by weight cannot be ordered without a weight",
        examples=tuple(_order(example) for example in protocol.dose.examples),
    )


def _order(example: DoseExample) -> str:
    told = [f"{example.dose_mg:g} mg", f"dose {example.number}"]
    if example.weight_kg is not None:
        told.append(f"{example.weight_kg:g} kg")
    if example.previous_mg is not None:
        told.append(f"{example.previous_mg:g} mg before")
    if example.given_in_7_days_mg:
        told.append(f"{example.given_in_7_days_mg:g} mg in 7 days")
    return f"{', '.join(told)}: {' and '.join(example.breaks) or 'within limits'}"


def _of_series(protocol: CourseProtocol) -> Iterator[Entry]:
    for phase in protocol.phases:
        yield Entry(
            id=f"{protocol.id}/PHASE-{phase.id}",
            family=_family(protocol),
            says=phase.says,
            patient_says=phase.says,
            where=(Where(protocol.setting.label, "series", phase.basis),),
            citations=phase.citations,
            validity=protocol.validity,
        )
    for review in protocol.reviews:
        yield Entry(
            id=f"{protocol.id}/REVIEW-{review.after_dose}",
            family=_family(protocol),
            says=review.says,
            patient_says=review.patient_says,
            where=(Where(protocol.setting.label, "review", review.basis),),
            citations=review.citations,
            validity=protocol.validity,
        )
    for plan in protocol.visits:
        yield Entry(
            id=f"{protocol.id}/VISIT-{plan.kind}",
            family=_family(protocol),
            says=plan.says,
            patient_says=plan.says,
            where=(Where(protocol.setting.label, "visit", Basis.PROGRAM_POLICY),),
            citations=plan.citations,
            validity=protocol.validity,
        )


def _of_limits(protocol: CourseProtocol) -> Iterator[Entry]:
    for limit in protocol.limits:
        weight = "holds the dose" if limit.holds else "marks the dose"
        yield Entry(
            id=f"{protocol.id}/{limit.id}",
            family=_family(protocol),
            says=limit.says,
            patient_says=limit.patient_says,
            where=(Where(protocol.setting.label, weight, limit.basis),),
            citations=limit.citations,
            validity=protocol.validity,
            examples=tuple(
                f"{each.value} {COUNTED[limit.kind]}: {'breaks it' if each.breaks else 'keeps it'}"
                for each in limit.examples
            ),
        )
