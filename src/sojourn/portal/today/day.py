"""Everything the page of today rests on, asked once."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sojourn.clinical.evidence.lessons import Lesson, lessons
from sojourn.clinical.monitoring.readiness_items import asked_before
from sojourn.clinical.protocols import CourseProtocol, course_protocol
from sojourn.portal.wording import ReadingLine, reading_lines
from sojourn.program.audit.queries import readings_of
from sojourn.program.education.queries import understandings_of
from sojourn.program.intake import queries as intake
from sojourn.program.measures import queries as measures
from sojourn.program.people.actors import Actor
from sojourn.program.people.patients import PatientCard, patient_card
from sojourn.program.people.places import local_date
from sojourn.program.plans import queries as plans
from sojourn.program.plans.choices import VisitKind
from sojourn.program.treatment.held import HeldVisit, held_visits_of
from sojourn.program.treatment.phases import Phase, phase_of
from sojourn.program.treatment.readiness import Readiness, ReadyItem, readiness_of

READINGS_LOOKED_AT = 20
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class PatientDay:
    """One patient's day. `visits` stand in order of time; `consented` is the consent the course asks for."""

    now: datetime
    card: PatientCard
    phase: Phase
    asked: tuple[measures.RequestRow, ...]
    course: plans.CourseRow | None
    visits: tuple[plans.VisitRow, ...]
    held: tuple[HeldVisit, ...]
    consented: intake.ConsentRow | None
    readings: tuple[ReadingLine, ...]
    lessons_left: tuple[Lesson, ...]  # those with questions that are not understood yet
    readiness: Readiness | None  # of the next session, until it begins

    @property
    def sayable(self) -> tuple[ReadyItem, ...]:
        """What the patient can say about the next session: who comes along at any time, the rest once it is near."""
        if self.readiness is None:
            return ()
        can_say = [item for item in self.readiness.items if item.patient_acts]
        return tuple(item for item in can_say if self.is_near or item.kind == "companion")

    @property
    def to_say(self) -> tuple[ReadyItem, ...]:
        """What a patient is asked to say now: the session is near, and nobody has said it."""
        return tuple(item for item in self.sayable if not item.is_ready) if self.is_near else ()

    @property
    def is_near(self) -> bool:
        """True from the day on which a patient is asked about the next session."""
        return self.readiness is not None and self.readiness.visit.starts_at - self.now <= asked_before()

    @property
    def today(self) -> date:
        return local_date(self.now, self.card.timezone)

    @property
    def protocol(self) -> CourseProtocol | None:
        return course_protocol(self.course.protocol_id) if self.course else None

    @property
    def open_requests(self) -> tuple[measures.RequestRow, ...]:
        """What can be answered now, the soonest to close first."""
        waiting = (row for row in self.asked if row.is_open(self.now))
        return tuple(
            sorted(waiting, key=lambda row: (row.closes_on, row.due_on, row.instrument_id != "phq-9"))
        )

    @property
    def coming(self) -> tuple[plans.VisitRow, ...]:
        """The visits that have not ended."""
        return tuple(visit for visit in self.visits if visit.ends_at > self.now)

    @property
    def next_dose(self) -> plans.VisitRow | None:
        return next((visit for visit in self.coming if visit.is_dosing), None)

    @property
    def is_session_time(self) -> bool:
        """True at the time of a dosing session: nobody is asked for answers while a medicine works."""
        return any(visit.is_dosing and visit.starts_at <= self.now for visit in self.coming)

    @property
    def is_near_a_session(self) -> bool:
        """True on the day before and after a dosing session: only then is it worth asking where it stands."""
        return any(visit.is_dosing and abs(visit.starts_at - self.now) < A_DAY for visit in self.visits)

    @property
    def doses_booked(self) -> int:
        """How many dosing sessions the course has, given or to come."""
        course_id = self.course.id if self.course else None
        return sum(visit.is_dosing and visit.course_id == course_id for visit in self.visits)

    @property
    def doses_given(self) -> int:
        course_id = self.course.id if self.course else None
        return sum(v.kind is VisitKind.DOSING and v.course_id == course_id for v in self.held)

    @property
    def is_prepared(self) -> bool:
        course_id = self.course.id if self.course else None
        return any(v.kind is VisitKind.PREPARATION and v.course_id == course_id for v in self.held)

    @property
    def last_answered_at(self) -> datetime | None:
        return max((row.answered_at for row in self.asked if row.answered_at), default=None)

    @property
    def read_since_answers(self) -> tuple[ReadingLine, ...]:
        """Who looked at the record after the last answers, the first to do so first."""
        last = self.last_answered_at
        return tuple(reversed([line for line in self.readings if last and line.at >= last]))


def day_of(patient_id: UUID, *, actor: Actor, now: datetime) -> PatientDay:
    """Ask for everything once; the number of queries does not depend on how much there is."""
    card = patient_card(patient_id, actor=actor)
    phase = phase_of(patient_id, actor=actor)
    assert card is not None
    assert phase is not None
    course = plans.open_course_of(patient_id, actor=actor)
    wanted = course_protocol(course.protocol_id).consent if course else None
    visits = plans.visits_of(patient_id, actor=actor)
    coming = next((each for each in visits if each.is_dosing and each.starts_at > now), None)
    return PatientDay(
        now=now,
        card=card,
        phase=phase,
        asked=measures.requests_of(patient_id, actor=actor),
        course=course,
        visits=visits,
        readiness=readiness_of(coming.id, actor=actor, now=now) if coming else None,
        held=held_visits_of(patient_id, actor=actor),
        consented=intake.consent_in_force(patient_id, wanted, actor=actor) if wanted else None,
        readings=reading_lines(readings_of(patient_id, limit=READINGS_LOOKED_AT), card.timezone),
        lessons_left=_lessons_left(patient_id, actor=actor),
    )


def _lessons_left(patient_id: UUID, *, actor: Actor) -> tuple[Lesson, ...]:
    tried = understandings_of(patient_id, actor=actor)
    return tuple(
        each
        for each in lessons()
        if each.questions and not ((row := tried.get(each.id)) and row.is_understood(version=each.version))
    )
