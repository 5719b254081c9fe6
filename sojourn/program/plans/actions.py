"""Starting and ending courses, ordering doses, adding chairs."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import pghistory
from django.db import IntegrityError, transaction

from sojourn.clinical import protocols
from sojourn.clinical.quantities import Dose, Weight
from sojourn.program.audit import actions as audit
from sojourn.program.intake import queries as intake
from sojourn.program.measures import actions as measures
from sojourn.program.people.actors import Actor
from sojourn.program.people.models import Patient, Site
from sojourn.program.people.policy import patients_visible_to, require
from sojourn.program.plans.choices import EndedHow
from sojourn.program.plans.credentials import missing_to_prescribe
from sojourn.program.plans.desk import CourseNotFound
from sojourn.program.plans.models import Chair, Course, DoseOrder, Visit
from sojourn.program.plans.queries import day_at

SUITABLE = "suitable"


class NotDecided(Exception):
    """No standing decision says that treatment suits this patient."""


class MayNotPrescribe(Exception):
    """The prescriber's papers do not cover this patient; `lacks` say which."""

    def __init__(self, lacks: Sequence[str]) -> None:
        super().__init__("; ".join(lacks))
        self.lacks = tuple(lacks)


class DoseRefused(Exception):
    """The dose lies outside what the protocol allows; `says` name the limits and their sources."""

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

    Raises NotAllowed, NotDecided, MayNotPrescribe, DoseRefused, CourseAlreadyOpen, WhyMissing, Implausible.
    """
    require(actor, "start a course", patient_id=patient_id)
    protocol = protocols.course_protocol(protocol_id)
    with transaction.atomic(), pghistory.context(actor=str(actor.user_id)):
        patient = (
            Patient.objects.select_for_update(of=("self",), no_key=True)
            .select_related("site")
            .get(pk=patient_id)
        )
        decision = intake.latest_decision(patient_id)
        if decision is None or decision.outcome != SUITABLE:
            raise NotDecided
        _check_order(protocol, patient, dose_mg, weight_kg, why, actor, now)
        if Course.objects.filter(patient=patient, ended_at=None).exists():
            raise CourseAlreadyOpen
        course = Course.objects.create(
            patient=patient, protocol_id=protocol.id, protocol_version=protocol.version,
            prescriber_id=actor.staff_id, site=patient.site, started_at=now,
        )  # fmt: skip
        _order(course, dose_mg, weight_kg, why, actor, now)
        _log(actor, "started a course", "course", course.id, patient_id, now)
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
        _check_order(protocol, course.patient, dose_mg, weight_kg, why, actor, now)
        order = _order(course, dose_mg, weight_kg, why, actor, now)
        _log(actor, "ordered a dose", "dose order", order.id, course.patient_id, now)
    return order.id


def end_course(*, course_id: UUID, how: EndedHow, because: str, actor: Actor, now: datetime) -> None:
    """End a course, cancel its visits to come and withdraw its open questionnaires.

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
        measures.withdraw_requests(patient_id=course.patient_id, actor=actor, now=now)
        _log(actor, "ended a course", "course", course_id, course.patient_id, now)


def add_chair(*, site_id: UUID, name: str, actor: Actor, now: datetime) -> UUID:
    """Add a place where one person at a time can be treated. Raises NotAllowed, ChairNameTaken."""
    require(actor, "book visits")
    try:
        with transaction.atomic():
            chair = Chair.objects.create(site=Site.objects.get(pk=site_id), name=name.strip())
            audit.record(
                actor_id=actor.user_id, actor_role=actor.role_names, did="added a chair", about_kind="chair",
                about_id=chair.id, at=now,
            )  # fmt: skip
    except IntegrityError as taken:
        raise ChairNameTaken from taken
    return chair.id


def _check_order(
    protocol: protocols.CourseProtocol, patient: Patient, dose_mg: Decimal, weight_kg: Decimal, why: str,
    actor: Actor, now: datetime,
) -> None:  # fmt: skip
    if not why.strip():
        raise WhyMissing
    today = day_at(now, patient.site.timezone)
    assert actor.staff_id is not None
    lacks = missing_to_prescribe(staff_id=actor.staff_id, state=patient.state, on=today)
    if lacks:
        raise MayNotPrescribe(lacks)
    against = protocols.check_dose(
        protocol=protocol, dose=Dose(float(dose_mg)), weight=Weight(float(weight_kg))
    )
    if against:
        raise DoseRefused([breach.says for breach in against])


def _order(
    course: Course, dose_mg: Decimal, weight_kg: Decimal, why: str, actor: Actor, now: datetime
) -> DoseOrder:
    return DoseOrder.objects.create(
        course=course, dose_mg=dose_mg, weight_kg=weight_kg, why=why.strip()[:1000],
        ordered_by_id=actor.staff_id, ordered_at=now,
    )  # fmt: skip


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


def _log(actor: Actor, did: str, kind: str, about: UUID, patient_id: UUID, at: datetime) -> None:
    audit.record(
        actor_id=actor.user_id, actor_role=actor.role_names, did=did, about_kind=kind, about_id=about,
        patient_id=patient_id, at=at,
    )  # fmt: skip
