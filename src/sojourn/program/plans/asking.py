"""Keeps what is asked in a course in line with the doses that are booked in it."""

from datetime import datetime
from uuid import UUID

from sojourn.program.measures import actions as measures
from sojourn.program.people.actors import MACHINE, Actor
from sojourn.program.people.places import local_date
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Course, Visit


def ask_for_course(course_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Ask for what the calendar wants around the booked doses of an open course, and take back what moved away."""
    course = Course.objects.select_related("site").get(pk=course_id)
    if course.ended_at is not None:
        return
    doses = Visit.objects.filter(
        course_id=course_id, kind=VisitKind.DOSING, cancelled_at=None, without_dose_at=None
    )
    measures.request_course(
        patient_id=course.patient_id,
        course_id=course_id,
        doses=[local_date(visit.during.lower, course.site.timezone) for visit in doses],
        today=local_date(now, course.site.timezone),
        actor=actor,
        now=now,
    )


def note_no_dose(visit_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Note that a session ended without a dose: nobody is asked about a dose they did not have."""
    Visit.objects.filter(pk=visit_id, kind=VisitKind.DOSING, without_dose_at=None).update(without_dose_at=now)
    course_id = Visit.objects.values_list("course_id", flat=True).get(pk=visit_id)
    ask_for_course(course_id, actor=actor, now=now)


def ask_for_open_courses(*, now: datetime) -> int:
    """Do so for every open course: wording may have been installed, or a screen answered, since it was booked."""
    courses = list(Course.objects.filter(ended_at=None).values_list("pk", flat=True))
    for course_id in courses:
        ask_for_course(course_id, actor=MACHINE, now=now)
    return len(courses)
