"""Which consent a patient is asked for: the one of the course they are in, unless it stands signed."""

from dataclasses import dataclass

from sojourn.clinical.protocols import course_protocol
from sojourn.clinical.protocols.consents import ConsentDocument, consent_document
from sojourn.program.intake import queries as intake
from sojourn.program.people.actors import Actor
from sojourn.program.plans.queries import CourseRow, open_course_of


@dataclass(frozen=True)
class AskedConsent:
    """The consent of a course. `signed` is the signature in force, or None while it is still asked for."""

    course: CourseRow
    document: ConsentDocument
    signed: intake.ConsentRow | None


def asked_consent(actor: Actor) -> AskedConsent | None:
    """The consent of the patient's open course, or None before there is a course."""
    assert actor.patient_id is not None
    course = open_course_of(actor.patient_id, actor=actor)
    if course is None:
        return None
    document = consent_document(course_protocol(course.protocol_id).consent)
    return AskedConsent(course, document, intake.consent_in_force(actor.patient_id, document.id, actor=actor))
