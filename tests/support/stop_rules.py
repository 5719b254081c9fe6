"""Ada in a course with a stop rule: agreed, signed, dosed, and scored as a test needs it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sojourn.clinical import instruments
from sojourn.clinical.outcomes.stop_rule import Terms
from sojourn.clinical.protocols.consents import consent_document
from sojourn.program.intake.signing import AgreedRule, sign_consent
from sojourn.program.measures.models import Response
from sojourn.program.people.actors import Actor
from sojourn.program.people.places import local_date
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Course, Visit
from sojourn.program.treatment import stopping
from tests.support import courses
from tests.support.ward import NOW, Ward

TERMS = Terms("phq-9", 6, 3)
ESKETAMINE = "esketamine_clinic"


def sign(ward: Ward, terms: Terms = TERMS, now: datetime = NOW, **more: str | tuple[str, ...]) -> None:
    """Let Ada sign the consent of her course with a stop rule."""
    document = consent_document(ESKETAMINE)
    sign_consent(
        patient_id=ward.ada.patient_id,
        document_id=document.id,
        shown_sha256=document.sha256,
        signed_name=ward.ada.name,
        answers={question.id: question.correct for question in document.questions},
        tries=1,
        actor=ward.ada,
        now=now,
        stop_rule=AgreedRule(terms, **more),
    )


def agree(ward: Ward, course: Course, terms: Terms = TERMS, now: datetime = NOW) -> None:
    stopping.offer_stop_rule(course_id=course.id, terms=terms, actor=ward.ben, now=now)


def scored(
    patient: Actor, value: float, at: datetime, instrument_id: str = "phq-9", **more: object
) -> Response:
    """Keep a score of a day, as it was computed from answers that do not matter here."""
    on = local_date(at, "America/Los_Angeles")
    defaults: dict[str, object] = {
        "answers": instruments.read_answers(instruments.get(instrument_id), {}).as_json(),
        "source": "patient",
        "answered": 9,
        "instrument_version": "1",
    }
    return Response.objects.create(
        patient_id=patient.patient_id, instrument_id=instrument_id,
        definition_hash=instruments.get(instrument_id).definition_hash,
        answered_at=at, answered_on=on, value=Decimal(str(value)), **(defaults | more),
    )  # fmt: skip


def dosed(
    ward: Ward,
    course: Course,
    visits: Sequence[Visit],
    scores: Sequence[float | None],
    start: float | None = 18,
) -> list[Visit]:
    """Give a dose for each score, and answer the PHQ-9 on the day after it; the doses still to come are returned."""
    dosing = [visit for visit in visits if visit.kind == VisitKind.DOSING]
    courses.hold(ward, courses.visit_of(course, VisitKind.PREPARATION, 1))
    if start is not None:
        scored(ward.ada, start, dosing[0].during.lower - timedelta(days=2))
    for visit, value in zip(dosing, scores, strict=False):
        courses.run_session(ward, visit)
        if value is not None:
            scored(ward.ada, value, visit.during.lower + timedelta(days=1))
    return dosing[len(scores) :]
