"""Judges a dose, in the moment before it is given, against every dose this person had, in whatever course."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from sojourn.clinical.protocols.breaches import Breach, Visit, breaches
from sojourn.clinical.protocols.courses import CourseProtocol, LimitKind, VisitKind
from sojourn.clinical.protocols.doses import check_dose

WEEK = timedelta(days=7)
SPACING = (LimitKind.MIN_HOURS_BETWEEN_DOSES, LimitKind.MAX_DOSES_IN_7_DAYS)


@dataclass(frozen=True, slots=True)
class GivenDose:
    """A dose on record. `in_course`: it belongs to the course of the dose being judged."""

    at: datetime
    mg: float
    drug: str
    in_course: bool


def dose_now(
    *,
    protocol: CourseProtocol,
    given: Sequence[GivenDose],
    mg: float,
    weight_kg: float | None,
    at: datetime,
    zone: tzinfo,
) -> tuple[Breach, ...]:
    """Name every rule of spacing and amount that a dose of `mg` at this moment would break.

    Spacing counts every dose by real time, and days by the calendar of `zone`, the site's. The cap of 7 days counts
    the same drug, the steps of a dose the same course. Raises WeightNeeded, Implausible.
    """
    own = sorted((dose for dose in given if dose.in_course), key=lambda dose: dose.at)
    before = [dose for dose in own if dose.at <= at]
    week = sum(dose.mg for dose in given if dose.drug == protocol.drug and _apart(dose.at, at) < WEEK)
    of_amount = check_dose(
        protocol=protocol,
        dose_mg=mg,
        weight_kg=weight_kg,
        number=len(before) + 1,
        previous_mg=before[-1].mg if before else None,
        given_in_7_days_mg=week,
    )
    return (*_of_spacing(protocol, given, at, zone), *of_amount)


def _of_spacing(
    protocol: CourseProtocol, given: Sequence[GivenDose], at: datetime, zone: tzinfo
) -> tuple[Breach, ...]:
    """What the series breaks with this dose and not without it: a dose told late stands between others."""
    moments = sorted({dose.at.astimezone(zone) for dose in given})
    series = [Visit(VisitKind.DOSING, number, moment) for number, moment in enumerate(moments, 1)]
    this = Visit(VisitKind.DOSING, len(series) + 1, at.astimezone(zone))
    counted = {protocol.limit(kind).id for kind in SPACING}
    broken = {(each.rule_id, each.about) for each in breaches(protocol=protocol, series=series)}
    found = {
        each.rule_id: each
        for each in breaches(protocol=protocol, series=[*series, this])
        if each.rule_id in counted and (each.rule_id, each.about) not in broken
    }
    return tuple(found.values())


def _apart(one: datetime, other: datetime) -> timedelta:
    return abs(other.astimezone(UTC) - one.astimezone(UTC))
