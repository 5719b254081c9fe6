"""What holds a dose at the bedside: everything that must be in force in the moment before it is given."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F
from django.utils.formats import date_format

from sojourn.clinical import protocols
from sojourn.clinical.monitoring.checklist import BASELINE_SIGNALS
from sojourn.clinical.monitoring.diversion import Level
from sojourn.clinical.monitoring.diversion_files import diversion_rules
from sojourn.clinical.monitoring.dose_check import Ordered, dose_check_holds
from sojourn.clinical.monitoring.dose_rules import dose_rule
from sojourn.program.intake.models import Assessment
from sojourn.program.intake.verdicts import ruled_out
from sojourn.program.people.actors import Actor
from sojourn.program.people.roles import Role
from sojourn.program.plans.credentials import missing_to_prescribe
from sojourn.program.plans.models import DoseOrder
from sojourn.program.plans.queries import VisitRow, day_at
from sojourn.program.safety.watch import watch_state
from sojourn.program.treatment.diversion import diversion_now
from sojourn.program.treatment.given import dose_given
from sojourn.program.treatment.readiness import readiness_of
from sojourn.program.treatment.sessions import Session

LATE_AT_MOST = timedelta(hours=12)  # program policy: a session that runs late keeps its day


@dataclass(frozen=True)
class Hold:
    """One reason why no dose is given now. `source` says who says so, `then` what to do next where it is known."""

    says: str
    source: str = ""
    then: str = ""


def holds_of(session: Session, *, actor: Actor, now: datetime) -> tuple[Hold, ...]:
    """Name everything that holds the dose of this session now; empty when it may be given.

    Thirteen queries, four more at home, five more with a stop rule.
    """
    return (
        *_of_the_watch(),
        *_of_the_checks(session),
        *_of_the_dose_check(session, now),
        *_of_the_course(session, actor, now),
    )


def _of_the_watch() -> list[Hold]:
    """Nobody is given a dose whom nobody would miss."""
    state = watch_state()
    if state.is_living:
        return []
    since = (
        "has never run" if state.silent_for_s is None else f"has been silent for {state.silent_for_s:.0f} s"
    )
    return [
        Hold(
            f"The watch {since}: a missed look would raise no alarm. Have it started before the dose.",
            "program policy",
        )
    ]


def _of_the_checks(session: Session) -> list[Hold]:
    state = session.state
    found = [Hold(hold.says, hold.citations[0].in_words) for hold in state.held_by]
    if state.unanswered:
        found.append(Hold(f"The checklist is not finished: {len(state.unanswered)} to answer."))
    if state.needs_baseline:
        missing = ", ".join(BASELINE_SIGNALS[signal] for signal in state.needs_baseline)
        found.append(Hold(f"Vital signs before the dose are missing: {missing}."))
    return found


def _of_the_dose_check(session: Session, now: datetime) -> list[Hold]:
    held = dose_check_holds(
        session.told,
        rule=dose_rule(session.plan.id),
        ordered=ordered_in(session),
        at=now,
        on=day_at(now, session.visit.timezone),
    )
    return [Hold(hold.says, hold.citations[0].in_words, hold.then) for hold in held]


def _of_the_course(session: Session, actor: Actor, now: datetime) -> list[Hold]:
    row = session.visit
    readiness = readiness_of(row.id, actor=actor, now=now)
    assert readiness is not None
    found = [Hold(f"{item.name}: {item.says}.", item.source) for item in readiness.missing if item.holds]
    found += _of_the_day(row, now)
    found += _of_the_rules(session)
    found += _of_the_signs(row, now)
    order = (
        DoseOrder.objects.filter(course_id=row.course_id)
        .annotate(state=F("course__patient__state"), by_roles=F("ordered_by__roles"))
        .order_by("-ordered_at")
        .first()
    )
    if order is None:
        return found
    lacks = missing_to_prescribe(
        staff_id=order.ordered_by_id, state=order.state, on=day_at(now, row.timezone)
    )
    found += [Hold(f"The prescriber of this order {lack}.", "program policy") for lack in lacks]
    against = protocols.dose_now(
        protocol=session.protocol,
        given=_given_to(row),
        mg=float(order.dose_mg),
        weight_kg=float(order.weight_kg) if order.weight_kg is not None else None,
        at=now,
        zone=ZoneInfo(row.timezone),
    )
    # What only the medical director may order was so by them, or not at all (see `order_dose`); but what had been given when
    # it was ordered may have been corrected or struck out since, and then a step is higher than it was.
    allowed = {"reason", "medical_director"} if Role.MEDICAL_DIRECTOR in order.by_roles else {"reason"}
    found += [
        Hold(breach.says, breach.citation.in_words) for breach in against if breach.needs not in allowed
    ]
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


def _of_the_signs(row: VisitRow, now: datetime) -> list[Hold]:
    """The words are read beside the patient: what is behind them stands on the chart, for clinicians alone."""
    if diversion_now(row.patient_id, now=now).level is not Level.HOLD:
        return []
    says = "The prescriber talks with the patient before the next dose: the chart says about what."
    return [Hold(says, diversion_rules().citations[0].in_words)]


def ordered_in(session: Session) -> Ordered:
    """What is ordered for this session: the protocol's drug and route, and the order that holds."""
    mg = float(session.ordered_mg) if session.ordered_mg is not None else None
    return Ordered(session.protocol.drug, session.protocol.route, mg)


def _given_to(row: VisitRow) -> tuple[protocols.GivenDose, ...]:
    """The dose of every other session this patient had, in whatever course.

    What was given in portions is one dose: all of it, at the time of the last.
    """
    doses = dose_given(visit__patient_id=row.patient_id).exclude(visit_id=row.id).order_by("taken_at")
    found: dict[UUID, protocols.GivenDose] = {}
    for visit_id, taken_at, facts, protocol_id, course_id in doses.values_list(
        "visit_id", "taken_at", "facts", "visit__course__protocol_id", "visit__course_id"
    ):
        before = found[visit_id].mg if visit_id in found else 0.0
        found[visit_id] = protocols.GivenDose(
            at=taken_at,
            mg=before + float(facts["mg"]),
            drug=protocols.course_protocol(protocol_id).drug,
            in_course=course_id == row.course_id,
        )
    return tuple(found.values())
