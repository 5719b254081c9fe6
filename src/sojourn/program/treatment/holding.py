"""What holds a dose at the bedside: everything that must be in force in the moment before it is given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F
from django.utils.formats import date_format

from sojourn.clinical import monitoring, protocols
from sojourn.clinical.monitoring.dose_check import Ordered, dose_check_holds
from sojourn.clinical.monitoring.dose_rules import dose_rule
from sojourn.clinical.protocols.courses import LimitKind
from sojourn.program.intake.models import Assessment
from sojourn.program.intake.verdicts import ruled_out
from sojourn.program.people.actors import Actor
from sojourn.program.plans.credentials import missing_to_prescribe
from sojourn.program.plans.models import DoseOrder
from sojourn.program.plans.queries import VisitRow, day_at
from sojourn.program.treatment.readiness import dose_given, readiness_of
from sojourn.program.treatment.sessions import Session

WEEK = timedelta(days=7)
LATE_AT_MOST = timedelta(hours=12)  # program policy: a session that runs late keeps its day
SPACING = (LimitKind.MIN_HOURS_BETWEEN_DOSES, LimitKind.MAX_DOSES_IN_7_DAYS)


@dataclass(frozen=True)
class Hold:
    """One reason why no dose is given now. `source` says who says so."""

    says: str
    source: str = ""


@dataclass(frozen=True)
class GivenDose:
    number: int
    given_at: datetime
    mg: float


def holds_of(session: Session, *, actor: Actor, now: datetime) -> tuple[Hold, ...]:
    """Name everything that holds the dose of this session now; empty when it may be given. Eight queries."""
    return (*_of_the_checks(session), *_of_the_dose_check(session, now), *_of_the_course(session, actor, now))


def _of_the_checks(session: Session) -> list[Hold]:
    state = session.state
    found = [Hold(hold.says, hold.citations[0].in_words) for hold in state.held_by]
    if state.unanswered:
        found.append(Hold(f"The checklist is not finished: {len(state.unanswered)} to answer."))
    if state.needs_baseline:
        names = {"systolic": "blood pressure", "heart_rate": "heart rate", "spo2": "oxygen"}
        missing = ", ".join(names[signal] for signal in state.needs_baseline)
        found.append(Hold(f"Vital signs before the dose are missing: {missing}."))
    return found


def _of_the_dose_check(session: Session, now: datetime) -> list[Hold]:
    told = monitoring.in_order(row.as_event() for row in session.events)
    held = dose_check_holds(
        told,
        rule=dose_rule(session.plan.id),
        ordered=ordered_in(session),
        at=now,
        on=day_at(now, session.visit.timezone),
    )
    return [Hold(hold.says, hold.citations[0].in_words) for hold in held]


def _of_the_course(session: Session, actor: Actor, now: datetime) -> list[Hold]:
    row = session.visit
    readiness = readiness_of(row.id, actor=actor, now=now)
    assert readiness is not None
    found = [Hold(f"{item.name}: {item.says}.", "program policy") for item in readiness.missing if item.holds]
    given = _given_before(row)
    found += _of_the_day(row, now)
    found += _of_the_rules(session)
    found += _of_the_spacing(session, given, now)
    order = (
        DoseOrder.objects.filter(course_id=row.course_id)
        .annotate(state=F("course__patient__state"))
        .order_by("-ordered_at")
        .first()
    )
    if order is None:
        return found
    lacks = missing_to_prescribe(
        staff_id=order.ordered_by_id, state=order.state, on=day_at(now, row.timezone)
    )
    found += [Hold(f"The prescriber of this order {lack}.", "program policy") for lack in lacks]
    against = protocols.check_dose(
        protocol=session.protocol,
        dose_mg=float(order.dose_mg),
        weight_kg=float(order.weight_kg) if order.weight_kg is not None else None,
        number=len(given) + 1,
        previous_mg=given[-1].mg if given else None,
        given_in_7_days_mg=sum(dose.mg for dose in given if now - dose.given_at < WEEK),
    )
    # An order above the prescriber's own range was made by the medical director, or not at all: see `order_dose`.
    found += [Hold(breach.says, breach.citation.in_words) for breach in against if breach.needs == "never"]
    return found


def _of_the_day(row: VisitRow, now: datetime) -> list[Hold]:
    booked_on = day_at(row.starts_at, row.timezone)
    if day_at(now, row.timezone) >= booked_on and now <= row.ends_at + LATE_AT_MOST:
        return []
    return [
        Hold(
            f"Booked for {date_format(booked_on, 'D M j')}: move it to today before a dose.", "program policy"
        )
    ]


def _of_the_rules(session: Session) -> list[Hold]:
    """What the patient's newest answers bring: an absolute rule holds a dose in a course begun before them, too."""
    newest = Assessment.objects.filter(patient_id=session.visit.patient_id).order_by("-taken_at").first()
    if newest is None:
        return []
    evaluation = protocols.evaluation_from_json(newest.evaluation)
    against = ruled_out(evaluation).get(session.protocol.setting, ())
    return [
        Hold(f"{finding.clinician_says} ({finding.rule_id}, absolute)", finding.citations[0].in_words)
        for finding in evaluation.findings
        if finding.rule_id in against
    ]


def _of_the_spacing(session: Session, given: Sequence[GivenDose], now: datetime) -> list[Hold]:
    row = session.visit
    zone = ZoneInfo(row.timezone)
    series = [
        protocols.Visit(protocols.VisitKind.DOSING, dose.number, dose.given_at.astimezone(zone))
        for dose in given
    ]
    series.append(protocols.Visit(protocols.VisitKind.DOSING, row.number, now.astimezone(zone)))
    counted = {session.protocol.limit(kind).id for kind in SPACING}
    return [
        Hold(breach.says, breach.citation.in_words)
        for breach in protocols.breaches(protocol=session.protocol, series=series)
        if breach.rule_id in counted and breach.about == ("dosing", row.number)
    ]


def ordered_in(session: Session) -> Ordered:
    """What is ordered for this session: the protocol's drug and route, and the order that holds."""
    mg = float(session.ordered_mg) if session.ordered_mg is not None else None
    return Ordered(session.protocol.drug, session.protocol.route, mg)


def _given_before(row: VisitRow) -> tuple[GivenDose, ...]:
    doses = dose_given(visit__course_id=row.course_id, visit__cancelled_at=None).exclude(visit_id=row.id)
    return tuple(
        GivenDose(number, taken_at, float(facts["mg"]))
        for number, taken_at, facts in doses.order_by("taken_at").values_list(
            "visit__number", "taken_at", "facts"
        )
    )
