"""Keeps what is asked in a course in line with its doses: those given, and those still to come."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q

from sojourn.program.measures import actions as measures
from sojourn.program.people.actors import MACHINE, Actor
from sojourn.program.people.places import local_date
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Course, Visit

WAITS_AFTER: Final = timedelta(hours=3)  # program policy: how long after its time a session may still begin
A_DOSE: Final = Q(
    session_events__kind="dosed", session_events__withdrawn_by=None
)  # the record `treatment` keeps


def ask_for_course(course_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Ask for what the calendar wants around the doses of an open course, and take back what no longer belongs.

    A session whose time has passed without a dose is no dose, whether somebody ended it, nobody came or it was left.
    """
    course = Course.objects.select_related("site").get(pk=course_id)
    if course.ended_at is not None:
        return
    booked = Visit.objects.filter(course_id=course_id, kind=VisitKind.DOSING, cancelled_at=None)
    given = booked.filter(A_DOSE).distinct()
    to_come = booked.filter(without_dose_at=None, during__endswith__gt=now - WAITS_AFTER)
    days_given = {local_date(visit.during.lower, course.site.timezone) for visit in given}
    days_to_come = {local_date(visit.during.lower, course.site.timezone) for visit in to_come}
    measures.request_course(
        patient_id=course.patient_id,
        course_id=course_id,
        doses=sorted(days_given | days_to_come),
        given=days_given,
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
