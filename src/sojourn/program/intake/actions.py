"""Keeping an assessment, and deciding about it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from sojourn.clinical import protocols
from sojourn.program.audit import actions as audit
from sojourn.program.intake.choices import DecisionOutcome
from sojourn.program.intake.models import Assessment, Decision
from sojourn.program.intake.verdicts import forbidden_everywhere, to_settle
from sojourn.program.people.actors import Actor
from sojourn.program.people.models import Patient
from sojourn.program.people.policy import require
from sojourn.program.safety import actions as safety

DANGER_SAID = "Told the free assessment of suicidal intent, a plan, or an attempt in the past 3 months."
DANGER_SCREENED = "The clinical screen found danger, or left a question about it open."
DANGER_OPEN = "Left a question about suicide in the free assessment open, or was not sure."


class AssessmentNotFound(Exception):
    """No such assessment."""


class AlreadyKept(Exception):
    """These very answers are kept, and nobody has decided about them yet."""


class AnsweredAgain(Exception):
    """The patient has answered again since; a decision is about the newest answers."""


class ReasonMissing(Exception):
    """A decision says in one line why it was taken."""


class RuleForbids(Exception):
    """An absolute rule speaks against this outcome; the application does not override it. `rule_ids` name it."""

    def __init__(self, rule_ids: tuple[str, ...]) -> None:
        super().__init__(", ".join(rule_ids))
        self.rule_ids = rule_ids


class Unsettled(Exception):
    """These findings are open and have to be settled, with a line each, before somebody is called suitable."""

    def __init__(self, rule_ids: tuple[str, ...]) -> None:
        super().__init__(", ".join(rule_ids))
        self.rule_ids = rule_ids


def keep_assessment(
    *,
    facts: protocols.Facts,
    evaluation: protocols.Evaluation,
    patient_id: UUID,
    actor: Actor,
    now: datetime,
    before: protocols.Evaluation | None = None,
) -> UUID:
    """Keep what a person answered with what the rules of that day found, so that it can be replayed.

    Danger that was said, or a question about it left open, raises an alarm: a visitor who becomes a patient is
    somebody's patient from that moment on. `before` is what stood before a clinician's screen; danger that was
    found then has its alarm already.
    """
    with transaction.atomic():
        assessment = Assessment.objects.create(
            patient_id=patient_id,
            facts=facts.as_json(),
            evaluation=evaluation.as_json(),
            disposition=evaluation.disposition.value,
            rule_set_version=evaluation.rule_set_version,
            taken_at=now,
        )
        audit.record(
            actor, "kept an assessment", about=("assessment", assessment.id), at=now, patient_id=patient_id
        )
        if _dangers(evaluation) - (_dangers(before) if before else set()):
            _raise_danger(
                facts, evaluation, assessment.id, patient_id, actor, now, screened=before is not None
            )
    return assessment.id


def answer_again(
    *, facts: protocols.Facts, evaluation: protocols.Evaluation, patient_id: UUID, actor: Actor, now: datetime
) -> UUID:
    """Keep new answers of a patient beside the earlier ones. The same ones, not decided about yet, are kept once.

    Raises NotAllowed, AlreadyKept.
    """
    require(actor, "answer a questionnaire", patient_id=patient_id)
    with transaction.atomic():
        Patient.objects.select_for_update().get(pk=patient_id)  # a second press waits here for the first
        newest = Assessment.objects.filter(patient_id=patient_id).order_by("-taken_at").first()
        if newest is not None and newest.facts == facts.as_json() and not newest.decisions.exists():
            raise AlreadyKept
        return keep_assessment(
            facts=facts, evaluation=evaluation, patient_id=patient_id, actor=actor, now=now
        )


def record_decision(
    *,
    assessment_id: UUID,
    outcome: str,
    why: str,
    resolved: Mapping[str, str],
    actor: Actor,
    now: datetime,
) -> UUID:
    """Record what was decided about an assessment, why, and how each open finding was settled.

    An absolute finding in every setting forbids "suitable"; an open finding needs a line in `resolved` first.
    Raises NotAllowed, AssessmentNotFound, AnsweredAgain, ReasonMissing, RuleForbids, Unsettled.
    """
    assessment = Assessment.objects.filter(pk=assessment_id).first()
    if assessment is None:
        raise AssessmentNotFound
    require(actor, "decide eligibility", patient_id=assessment.patient_id)
    if newer_than(assessment).exists():
        raise AnsweredAgain
    if not why.strip():
        raise ReasonMissing
    settled = {rule: line.strip() for rule, line in resolved.items() if line.strip()}
    if outcome == DecisionOutcome.SUITABLE:
        _refuse_unless_suitable(assessment, settled)
    assert actor.staff_id is not None
    with transaction.atomic():
        decision = Decision.objects.create(
            assessment=assessment,
            patient_id=assessment.patient_id,
            outcome=DecisionOutcome(outcome),
            why=why.strip(),
            resolved=settled,
            decided_by_id=actor.staff_id,
            decided_at=now,
        )
        audit.record(
            actor,
            "decided about an assessment",
            about=("decision", decision.id),
            at=now,
            patient_id=assessment.patient_id,
        )
    return decision.id


def _dangers(evaluation: protocols.Evaluation) -> set[tuple[str, bool]]:
    """Name the findings of danger, and whether each is open."""
    return {
        (finding.rule_id, finding.unknown)
        for finding in evaluation.findings
        if finding.severity is protocols.Severity.HELP_NOW
    }


def _raise_danger(
    facts: protocols.Facts,
    evaluation: protocols.Evaluation,
    assessment_id: UUID,
    patient_id: UUID,
    actor: Actor,
    now: datetime,
    *,
    screened: bool,
) -> None:
    said = facts.as_json()
    asked = [
        name
        for finding in evaluation.findings
        if finding.severity is protocols.Severity.HELP_NOW
        for name in finding.because
    ]
    safety.raise_alarm(
        patient_id=patient_id,
        reason="assessment.danger",
        severity="red",
        says=DANGER_SCREENED if screened else DANGER_SAID if evaluation.danger_is_said else DANGER_OPEN,
        facts={name: said.get(name) for name in asked},
        about_kind="assessment",
        about_id=assessment_id,
        acknowledge_within=protocols.policy("alarm-acknowledge-red").within,
        raised_at=now,
        actor=actor,
    )


def newer_than(assessment: Assessment) -> QuerySet[Assessment]:
    """The assessments the same patient has answered since this one."""
    return Assessment.objects.filter(patient_id=assessment.patient_id, taken_at__gt=assessment.taken_at)


def _refuse_unless_suitable(assessment: Assessment, settled: Mapping[str, str]) -> None:
    evaluation = protocols.evaluation_from_json(assessment.evaluation)
    forbidding = forbidden_everywhere(evaluation)
    if forbidding:
        raise RuleForbids(forbidding)
    unsettled = tuple(f.rule_id for f in to_settle(evaluation) if f.rule_id not in settled)
    if unsettled:
        raise Unsettled(unsettled)
