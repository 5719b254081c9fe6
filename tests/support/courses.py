"""Ada on her way: decided on, in a course, booked, prepared. Each step is one call, so that a test begins where it must."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from sojourn.program.intake.models import Assessment, Consent, Decision
from sojourn.program.people.actors import Actor
from sojourn.program.people.roles import Role
from sojourn.program.plans import actions, booking, proposing
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Chair, Course, Visit
from tests.support.ward import NOW, Ward

DOSES = {
    "esketamine_clinic": "56",
    "racemic_iv_clinic": "35",
    "racemic_im_clinic": "35",
    "racemic_sl_home": "100",
}
FIRST_DOSE_ON = date(2026, 12, 1)  # the Tuesday after the ward opens


def decide(ward: Ward, patient: Actor | None = None, outcome: str = "suitable", now: datetime = NOW) -> None:
    """Record a decision about a patient as it stands after their assessment."""
    patient = patient or ward.ada
    assessment = Assessment.objects.create(
        patient_id=patient.patient_id,
        facts={},
        evaluation={},
        disposition="may_be_a_fit",
        rule_set_version="test",
        taken_at=now,
    )
    Decision.objects.create(
        assessment=assessment,
        patient_id=patient.patient_id,
        outcome=outcome,
        why="Two adequate trials of antidepressants; blood pressure settled.",
        decided_by_id=ward.ben.staff_id,
        decided_at=now,
    )


def start(ward: Ward, protocol_id: str = "esketamine_clinic", now: datetime = NOW) -> Course:
    """Decide and start Ada's course; there are two chairs, and Mona is her monitor."""
    decide(ward, now=now)
    for name in ("Chair 1", "Chair 2"):
        Chair.objects.get_or_create(site_id=ward.oakland, name=name)
    course_id = actions.start_course(
        patient_id=ward.ada.patient_id,
        protocol_id=protocol_id,
        dose_mg=Decimal(DOSES[protocol_id]),
        weight_kg=Decimal("70.0"),
        why="Usual start of the protocol.",
        actor=ward.ben,
        now=now,
    )
    return Course.objects.get(pk=course_id)


def wanted_series(ward: Ward, course: Course, first_dose_on: date = FIRST_DOSE_ON, now: datetime = NOW):
    """The visits that are proposed for a course, all of them with a free time."""
    proposal = proposing.propose(course_id=course.id, first_dose_on=first_dose_on, actor=ward.cora, now=now)
    return [visit.wanted for visit in proposal.visits if visit.wanted is not None]


def book(ward: Ward, course: Course, first_dose_on: date = FIRST_DOSE_ON, now: datetime = NOW) -> list[Visit]:
    """Book the proposed series and give its visits in order of time."""
    visits = wanted_series(ward, course, first_dose_on, now)
    booking.book_series(course_id=course.id, visits=visits, actor=ward.cora, now=now)
    return list(Visit.objects.filter(course=course).order_by("during"))


def sign_consent(ward: Ward, document_id: str = "esketamine_clinic", now: datetime = NOW) -> None:
    """Keep a signed consent of Ada's."""
    Consent.objects.create(
        patient_id=ward.ada.patient_id,
        document_id=document_id,
        version="1",
        sha256="0" * 64,
        text="What was shown.",
        understood={},
        signed_name=ward.ada.name,
        signed_at=now,
    )


def visit_of(course: Course, kind: VisitKind, number: int) -> Visit:
    return Visit.objects.get(course=course, kind=kind, number=number, cancelled_at=None)


def just_after(visit: Visit) -> datetime:
    """A moment on the day of a visit, after it began."""
    return visit.during.lower + timedelta(minutes=1)


MONITOR = Role.SESSION_MONITOR
