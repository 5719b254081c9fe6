"""Starting and ending courses, ordering doses, adding chairs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import pghistory
from django.db import IntegrityError, transaction
from django.db.models import Max

from sojourn.clinical import protocols
from sojourn.clinical.quantities import Dose, Weight
from sojourn.program.audit import actions as audit
from sojourn.program.intake.actions import newer_than
from sojourn.program.intake.models import Decision
from sojourn.program.intake.verdicts import ruled_out
from sojourn.program.measures import requesting
from sojourn.program.people.actors import Actor
from sojourn.program.people.models import Patient, Site
from sojourn.program.people.policy import NotAllowed, patients_visible_to, require
from sojourn.program.people.roles import Role
from sojourn.program.plans.asking import A_DOSE
from sojourn.program.plans.choices import EndedHow
from sojourn.program.plans.credentials import missing_to_prescribe
from sojourn.program.plans.desk import CourseNotFound
from sojourn.program.plans.models import Chair, Course, DoseOrder, Visit
from sojourn.program.plans.queries import day_at


class NotDecided(Exception):
    """No standing decision says that treatment suits this patient."""


class AnsweredSince(Exception):
    """The patient has answered the assessment again since the decision; the new answers are decided on first."""


class WayForbidden(Exception):
    """Absolute rules forbid this way of treatment to this patient; `rule_ids` name them. Nobody overrides them."""

    def __init__(self, rule_ids: Sequence[str]) -> None:
        super().__init__(", ".join(rule_ids))
        self.rule_ids = tuple(rule_ids)


class MayNotPrescribe(Exception):
    """The prescriber's papers do not cover this patient; `lacks` say which."""

    def __init__(self, lacks: Sequence[str]) -> None:
        super().__init__("; ".join(lacks))
        self.lacks = tuple(lacks)


class DoseRefused(Exception):
    """The dose lies outside what the protocol allows; `says` name each limit, its rule and its source."""

    def __init__(self, says: Sequence[str]) -> None:
        super().__init__("; ".join(says))
        self.says = tuple(says)


class CourseAlreadyOpen(Exception):
    """The patient is in a course; it must end before another begins."""


class WhyMissing(Exception):
    """An order or an end needs one line of why."""


class CourseEnded(Exception):
    """The course has ended."""


class ChairNameTaken(Exception):
    """The site has a chair of that name."""


@dataclass(frozen=True)
class NewOrder:
    """A dose about to be ordered; `previous_mg` is None before the first session of the course."""

    dose_mg: Decimal
    weight_kg: Decimal
    why: str
    previous_mg: float | None = None


