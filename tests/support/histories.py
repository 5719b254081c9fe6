"""Rows of a patient's past, written straight into the tables, for tests of what is derived from them.

The actions refuse most of these shortcuts, rightly; tests of reading need many histories quickly.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange, NumericRange

from sojourn.clinical import monitoring, protocols
from sojourn.program.intake.models import Assessment, Decision
from sojourn.program.people.models import Patient
from sojourn.program.plans.models import Course, Visit
from sojourn.program.treatment.models import SessionEvent, VisitNote
from sojourn.program.treatment.recorder import NewEvent, add_events
from tests.support.ward import Ward

UNREMARKABLE = {"born_on": "1984-05-02", "state": "CA", "suicidal_thoughts": "no", "suicidal_act": "no"}


def patient(ward: Ward, name: str, at: datetime, site: UUID | None = None, **fields: Any) -> UUID:
    """A patient without an account."""
    made = Patient.objects.create(
        name=name, born_on=date(1980, 1, 1), state="CA", site_id=site or ward.oakland, joined_at=at, **fields
    )
    return made.id


def assessed(patient_id: UUID, at: datetime, **answers: str) -> Assessment:
    """An assessment as the rules of that day found it."""
    facts = protocols.read_facts({**UNREMARKABLE, **answers})
    evaluation = protocols.evaluate(facts=facts, on=at.date())
    return Assessment.objects.create(
        patient_id=patient_id,
        facts=facts.as_json(),
        evaluation=evaluation.as_json(),
        disposition=evaluation.disposition,
        rule_set_version=evaluation.rule_set_version,
        taken_at=at,
    )


def decided(ward: Ward, assessment: Assessment, outcome: str, at: datetime) -> Decision:
    return Decision.objects.create(
        assessment=assessment,
        patient_id=assessment.patient_id,
        outcome=outcome,
        why="severe depression, two trials without effect",
        decided_by_id=ward.ben.staff_id,
        decided_at=at,
    )


def course(ward: Ward, patient_id: UUID, at: datetime, **ended: Any) -> Course:
    return Course.objects.create(
        patient_id=patient_id,
        protocol_id="esketamine_clinic",
        protocol_version="1",
        prescriber_id=ward.ben.staff_id,
        site_id=ward.oakland,
        started_at=at,
        **ended,
    )


def visit(ward: Ward, of: Course, kind: str, number: int, starts_at: datetime, place: int = 1) -> Visit:
    return Visit.objects.create(
        course=of,
        patient_id=of.patient_id,
        kind=kind,
        number=number,
        during=DateTimeTZRange(starts_at, starts_at + timedelta(hours=2)),
        clinician_id=ward.mona.staff_id if kind == "dosing" else ward.thea.staff_id,
        places=NumericRange(place, place + 1) if kind == "dosing" else NumericRange(1, 5),
        booked_at=of.started_at,
    )


def event(
    ward: Ward, of: Visit, kind: str, at: datetime, withdraws: SessionEvent | None = None, **facts: Any
) -> SessionEvent:
    if kind == "dosed":
        facts.setdefault("mg", 56.0)
    if withdraws is not None:
        facts |= {"struck_id": str(withdraws.id), "words": "Pressed by mistake."}
    event = monitoring.read_event(kind=kind, facts=facts, taken_at=at)
    row, *_ = add_events(
        of.id,
        [NewEvent(event=event, form_id=uuid4(), withdraws_id=withdraws.id if withdraws else None)],
        did=f"recorded: {kind}",
        patient_id=of.patient_id,
        actor=ward.mona,
        received_at=at,
    )
    return SessionEvent.objects.get(pk=row.id)


def session(ward: Ward, of: Course, number: int, at: datetime, place: int = 1) -> Visit:
    """A dosing session that was held: dose given, then discharged after two hours."""
    held = visit(ward, of, "dosing", number, at, place)
    event(ward, held, "dosed", at, mg=56.0)
    event(ward, held, "discharged", at + timedelta(hours=2))
    return held


def integrated(ward: Ward, of: Course, number: int, dose: Visit, at: datetime) -> VisitNote:
    held = visit(ward, of, "integration", number, at)
    return VisitNote.objects.create(
        visit=held,
        patient_id=of.patient_id,
        about_dose_visit=dose,
        shared="Spoke of the river and of her sister.",
        to_prescriber="Sleeps better.",
        written_by_id=ward.thea.staff_id,
        written_at=at,
    )
