"""What may be sent home: few doses at a time, none while a count does not agree, each rule with its source."""

from datetime import UTC, date, datetime, timedelta

import pytest

from sojourn.clinical.monitoring.shipping import ShipmentAsked, Shipped, shipment_breaches, shipping_rules

AT = datetime(2026, 12, 1, 18, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
GOOD_UNTIL = date(2027, 6, 30)


def asked(doses, *, tablets=None, expires_on=GOOD_UNTIL):
    return ShipmentAsked(tablets=tablets or doses, doses=doses, lot="L1", expires_on=expires_on, at=AT)


def shipped(ago, n):
    return Shipped("shipped", n, n, None, AT - ago)


def counted(n, *, remains=0, ago=HOUR):
    return Shipped("counted", 0, remains, n, AT - ago)


def held(doses, *history, **more):
    return [breach.rule_id for breach in shipment_breaches(asked(doses, **more), history=history)]


@pytest.mark.parametrize(("doses", "holds"), [(1, []), (2, []), (3, ["SHIP-FIRST"])])
def test_the_first_shipment_holds_at_most_two_doses(doses, holds):
    assert held(doses) == holds


@pytest.mark.parametrize(("doses", "holds"), [(4, []), (5, ["SHIP-DOSES"]), (0, ["SHIP-DOSES"])])
def test_a_later_shipment_holds_at_most_four_doses(doses, holds):
    assert held(doses, shipped(60 * DAY, 2), counted(0)) == holds


@pytest.mark.parametrize(
    ("ago", "holds"),
    [(28 * DAY - timedelta(microseconds=1), ["SHIP-28-DAYS"]), (28 * DAY, [])],
)
def test_no_more_than_four_doses_in_28_days(ago, holds):
    assert held(3, shipped(ago, 2), counted(0)) == holds
    assert held(2, shipped(ago, 2), counted(0)) == []


@pytest.mark.parametrize(
    ("count", "remains", "holds"),
    [(4, 4, []), (3, 4, []), (5, 4, []), (2, 4, ["SHIP-MISMATCH"]), (6, 4, ["SHIP-MISMATCH"]), (0, 0, [])],
)
def test_a_count_that_differs_by_more_than_one_holds_the_next_shipment(count, remains, holds):
    assert held(1, shipped(60 * DAY, 8), counted(count, remains=remains)) == holds


@pytest.mark.parametrize(("ago", "holds"), [(72 * HOUR, []), (73 * HOUR, ["SHIP-COUNT"])])
def test_the_tablets_were_counted_not_long_ago(ago, holds):
    assert held(1, shipped(60 * DAY, 2), counted(0, ago=ago)) == holds


def test_a_count_made_before_the_last_session_is_no_count():
    used = Shipped("used", -1, 1, None, AT - HOUR)
    assert held(1, shipped(60 * DAY, 2), counted(2, remains=2, ago=2 * HOUR), used) == ["SHIP-COUNT"]


@pytest.mark.parametrize(("days", "holds"), [(27, ["SHIP-EXPIRED"]), (28, [])])
def test_a_lot_outlives_its_use(days, holds):
    assert held(1, expires_on=(AT + days * DAY).date()) == holds


def test_each_rule_names_its_source():
    assert all(citations for _says, citations in shipping_rules().says.values())
