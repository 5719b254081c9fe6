"""Keeping what a patient understood; publishing and taking back what the practice says."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from sojourn.clinical.evidence.claim_files import claims
from sojourn.clinical.evidence.lessons import Lesson
from sojourn.clinical.evidence.publishing import PracticeFigure, Refusal, why_not_published
from sojourn.program.audit import actions as audit
from sojourn.program.education.models import PublicStatement, StatementWithdrawal, Understanding
from sojourn.program.people.actors import Actor
from sojourn.program.people.models import Patient
from sojourn.program.people.policy import require


class NotPublishable(Exception):
    """The statement does not pass the gate. `refusals` say why and what would change it."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        super().__init__("; ".join(refusal.rule for refusal in refusals))
        self.refusals = refusals


class UnknownStatement(Exception):
    """No statement has that id."""


def answer_check(
    *, lesson: Lesson, answers: Mapping[str, str], actor: Actor, now: datetime
) -> tuple[str, ...]:
    """Keep a patient's answers to the questions of a lesson; give the ids of those that were wrong.

    The same answers sent again are kept once. Raises NotAllowed.
    """
    require(actor, "answer a comprehension check", patient_id=actor.patient_id)
    assert actor.patient_id is not None
    given = {question.id: answers.get(question.id, "") for question in lesson.questions}
    wrong = lesson.wrong_answers(given)
    with transaction.atomic():
        patient = Patient.objects.select_for_update().get(pk=actor.patient_id)
        tries = Understanding.objects.filter(patient=patient, lesson_id=lesson.id).order_by("-answered_at")
        last = tries.first()
        if last and last.answers == given and last.lesson_version == lesson.version:
            return wrong
        kept = Understanding.objects.create(
            patient=patient,
            lesson_id=lesson.id,
            lesson_version=lesson.version,
            answers=given,
            wrong=list(wrong),
            answered_at=now,
        )
        audit.record(
            actor,
            "answered the questions of a lesson",
            about=("understanding", kept.id),
            at=now,
            patient_id=patient.id,
        )
    return wrong


def publish_statement(
    *, text: str, claim_id: str, figure: PracticeFigure | None, actor: Actor, now: datetime
) -> UUID:
    """Publish a sentence with the card behind it and the counts for its numbers.

    Raises NotAllowed, NotPublishable.
    """
    require(actor, "publish a statement")
    assert actor.staff_id is not None
    text = " ".join(text.split())
    refusals = why_not_published(text, card=claims().get(claim_id), figure=figure, on=now.date())
    if refusals:
        raise NotPublishable(refusals)
    with transaction.atomic():
        statement = PublicStatement.objects.create(
            text=text,
            claim_id=claim_id,
            figure=asdict(figure) if figure else None,
            published_by_id=actor.staff_id,
            published_at=now,
        )
        audit.record(actor, "published a statement", about=("statement", statement.id), at=now)
    return statement.id


def withdraw_statement(*, statement_id: UUID, why: str, actor: Actor, now: datetime) -> None:
    """Take a statement back; it is no longer shown. Taking it back twice changes nothing.

    Raises NotAllowed, UnknownStatement.
    """
    require(actor, "publish a statement")
    assert actor.staff_id is not None
    if not PublicStatement.objects.filter(pk=statement_id).exists():
        raise UnknownStatement(statement_id)
    try:
        with transaction.atomic():
            StatementWithdrawal.objects.create(
                statement_id=statement_id, why=why, withdrawn_by_id=actor.staff_id, withdrawn_at=now
            )
            audit.record(actor, "withdrew a statement", about=("statement", statement_id), at=now)
    except IntegrityError:
        if not StatementWithdrawal.objects.filter(pk=statement_id).exists():
            raise
