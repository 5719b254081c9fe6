"""Which consent a patient is asked for: the one of the course they are in, unless it stands signed."""

from dataclasses import dataclass
from typing import TypedDict

from sojourn.clinical.outcomes.stop_rule import Terms, usual_terms
from sojourn.clinical.protocols import course_protocol
from sojourn.clinical.protocols.consents import ConsentDocument, consent_document
from sojourn.program.intake import queries as intake
from sojourn.program.people.actors import Actor
from sojourn.program.plans.queries import CourseRow, open_course_of
from sojourn.program.treatment.stopping import offered_terms


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


class AskedRule(TypedDict):
    """The terms a prescriber proposes, or the usual ones, and how many doses the series has."""

    proposed: Terms
    doses: int


def asked_rule(asked: AskedConsent, *, actor: Actor) -> AskedRule:
    """What the stop rule starts from on the page of a consent."""
    doses = course_protocol(asked.course.protocol_id).doses
    return {
        "proposed": offered_terms(asked.course.id, actor=actor) or usual_terms(doses=doses),
        "doses": doses,
    }
