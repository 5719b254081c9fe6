"""Books, moves and cancels visits. A series is booked whole or not at all."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import pghistory
from django.db import IntegrityError, transaction
from psycopg.types.range import Range, TimestamptzRange

from sojourn.program.audit import actions as audit
from sojourn.program.people import actions as people
from sojourn.program.people.actors import Actor
from sojourn.program.people.models import Site, StaffMember
from sojourn.program.people.policy import patients_visible_to, require
from sojourn.program.people.roles import Role
from sojourn.program.plans.asking import ask_for_course
from sojourn.program.plans.availability import Taken
from sojourn.program.plans.checking import Problem, WantedVisit, as_taken, problems_with
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.desk import CourseNotFound, Desk, desk_for
from sojourn.program.plans.models import Course, Visit
from sojourn.program.plans.proposing import VisitNotFound, calendar_of, propose_move
from sojourn.program.plans.queries import VisitRow, visits_of_course

CANCELLED: Final = "cancelled a visit"


class NotBookable(Exception):
    """The visits cannot be booked; `problems` name each visit, the rule, and what would have to change."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(problem.says for problem in problems))
        self.problems = tuple(problems)


class DoubleBooked(NotBookable):
    """Somebody or something is taken at that time already."""


class AlreadyBooked(Exception):
    """These visits of the course stand in the calendar already."""


class NothingToBook(Exception):
    """A series of no visits."""


class CourseEnded(Exception):
    """The course has ended; nothing more is booked in it."""


class ReasonMissing(Exception):
    """A visit is cancelled only with a reason."""


class NameMissing(Exception):
    """An escort or sitter has a name and a telephone number."""


def book_series(*, course_id: UUID, visits: Sequence[WantedVisit], actor: Actor, now: datetime) -> None:
    """Book these visits of a course, all or none, and ask for the questionnaires of the course.

    Raises NotAllowed, CourseNotFound, CourseEnded, AlreadyBooked, NotBookable, DoubleBooked.
    """
    with transaction.atomic(), pghistory.context(actor=str(actor.user_id)):
        desk, standing = open_desk(course_id, [visit.clinician_id for visit in visits], actor)
        booked = {(row.kind, row.number) for row in standing}
        wanted = sorted(visits, key=lambda visit: visit.starts_at)
        if not wanted:
            raise NothingToBook
        if booked & {visit.place for visit in wanted} or len({visit.place for visit in wanted}) < len(wanted):
            raise AlreadyBooked
        days = [visit.starts_at.astimezone(desk.zone).date() for visit in wanted]
        calendar = calendar_of(desk, days)
        refuse(problems_with(desk, wanted, standing=standing, taken=calendar, now=now))
        try:
            _add(wanted, desk, calendar, now)
        except DoubleBooked:
            # Another booking of the same chair came between: look again, so as to name what took it.
            refuse(problems_with(desk, wanted, standing=standing, taken=calendar_of(desk, days), now=now))
            raise
        ask_for_course(course_id, actor=actor, now=now)
        _join_care_team(desk, wanted, actor=actor, now=now)
        audit.record(
            actor, "booked a series", about=("course", course_id), at=now, patient_id=desk.course.patient_id
        )


def apply_move(*, visit_id: UUID, to: datetime, whole_series: bool, actor: Actor, now: datetime) -> None:
    """Move one visit, and with it the rest of the series or nothing else. Whole or not at all.

    Raises NotAllowed, VisitNotFound, VisitHasBegun, CourseEnded, NotBookable, DoubleBooked.
    """
    with transaction.atomic(), pghistory.context(actor=str(actor.user_id)):
        row = Visit.objects.filter(patients_visible_to(actor, "patient"), pk=visit_id).first()
        if row is None:
            raise VisitNotFound
        open_desk(row.course_id, [row.clinician_id], actor)
        plan = propose_move(visit_id=visit_id, to=to, actor=actor, now=now)
        refuse(plan.shifted_problems if whole_series else plan.alone_problems)
        moved = plan.shifted if whole_series else (plan.alone,)
        is_later = to > plan.visit.starts_at
        in_turn = sorted(moved, key=lambda one: one.visit.starts_at, reverse=is_later)
        ids = [one.visit.id for one in in_turn]
        days = [one.to.starts_at.astimezone(plan.desk.zone).date() for one in in_turn]
        calendar = calendar_of(plan.desk, days, apart_from=[one.visit for one in in_turn])
        rows = Visit.objects.in_bulk(ids)
        try:
            with transaction.atomic():
                _write_moves([(rows[one.visit.id], one.to) for one in in_turn], plan.desk, calendar)
        except IntegrityError as clash:
            raise told(clash, plan.alone.to) from clash
        ask_for_course(row.course_id, actor=actor, now=now)
        audit.record(
            actor, "moved visits", about=("visit", visit_id), at=now, patient_id=plan.visit.patient_id
        )


def cancel_visit(*, visit_id: UUID, because: str, actor: Actor, now: datetime) -> None:
    """Cancel a visit with a reason; its time is free again. Harmless twice. Raises VisitNotFound, ReasonMissing.

    Whether anything was recorded in it is for `treatment.visits.call_off` to ask first.
    """
    if not because.strip():
        raise ReasonMissing
    with transaction.atomic(), pghistory.context(actor=str(actor.user_id)):
        row = locked_visit(visit_id, actor, "book visits")
        if row.cancelled_at is not None:
            return
        row.cancelled_at, row.cancelled_because = now, because.strip()[:300]
        row.save(update_fields=["cancelled_at", "cancelled_because"])
        ask_for_course(row.course_id, actor=actor, now=now)
        audit.record(actor, CANCELLED, about=("visit", visit_id), at=now, patient_id=row.patient_id)


