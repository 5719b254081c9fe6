"""Proves the limits of a course by their own examples: orders, and short series made for the purpose."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from sojourn.clinical.protocols.breaches import Visit, breaches
from sojourn.clinical.protocols.courses import CourseProtocol, DoseExample, Limit, LimitKind, VisitKind
from sojourn.clinical.protocols.doses import check_dose

_DAY = datetime(2025, 1, 6, 8, tzinfo=UTC)  # any: an example has no date of its own
_PREPARED = Visit(VisitKind.PREPARATION, 1, _DAY - timedelta(days=1))


def defects_of_course(protocol: CourseProtocol) -> Iterator[str]:
    """Say which example comes out otherwise than told, and which limit lacks one on either side."""
    for example in protocol.dose.examples:
        found = _broken_by(protocol, example)
        if found != example.breaks:
            told, got = (" and ".join(names) or "nothing" for names in (example.breaks, found))
            yield f"the example of {example.dose_mg:g} mg should break {told} but breaks {got}"
    if {bool(example.breaks) for example in protocol.dose.examples} != {True, False}:
        yield "give the dose at least one example within its limits and one that breaks one"
    for limit in protocol.limits:
        yield from _defects_of_limit(protocol, limit)


def _broken_by(protocol: CourseProtocol, example: DoseExample) -> tuple[str, ...]:
    found = check_dose(
        protocol=protocol,
        dose_mg=example.dose_mg,
        weight_kg=example.weight_kg,
        number=example.number,
        previous_mg=example.previous_mg,
        given_in_7_days_mg=example.given_in_7_days_mg,
    )
    return tuple(breach.rule_id for breach in found)


def _defects_of_limit(protocol: CourseProtocol, limit: Limit) -> Iterator[str]:
    for example in limit.examples:
        found = {
            breach.rule_id
            for breach in breaches(protocol=protocol, series=_series(limit.kind, example.value))
        }
        if (limit.id in found) is not example.breaks:
            yield f"the example {example.value} of {limit.id} comes out otherwise"
    if {example.breaks for example in limit.examples} != {True, False}:
        yield f"give {limit.id} at least one example that keeps it and one that breaks it"


def _series(kind: LimitKind, value: int) -> Sequence[Visit]:
    """Make the shortest series in which the number of an example is the only thing that may break a rule."""
    first = _dose(1, timedelta())
    match kind:
        case LimitKind.MIN_HOURS_BETWEEN_DOSES:
            return [_PREPARED, first, _dose(2, timedelta(hours=value))]
        case LimitKind.MAX_DOSES_IN_7_DAYS:
            return [_PREPARED, *(_dose(number, timedelta(days=number)) for number in range(min(value, 7)))]
        case LimitKind.PREPARATION_BEFORE_FIRST_DOSE:
            return [*[_PREPARED][: max(value, 0)], first]
        case LimitKind.INTEGRATION_BEFORE_NEXT_DOSE:
            talks = [_integration(timedelta(days=1))][: max(value, 0)]
            return [_PREPARED, first, *talks, _dose(2, timedelta(days=7))]
        case LimitKind.INTEGRATION_WITHIN_DAYS:
            return [_PREPARED, first, _integration(timedelta(days=value, hours=2))]


def _dose(number: int, after: timedelta) -> Visit:
    return Visit(VisitKind.DOSING, number, _DAY + after)


def _integration(after: timedelta) -> Visit:
    return Visit(VisitKind.INTEGRATION, 1, _DAY + after)
