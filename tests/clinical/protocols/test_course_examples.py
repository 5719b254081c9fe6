"""The examples written beside each limit of a course come out as told, on both sides of its edge."""

from datetime import UTC, datetime, timedelta

import pytest

from sojourn.clinical.protocols.breaches import Visit, breaches
from sojourn.clinical.protocols.course_files import course_protocols
from sojourn.clinical.protocols.courses import LimitKind, VisitKind
from sojourn.clinical.protocols.doses import check_dose
from sojourn.clinical.protocols.policies import policies
from sojourn.clinical.protocols.standing import statements

DAY_0 = datetime(2026, 11, 2, 8, tzinfo=UTC)
PREPARED = Visit(VisitKind.PREPARATION, 1, DAY_0 - timedelta(days=1))
ORDERS = [
    pytest.param(protocol, example, id=f"{protocol.id}-{example.dose_mg:g}mg-dose{example.number}")
    for protocol in course_protocols()
    for example in protocol.dose.examples
]
SPACINGS = [
    pytest.param(protocol, limit, example, id=f"{protocol.id}-{limit.id}-{example.value}")
    for protocol in course_protocols()
    for limit in protocol.limits
    for example in limit.examples
]


@pytest.mark.parametrize(("protocol", "example"), ORDERS)
def test_an_order_breaks_what_its_example_says(protocol, example):
    found = check_dose(
        protocol=protocol,
        dose_mg=example.dose_mg,
        weight_kg=example.weight_kg,
        number=example.number,
        previous_mg=example.previous_mg,
        given_in_7_days_mg=example.given_in_7_days_mg,
    )
    assert tuple(breach.rule_id for breach in found) == example.breaks


@pytest.mark.parametrize(("protocol", "limit", "example"), SPACINGS)
def test_a_series_breaks_a_spacing_rule_exactly_as_its_example_says(protocol, limit, example):
    found = {
        breach.rule_id for breach in breaches(protocol=protocol, series=_series(limit.kind, example.value))
    }
    assert (limit.id in found) is example.breaks


def _series(kind, value):
    def dose(number, after):
        return Visit(VisitKind.DOSING, number, DAY_0 + after)

    match kind:
        case LimitKind.MIN_HOURS_BETWEEN_DOSES:
            return [PREPARED, dose(1, timedelta()), dose(2, timedelta(hours=value))]
        case LimitKind.MAX_DOSES_IN_7_DAYS:
            return [PREPARED, *(dose(n, timedelta(days=n)) for n in range(value))]
        case LimitKind.PREPARATION_BEFORE_FIRST_DOSE:
            return [*[PREPARED][:value], dose(1, timedelta())]
        case LimitKind.INTEGRATION_BEFORE_NEXT_DOSE:
            talk = Visit(VisitKind.INTEGRATION, 1, DAY_0 + timedelta(days=1))
            return [PREPARED, dose(1, timedelta()), *[talk][:value], dose(2, timedelta(days=7))]
        case LimitKind.INTEGRATION_WITHIN_DAYS:
            return [
                PREPARED,
                dose(1, timedelta()),
                Visit(VisitKind.INTEGRATION, 1, DAY_0 + timedelta(days=value, hours=2)),
            ]
    raise AssertionError(kind)


def test_every_limit_of_every_course_has_examples_on_both_sides():
    for protocol in course_protocols():
        assert {bool(example.breaks) for example in protocol.dose.examples} == {True, False}, protocol.id
        for limit in protocol.limits:
            assert {example.breaks for example in limit.examples} == {True, False}, (protocol.id, limit.id)


def test_every_policy_and_statement_speaks_to_clinician_and_patient_and_names_its_source():
    for row in (*policies(), *statements()):
        assert row.says
        assert row.patient_says
        assert row.citations
    for statement in statements():
        assert statement.kept_by
        assert statement.settings