def name_sitter(*, visit_id: UUID, name: str, phone: str, actor: Actor, now: datetime) -> None:
    """Name the escort (in clinic) or the sitter (at home) of a dosing session. Raises VisitNotFound, NameMissing."""
    if not name.strip() or not phone.strip():
        raise NameMissing
    with transaction.atomic(), pghistory.context(actor=str(actor.user_id)):
        row = locked_visit(visit_id, actor, "name an escort or sitter")
        if row.cancelled_at is not None or row.kind != VisitKind.DOSING:
            raise VisitNotFound
        if (row.sitter_name, row.sitter_phone) == (name.strip(), phone.strip()):
            return
        row.sitter_name, row.sitter_phone = name.strip(), phone.strip()
        row.save(update_fields=["sitter_name", "sitter_phone"])
        audit.record(
            actor, "named an escort or sitter", about=("visit", visit_id), at=now, patient_id=row.patient_id
        )


def locked_visit(visit_id: UUID, actor: Actor, deed: str) -> Visit:
    """Lock one visit for a deed. Raises VisitNotFound, NotAllowed."""
    row = (
        Visit.objects.select_for_update(of=("self",), no_key=True)
        .filter(patients_visible_to(actor, "patient"), pk=visit_id)
        .first()
    )
    if row is None:
        raise VisitNotFound
    require(actor, deed, patient_id=row.patient_id)
    return row


def open_desk(
    course_id: UUID, clinician_ids: Sequence[UUID], actor: Actor
) -> tuple[Desk, tuple[VisitRow, ...]]:
    """Lock the course, its site and its clinicians, always in this order, so that two bookings take turns.

    The site is locked for its chairs: two bookings that each wait for a chair of the other would end in a deadlock.
    """
    course = (
        Course.objects.select_for_update(of=("self",), no_key=True)
        .filter(patients_visible_to(actor, "patient"), pk=course_id)
        .first()
    )
    if course is None:
        raise CourseNotFound
    require(actor, "book visits", patient_id=course.patient_id)
    if course.ended_at is not None:
        raise CourseEnded
    Site.objects.select_for_update(no_key=True).get(pk=course.site_id)
    standing = visits_of_course(course_id, actor=actor)
    busy = {*clinician_ids, *(row.clinician_id for row in standing)}
    list(StaffMember.objects.select_for_update(no_key=True).filter(pk__in=busy).order_by("pk"))
    return desk_for(course_id, actor=actor), standing


def _add(visits: Sequence[WantedVisit], desk: Desk, calendar: Sequence[Taken], booked_at: datetime) -> None:
    """Add the rows of a series; the database has the last word on overlaps."""
    filled = list(calendar)
    rows = []
    for visit in visits:
        span = as_taken(desk, visit, filled)
        filled.append(span)
        rows.append(
            Visit(
                course_id=desk.course.id,
                patient_id=desk.course.patient_id,
                kind=visit.kind,
                number=visit.number,
                during=TimestamptzRange(span.starts_at, span.ends_at, "[)"),
                clinician_id=visit.clinician_id,
                places=Range(*span.places, "[)"),
                chair_id=visit.chair_id,
                booked_at=booked_at,
            )
        )
    try:
        with transaction.atomic():
            Visit.objects.bulk_create(rows)
    except IntegrityError as clash:
        raise told(clash, visits[0]) from clash


def _write_moves(moves: Sequence[tuple[Visit, WantedVisit]], desk: Desk, calendar: Sequence[Taken]) -> None:
    filled = list(calendar)
    for row, to in moves:
        span = as_taken(desk, to, filled)
        filled.append(span)
        row.during = TimestamptzRange(span.starts_at, span.ends_at, "[)")
        row.clinician_id, row.chair_id, row.places = to.clinician_id, to.chair_id, Range(*span.places, "[)")
        row.save(update_fields=["during", "clinician_id", "chair_id", "places"])


def refuse(problems: Sequence[Problem]) -> None:
    """Raise DoubleBooked or NotBookable where one of the problems refuses."""
    against = [problem for problem in problems if problem.refuses]
    if against and all(problem.about == "clash" for problem in against):
        raise DoubleBooked(against)
    if against:
        raise NotBookable(against)


TAKEN_WORDS = {
    "clinicians_are_not_double_booked": "A clinician of this series was booked for the same time a moment ago.",
    "chairs_are_not_double_booked": "A chair of this series was booked for the same time a moment ago.",
    "patients_are_not_double_booked": "The patient was booked for the same time a moment ago.",
}


def told(clash: IntegrityError, visit: WantedVisit) -> Exception:
    """Say in words which constraint of the database refused."""
    constraint = getattr(getattr(clash.__cause__, "diag", None), "constraint_name", "")
    if constraint == "each_visit_is_booked_once":
        return AlreadyBooked()
    if constraint in TAKEN_WORDS:
        return DoubleBooked([Problem(visit.place, "clash", TAKEN_WORDS[constraint], refuses=True)])
    return clash


def _join_care_team(desk: Desk, wanted: Sequence[WantedVisit], *, actor: Actor, now: datetime) -> None:
    """Make the therapist of the first conversation the patient's, where there is none: only then do they see them."""
    if Role.THERAPIST in dict(desk.care_team):
        return
    for visit in wanted:
        clinician = desk.clinician(visit.clinician_id)
        if visit.kind != VisitKind.DOSING and clinician and Role.THERAPIST in clinician.roles:
            people.put_on_care_team(
                patient_id=desk.course.patient_id,
                staff_id=clinician.id,
                role=Role.THERAPIST,
                actor=actor,
                now=now,
            )
            return
