"""Ada on her way: decided on, in a course, booked, prepared. Each step is one call, so that a test begins where it must."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from sojourn.clinical.monitoring import Hold
from sojourn.clinical.monitoring.dose_rules import dose_rule
from sojourn.clinical.protocols import course_protocol
from sojourn.program.intake.models import Assessment, Consent, Decision
from sojourn.program.people.actors import Actor
from sojourn.program.plans import actions, booking, proposing
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Chair, Course, Visit
from sojourn.program.treatment import actions as treatment
from sojourn.program.treatment import dose_checking, notes, session_places
from sojourn.program.treatment.consequences import Recorded
from sojourn.program.treatment.dose_checking import InHand
from sojourn.program.treatment.models import SessionEvent
from sojourn.program.treatment.sessions import Session, session
from tests.support.assessments import judged
from tests.support.ward import NOW, Ward

DOSES = {
    "esketamine_clinic": "56",
    "racemic_iv_clinic": "35",
    "racemic_im_clinic": "35",
    "racemic_sl_home": "100",
}
FIRST_DOSE_ON = date(2026, 12, 1)  # the Tuesday after the ward opens


def decide(
    ward: Ward,
    patient: Actor | None = None,
    outcome: str = "suitable",
    now: datetime = NOW,
    **answers: str | list[str],
) -> None:
    """Record a decision about a patient as it stands after their assessment, in which no rule speaks but by `answers`."""
    patient = patient or ward.ada
    facts, evaluation = judged(**answers)
    assessment = Assessment.objects.create(
        patient_id=patient.patient_id,
        facts=facts.as_json(),
        evaluation=evaluation.as_json(),
        disposition=evaluation.disposition.value,
        rule_set_version=evaluation.rule_set_version,
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


def sign_consent(
    ward: Ward,
    document_id: str = "esketamine_clinic",
    now: datetime = NOW,
    text: str = "What was shown.",
) -> None:
    """Keep a signed consent of Ada's."""
    Consent.objects.create(
        patient_id=ward.ada.patient_id,
        document_id=document_id,
        version="1",
        sha256="0" * 64,
        text=text,
        understood={},
        signed_name=ward.ada.name,
        signed_at=now,
    )


def visit_of(course: Course, kind: VisitKind, number: int) -> Visit:
    return Visit.objects.get(course=course, kind=kind, number=number, cancelled_at=None)


def prepare(ward: Ward, protocol_id: str = "esketamine_clinic") -> Course:
    """Start and book a course, sign its consent and hold its preparation: its first dose may come."""
    course = start(ward, protocol_id)
    book(ward, course)
    sign_consent(ward, course_protocol(protocol_id).consent)
    hold(ward, visit_of(course, VisitKind.PREPARATION, 1))
    return course


def first_session(ward: Ward, protocol_id: str = "esketamine_clinic") -> Visit:
    """The first dosing session of a prepared course; nothing has happened in it yet."""
    return visit_of(prepare(ward, protocol_id), VisitKind.DOSING, 1)


def tell_place(ward: Ward, visit: Visit, address: str = "7 Alder Way, Oakland CA 94601") -> None:
    """Take down where a session at home is, and read it back, as Cora does as it begins."""
    session_places.tell_place(
        visit_id=visit.id, address=address, callback="555 0123456", wishes="Hold my hand: yes", read_back=True,
        emergency_department="Highland Hospital, 1411 E 31st St", actor=ward.cora, now=visit.during.lower,
    )  # fmt: skip


def just_after(visit: Visit) -> datetime:
    """A moment on the day of a visit, after it began."""
    return visit.during.lower + timedelta(minutes=1)


def hold(ward: Ward, visit: Visit, shared: str = "We talked about the days since.") -> None:
    """Hold a preparation or integration visit: its note is written as it ends."""
    notes.write_visit_note(
        visit_id=visit.id, shared=shared, to_prescriber="", actor=ward.thea, now=visit.during.upper
    )


def name_escort(ward: Ward, visit: Visit, now: datetime = NOW) -> None:
    booking.name_sitter(visit_id=visit.id, name="Nils Núñez", phone="555 0123456", actor=ward.cora, now=now)


def note_event(ward: Ward, visit: Visit, kind: str, facts: dict, at: datetime) -> Recorded:
    """Record one event at the moment it happened, as Mona does."""
    return treatment.record_event(
        visit_id=visit.id, form_id=uuid4(), kind=kind, facts=facts, taken_at=at, actor=ward.mona, now=at
    )


