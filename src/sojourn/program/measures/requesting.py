"""Asking patients for questionnaires: once, or each week of a course."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from sojourn.program.audit import actions as audit
from sojourn.program.measures.models import QuestionnaireRequest
from sojourn.program.people.actors import Actor

# Program policy: a weekly scale may be answered from two days before its day to four days after it.
OPENS_BEFORE: Final = timedelta(days=2)
CLOSES_AFTER: Final = timedelta(days=4)
FIRST_WINDOW: Final = timedelta(days=7)
WEEKLY: Final = ("phq-9", "gad-7")


def request_questionnaire(
    *,
    patient_id: UUID,
    instrument_id: str,
    occasion: str,
    opens_on: date,
    due_on: date,
    closes_on: date,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Ask a patient for one questionnaire; asking again for the same day gives the first request."""
    with transaction.atomic():
        request, is_new = QuestionnaireRequest.objects.get_or_create(
            patient_id=patient_id,
            instrument_id=instrument_id,
            due_on=due_on,
            defaults={"occasion": occasion, "opens_on": opens_on, "closes_on": closes_on},
        )
        if is_new:
            audit.record(
                actor,
                "asked for a questionnaire",
                about=("questionnaire request", request.id),
                at=now,
                patient_id=patient_id,
            )
    return request.id


def request_before_treatment(*, patient_id: UUID, on: date, actor: Actor, now: datetime) -> None:
    """Ask a new patient for the scales that every course is judged by, open for a week."""
    for instrument_id in WEEKLY:
        request_questionnaire(
            patient_id=patient_id,
            instrument_id=instrument_id,
            occasion="before treatment",
            opens_on=on,
            due_on=on,
            closes_on=on + FIRST_WINDOW,
            actor=actor,
            now=now,
        )


def request_series(*, patient_id: UUID, first_on: date, last_on: date, actor: Actor, now: datetime) -> None:
    """Ask for the weekly scales on the weekday of `first_on`, each week until `last_on` is covered.

    Days that were asked for already stay as they are.
    """
    weeks = max(0, (last_on - first_on).days // 7) + 1
    due_days = [first_on + timedelta(weeks=week) for week in range(weeks)]
    with transaction.atomic():
        QuestionnaireRequest.objects.bulk_create(
            (
                QuestionnaireRequest(
                    patient_id=patient_id,
                    instrument_id=instrument_id,
                    occasion=f"week {number}",
                    opens_on=due_on - OPENS_BEFORE,
                    due_on=due_on,
                    closes_on=due_on + CLOSES_AFTER,
                )
                for number, due_on in enumerate(due_days, 1)
                for instrument_id in WEEKLY
            ),
            ignore_conflicts=True,
        )
        audit.record(
            actor,
            "asked for weekly questionnaires",
            about=("questionnaire request", None),
            at=now,
            patient_id=patient_id,
        )


def withdraw_requests(*, patient_id: UUID, actor: Actor, now: datetime) -> int:
    """Take back what is still open or to come; return how many were. What was missed before stays missed."""
    with transaction.atomic():
        taken_back = QuestionnaireRequest.objects.filter(
            patient_id=patient_id, closes_on__gte=now.date(), response=None, withdrawn_at=None
        ).update(withdrawn_at=now)
        if taken_back:
            audit.record(
                actor,
                "took questionnaires back",
                about=("questionnaire request", None),
                at=now,
                patient_id=patient_id,
            )
    return taken_back