def start_course(
    *,
    patient_id: UUID,
    protocol_id: str,
    dose_mg: Decimal,
    weight_kg: Decimal,
    why: str,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Start a course with its first order and return it. The consent may still be signed before the first dose.

    Raises NotAllowed, NotDecided, AnsweredSince, WayForbidden, MayNotPrescribe, DoseRefused, CourseAlreadyOpen,
    WhyMissing, Implausible.
    """
    require(actor, "start a course", patient_id=patient_id)
    assert actor.staff_id is not None
    protocol = protocols.course_protocol(protocol_id)
    with transaction.atomic(), pghistory.context(actor=str(actor.user_id)):
        patient = (
            Patient.objects.select_for_update(of=("self",), no_key=True)
            .select_related("site")
            .get(pk=patient_id)
        )
        _refuse_way(protocol, patient)
        order = NewOrder(dose_mg, weight_kg, why)
        _check_order(protocol, patient, order, actor=actor, now=now)
        if Course.objects.filter(patient=patient, ended_at=None).exists():
            raise CourseAlreadyOpen
        course = Course.objects.create(
            patient=patient, protocol_id=protocol.id, protocol_version=protocol.version,
            prescriber_id=actor.staff_id, site=patient.site, started_at=now,
        )  # fmt: skip
        _keep_order(course, order, actor=actor, now=now)
        audit.record(actor, "started a course", about=("course", course.id), at=now, patient_id=patient_id)
    return course.id


def order_dose(
    *, course_id: UUID, dose_mg: Decimal, weight_kg: Decimal, why: str, actor: Actor, now: datetime
) -> UUID:
    """Order another dose for the sessions to come; it replaces the order before, which stays on record.

    Raises NotAllowed, CourseNotFound, CourseEnded, MayNotPrescribe, DoseRefused, WhyMissing, Implausible.
    """
    with transaction.atomic():
        course = _locked_course(course_id, actor, "order a dose")
        protocol = protocols.course_protocol(course.protocol_id)
        new = NewOrder(dose_mg, weight_kg, why, previous_mg=_dose_before(course))
        _check_order(protocol, course.patient, new, actor=actor, now=now)
        order = _keep_order(course, new, actor=actor, now=now)
        audit.record(
            actor, "ordered a dose", about=("dose order", order.id), at=now, patient_id=course.patient_id
        )
    return order.id


def end_course(*, course_id: UUID, how: EndedHow, because: str, actor: Actor, now: datetime) -> None:
    """End a course, cancel its visits to come and withdraw its open questionnaires; a completed one is still followed up.

    Raises NotAllowed, CourseNotFound, CourseEnded, WhyMissing.
    """
    if not because.strip():
        raise WhyMissing
    with transaction.atomic(), pghistory.context(actor=str(actor.user_id)):
        course = _locked_course(course_id, actor, "end a course")
        course.ended_at, course.ended_how, course.ended_because = now, EndedHow(how), because.strip()[:1000]
        course.save(update_fields=["ended_at", "ended_how", "ended_because"])
        Visit.objects.filter(course=course, cancelled_at=None, during__startswith__gt=now).update(
            cancelled_at=now, cancelled_because="the course ended"
        )
        requesting.withdraw_requests(
            patient_id=course.patient_id, actor=actor, now=now, but_follow_up=how == EndedHow.COMPLETED
        )
        audit.record(
            actor, "ended a course", about=("course", course_id), at=now, patient_id=course.patient_id
        )


def add_chair(*, site_id: UUID, name: str, actor: Actor, now: datetime) -> UUID:
    """Add a place where one person at a time can be treated. Raises NotAllowed, ChairNameTaken."""
    require(actor, "add a chair")
    if Role.MEDICAL_DIRECTOR not in actor.roles and site_id not in actor.site_ids:
        raise NotAllowed("they do not work at this site")
    try:
        with transaction.atomic():
            chair = Chair.objects.create(site=Site.objects.get(pk=site_id), name=name.strip())
            audit.record(actor, "added a chair", about=("chair", chair.id), at=now)  # fmt: skip
    except IntegrityError as taken:
        raise ChairNameTaken from taken
    return chair.id


def _refuse_way(protocol: protocols.CourseProtocol, patient: Patient) -> None:
    """Refuse a way of treatment no standing decision covers, or that an absolute rule forbids."""
    newest = Decision.objects.filter(patient=patient).select_related("assessment")
    decision = newest.order_by("-decided_at", "-id").first()
    if decision is None or decision.outcome != Decision.Outcome.SUITABLE:
        raise NotDecided
    if newer_than(decision.assessment).exists():
        raise AnsweredSince
    evaluation = protocols.evaluation_from_json(decision.assessment.evaluation)
    against = ruled_out(evaluation).get(protocol.setting, ())
    if against:
        raise WayForbidden(against)


def _check_order(
    protocol: protocols.CourseProtocol, patient: Patient, order: NewOrder, *, actor: Actor, now: datetime
) -> None:
    """Refuse an order without a reason, without papers, or outside what this actor may order.

    What has really been given is known at the bedside, where the dose is checked once more.
    """
    if not order.why.strip():
        raise WhyMissing
    assert actor.staff_id is not None
    today = day_at(now, patient.site.timezone)
    lacks = missing_to_prescribe(staff_id=actor.staff_id, state=patient.state, on=today)
    if lacks:
        raise MayNotPrescribe(lacks)
    Weight(float(order.weight_kg))
    Dose(float(order.dose_mg))
    against = protocols.check_dose(
        protocol=protocol,
        dose_mg=float(order.dose_mg),
        weight_kg=float(order.weight_kg),
        number=1 if order.previous_mg is None else 2,
        previous_mg=order.previous_mg,
    )
    allowed = {"reason", "medical_director"} if Role.MEDICAL_DIRECTOR in actor.roles else {"reason"}
    refusing = [
        f"{breach.says} {breach.rule_id}, {breach.citation.in_words}."
        for breach in against
        if breach.needs not in allowed
    ]
    if refusing:
        raise DoseRefused(refusing)


def _keep_order(course: Course, order: NewOrder, *, actor: Actor, now: datetime) -> DoseOrder:
    assert actor.staff_id is not None
    return DoseOrder.objects.create(
        course=course,
        dose_mg=order.dose_mg,
        weight_kg=order.weight_kg,
        why=order.why.strip()[:1000],
        ordered_by_id=actor.staff_id,
        ordered_at=now,
    )


def _dose_before(course: Course) -> float | None:
    """The dose of the last session of the course in which one was given, all portions of it; None where none was yet.

    What was ordered for a session without a dose says nothing about what the patient has borne.
    """
    dosed = Visit.objects.filter(A_DOSE, course=course).annotate(dosed_at=Max("session_events__taken_at"))
    last = dosed.order_by("-dosed_at").first()
    if last is None:
        return None
    given = Visit.objects.filter(A_DOSE, pk=last.pk).values_list("session_events__facts", flat=True)
    return sum(float(facts["mg"]) for facts in given)


def _locked_course(course_id: UUID, actor: Actor, deed: str) -> Course:
    course = (
        Course.objects.select_for_update(of=("self",), no_key=True)
        .select_related("patient__site")
        .filter(patients_visible_to(actor, "patient"), pk=course_id)
        .first()
    )
    if course is None:
        raise CourseNotFound
    require(actor, deed, patient_id=course.patient_id)
    if course.ended_at is not None:
        raise CourseEnded
    return course