def check_all(ward: Ward, visit: Visit, at: datetime, **different: bool) -> None:
    """Answer every needed item of the checklist with yes, but for those said to differ; the dose check has its own form."""
    plan = session_at(ward, visit, at).plan
    own_form = dose_rule(plan.id).item
    answers = {item.id: True for item in plan.checklist if item.needed and item.id != own_form} | different
    treatment.finish_checklist(
        visit_id=visit.id, form_id=uuid4(), answers=answers, taken_at=at, actor=ward.mona, now=at
    )


def take_vitals(ward: Ward, visit: Visit, at: datetime, **different: int) -> Recorded:
    usual = {"systolic": 124, "diastolic": 78, "heart_rate": 70, "spo2": 98, "respiratory_rate": 14}
    return note_event(ward, visit, "vital_taken", usual | different, at)


def session_at(ward: Ward, visit: Visit, at: datetime) -> Session:
    found = session(visit.id, actor=ward.mona, now=at)
    assert found is not None
    return found


def in_hand(visit: Visit, **different: Any) -> InHand:
    """What is read before the dose of this visit, all of it right, but for what is said to differ."""
    protocol = course_protocol(visit.course.protocol_id)
    mg = DOSES[protocol.id]
    counts = {"esketamine_clinic": 2, "racemic_sl_home": 4}
    right: dict[str, Any] = {
        "name": "Ada Núñez",
        "born_on": date(1984, 5, 2),
        "drug": protocol.drug,
        "route": protocol.route,
        "mg": mg,
        "lot": "L1",
        "expires_on": visit.during.lower.date() + timedelta(days=200),
        "count": counts.get(protocol.id),
    }
    return InHand(**right | different)


def check_dose(ward: Ward, visit: Visit, at: datetime, **different: Any) -> tuple[Hold, ...]:
    """Hold the drug in hand against the order, as Mona does; Ben sees it where a second person must."""
    form_id = uuid4()
    wrong = dose_checking.check_dose(
        visit_id=visit.id, form_id=form_id, in_hand=in_hand(visit, **different), taken_at=at, actor=ward.mona, now=at
    )  # fmt: skip
    checked = SessionEvent.objects.get(form_id=form_id)
    dosing_rule = dose_rule(session_at(ward, visit, at).plan.id)
    if dosing_rule.second_person:
        dose_checking.witness(visit_id=visit.id, form_id=uuid4(), about_id=checked.id, actor=ward.ben, now=at)
    return wrong


def make_ready(ward: Ward, visit: Visit, at: datetime | None = None, mg: float | None = None) -> datetime:
    """Do everything that comes before a dose; return when the dose may be given."""
    at = at or visit.during.lower
    name_escort(ward, visit, now=at)
    check_all(ward, visit, at)
    take_vitals(ward, visit, at)
    check_dose(ward, visit, at, **({} if mg is None else {"mg": f"{mg:g}", "count": int(mg // 28)}))
    return at + timedelta(minutes=5)


def give_dose(ward: Ward, visit: Visit, mg: float | None = 56, at: datetime | None = None) -> datetime:
    """Make ready and record the dose; return when it was given. None: the usual dose of the protocol."""
    dosed_at = make_ready(ward, visit, at, mg)
    mg = float(DOSES[visit.course.protocol_id]) if mg is None else mg
    note_event(ward, visit, "dosed", {"mg": mg, "words": "L1"}, dosed_at)
    return dosed_at


def meet_every_criterion(ward: Ward, visit: Visit, at: datetime) -> None:
    """Record at one moment everything but the time that leaving asks for."""
    take_vitals(ward, visit, at)
    note_event(ward, visit, "rated", {"moaas": 5, "dissociation": 0}, at)
    for criterion in session_at(ward, visit, at).plan.criteria:
        if criterion.kind in {"confirmed", "named"}:
            note_event(ward, visit, "confirmed", {"criterion": criterion.id, "words": "Nils Núñez"}, at)


def run_session(ward: Ward, visit: Visit, mg: float = 56, minutes: int = 125) -> datetime:
    """Run a whole session as planned; return when the patient left."""
    dosed_at = give_dose(ward, visit, mg)
    for minute in (40, 80, 120):
        take_vitals(ward, visit, dosed_at + timedelta(minutes=minute))
    return end_session(ward, visit, dosed_at + timedelta(minutes=minutes))


def end_session(ward: Ward, visit: Visit, left_at: datetime) -> datetime:
    """Meet every criterion and discharge at once; return when the patient left."""
    meet_every_criterion(ward, visit, left_at)
    treatment.discharge(
        visit_id=visit.id, form_id=uuid4(), words="", taken_at=left_at, actor=ward.mona, now=left_at
    )
    return left_at
