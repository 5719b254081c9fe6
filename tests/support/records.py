"""One of every kind of record about Ada, so that each address of the route table has an example."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sojourn.clinical import instruments
from sojourn.program.education import actions as education
from sojourn.program.intake.models import Consent
from sojourn.program.measures import goals
from sojourn.program.measures.links import make_link, token_of
from sojourn.program.measures.models import QuestionnaireRequest, Response
from sojourn.program.results.models import Report
from sojourn.program.safety import actions as safety
from tests.support import histories
from tests.support.ward import Ward


def examples_of(ward: Ward) -> dict[str, UUID | str]:
    """An example for each name of a parameter: a record of Ada's, but for staff, sites, texts, lessons and claims."""
    now = datetime.now(UTC)
    ada = ward.ada.patient_id
    assert ada
    assert ward.mona.staff_id
    assessment = histories.assessed(ada, now - timedelta(days=9))
    course = histories.course(ward, ada, now - timedelta(days=5))
    request = QuestionnaireRequest.objects.create(
        patient_id=ada,
        instrument_id="phq-9",
        occasion="before treatment",
        opens_on=now.date() - timedelta(days=1),
        due_on=now.date(),
        closes_on=now.date() + timedelta(days=2),
    )
    consent = Consent.objects.create(
        patient_id=ada,
        document_id="esketamine_clinic",
        version="2026.11.0",
        sha256="0" * 64,
        text="What you sign.",
        understood={},
        signed_name="Ada Núñez",
        signed_at=now - timedelta(days=4),
    )
    answered = Response.objects.create(
        patient_id=ada, instrument_id="gad-7", instrument_version="1",
        definition_hash=instruments.get("gad-7").definition_hash, source="patient",
        answers=instruments.read_answers(instruments.get("gad-7"), {f"q{n}": 0 for n in range(1, 8)}).as_json(),
        answered_at=now, answered_on=now.date(), value=0, answered=7, band="minimal",
    )  # fmt: skip
    session = histories.visit(ward, course, "dosing", 1, now + timedelta(days=3))
    return {
        "goal_id": goals.name_goal(patient_id=ada, words="Get out of bed.", actor=ward.ada, now=now),
        "response_id": answered.id,
        "instrument_id": "phq-9",
        "token": token_of(make_link(request.id, now=now).id),
        "patient_id": ada,
        "assessment_id": assessment.id,
        "course_id": course.id,
        "visit_id": session.id,
        "event_id": histories.event(ward, session, "noted", now, words="Ada came early.").id,
        "request_id": request.id,
        "report_id": Report.objects.create(
            definition={
                "instrument": "phq-9",
                "instrument_hash": "0" * 64,
                "outcome": "fell by 50 % or more",
                "population": "everybody",
                "baseline_at_least": "10",
                "window": {"id": "week 4", "target": 28, "opens": 21, "closes": 41},
            },
            definition_hash="0" * 64,
            people={},
            cut=now,
            as_of=now.date(),
            software="0",
            asked_by_id=ward.dora.user_id,
            author="Dora",
            asked_at=now,
        ).id,
        "consent_id": consent.id,
        "document_id": "esketamine_clinic",
        "lesson_id": "driving",
        "claim_id": "not-an-opioid",
        "statement_id": education.publish_statement(
            text="You stay until you are clear and steady.",
            claim_id="two-hour-observation",
            figure=None,
            actor=ward.dora,
            now=now,
        ),
        "staff_id": ward.mona.staff_id,
        "rule_id": "ELIG-HEP-03",
        "fact": "alt_times_uln",
        "relation": "above",
        "site_id": ward.oakland,
        "drill_id": uuid4(),
        "alarm_id": safety.raise_alarm(
            patient_id=ada,
            reason="phq-9.self-harm",
            severity="amber",
            says="Answered 1 to the question about self-harm.",
            facts={"item": "q9", "answer": 1},
            about_kind="questionnaire request",
            about_id=uuid4(),
            acknowledge_within=timedelta(hours=4),
            raised_at=now - timedelta(hours=1),
            actor=ward.ada,
        ),
    }
