"""Recording what a patient answered. Critical answers are looked for before completeness."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from sojourn.clinical import instruments
from sojourn.program.audit import actions as audit
from sojourn.program.measures.models import QuestionnaireRequest, Response
from sojourn.program.measures.requesting import (
    request_before_treatment,
    request_questionnaire,
    request_series,
    withdraw_requests,
)
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import require
from sojourn.program.safety import actions as safety

__all__ = [
    "AlreadySubmitted", "NotThisPatients", "Submission", "WindowClosed", "request_before_treatment",
    "request_questionnaire", "request_series", "submit_response", "withdraw_requests",
]  # fmt: skip


class NotThisPatients(Exception):
    """The request belongs to another patient, or does not exist."""


class AlreadySubmitted(Exception):
    """This request has its response; `response_id` is the one that was recorded."""

    def __init__(self, response_id: UUID) -> None:
        super().__init__("already answered")
        self.response_id = response_id


class WindowClosed(Exception):
    """The questionnaire may not be answered today: not yet open, closed, or taken back."""


@dataclass(frozen=True)
class Submission:
    """What became of the answers. Without `response_id` nothing is recorded yet: `blank` items were left out."""

    response_id: UUID | None
    scored: instruments.Score | instruments.Unscorable | None
    blank: tuple[str, ...]
    offer_crisis_help: bool


def submit_response(
    *,
    request_id: UUID,
    raw_answers: Mapping[str, str | int | None],
    answered_at: datetime,
    actor: Actor,
    accept_blanks: bool = False,
) -> Submission:
    """Record a patient's answers once, score them, and raise an alarm for any critical answer.

    Critical answers are looked for first: a half-filled form can still ask for help, so its alarms are raised even
    when the form comes back to be completed. With `accept_blanks` it is recorded as it is.
    Raises NotAllowed, NotThisPatients, AlreadySubmitted, WindowClosed, instruments.AnswersInvalid.
    """
    require(actor, "answer a questionnaire")
    assert actor.patient_id is not None
    with transaction.atomic():
        asked = _lock_request(request_id, actor.patient_id)
        today = answered_at.astimezone(ZoneInfo(asked.patient.site.timezone)).date()
        _refuse_if_not_open(asked, today)
        instrument = instruments.get(asked.instrument_id)
        answers = instruments.read_answers(instrument, raw_answers)
        critical = instruments.critical_answers(
            instrument, answers, previous=_previous_answers(asked, instrument)
        )
        for answer in critical:
            safety.raise_alarm(
                patient_id=asked.patient_id,
                reason=answer.reason,
                severity=answer.severity.value,
                says=answer.says,
                facts={
                    "instrument": instrument.id,
                    "item": answer.item_id,
                    "answer": _value_of(answers, answer.item_id),
                },
                about_kind="questionnaire request",
                about_id=asked.id,
                acknowledge_within=answer.acknowledge_within,
                raised_at=answered_at,
                actor=actor,
            )
        blank = _blank_scored_items(instrument, answers)
        if blank and not accept_blanks:
            return Submission(None, None, blank, offer_crisis_help=bool(critical))
        scored = instruments.score(instrument, answers)
        response = Response.objects.create(
            patient_id=asked.patient_id,
            request=asked,
            instrument_id=instrument.id,
            instrument_version=instrument.version,
            definition_hash=instrument.definition_hash,
            source=Response.Source.PATIENT,
            answers=answers.as_json(),
            answered_at=answered_at,
            answered_on=today,
            flagged=bool(critical),
            entered_by_id=actor.user_id,
            **_score_columns(scored),
        )
        audit.record(
            actor,
            "submitted a questionnaire",
            about=("response", response.id),
            at=answered_at,
            patient_id=asked.patient_id,
        )
    return Submission(response.id, scored, blank, offer_crisis_help=bool(critical))


def _lock_request(request_id: UUID, patient_id: UUID) -> QuestionnaireRequest:
    asked = (
        QuestionnaireRequest.objects.select_for_update(of=("self",))
        .select_related("patient__site")
        .filter(pk=request_id, patient_id=patient_id)
        .first()
    )
    if asked is None:
        raise NotThisPatients
    recorded = Response.objects.filter(request_id=request_id).values_list("pk", flat=True).first()
    if recorded:
        raise AlreadySubmitted(recorded)
    return asked


def _refuse_if_not_open(asked: QuestionnaireRequest, today: date) -> None:
    if asked.withdrawn_at is not None or not asked.opens_on <= today <= asked.closes_on:
        raise WindowClosed


def _previous_answers(
    asked: QuestionnaireRequest, instrument: instruments.Instrument
) -> instruments.Answers | None:
    """The last answers to the same definition, for rules about a rise; another definition cannot be compared."""
    stored = (
        Response.objects.filter(
            patient_id=asked.patient_id,
            instrument_id=instrument.id,
            definition_hash=instrument.definition_hash,
        )
        .exclude(answers=None)
        .order_by("-answered_at")
        .values_list("answers", flat=True)
        .first()
    )
    return instruments.answers_from_json(instrument, stored) if stored else None


def _blank_scored_items(instrument: instruments.Instrument, answers: instruments.Answers) -> tuple[str, ...]:
    scored = {item for scale in instrument.scales for group in scale.groups for item in group}
    return tuple(item for item in answers.blank if item in scored)


def _value_of(answers: instruments.Answers, item_id: str | None) -> int | None:
    return answers[item_id] if item_id else None


def _score_columns(scored: instruments.Score | instruments.Unscorable) -> dict[str, object]:
    if isinstance(scored, instruments.Unscorable):
        return {"answered": scored.answered, "unscorable_because": scored.reason}
    return {
        "value": round(float(scored.value), 3),
        "prorated": scored.prorated,
        "answered": scored.answered,
        "band": scored.band.label if scored.band else "",
    }
