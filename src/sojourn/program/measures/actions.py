"""Recording what a patient answered. Critical answers are looked for before completeness."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from sojourn.clinical import instruments
from sojourn.program.audit.statements import entry_values
from sojourn.program.measures import statements
from sojourn.program.measures.models import Response
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
    try:
        with transaction.atomic():
            return _submit(request_id, raw_answers, answered_at, actor, accept_blanks=accept_blanks)
    except IntegrityError:
        # Two sendings of one form: the second waited for the first, whose response it could not see yet.
        recorded = Response.objects.filter(request_id=request_id).values_list("pk", flat=True).first()
        if recorded is None:
            raise
        raise AlreadySubmitted(recorded) from None


def _submit(
    request_id: UUID,
    raw_answers: Mapping[str, str | int | None],
    answered_at: datetime,
    actor: Actor,
    *,
    accept_blanks: bool,
) -> Submission:
    assert actor.patient_id is not None
    asked = statements.lock_request(request_id, actor.patient_id)
    if asked is None:
        raise NotThisPatients
    if asked.response_id is not None:
        raise AlreadySubmitted(asked.response_id)
    today = answered_at.astimezone(ZoneInfo(asked.timezone)).date()
    if asked.withdrawn_at is not None or not asked.opens_on <= today <= asked.closes_on:
        raise WindowClosed
    instrument = instruments.get(asked.instrument_id)
    answers = instruments.read_answers(instrument, raw_answers)
    critical = instruments.critical_answers(instrument, answers, previous=_comparable(asked, instrument))
    _raise_alarms(critical, request_id, instrument, answers, answered_at, actor)
    blank = _blank_scored_items(instrument, answers)
    if blank and not accept_blanks:
        return Submission(None, None, blank, offer_crisis_help=bool(critical))
    scored = instruments.score(instrument, answers)
    response_id = statements.new_response_id()
    statements.record_response(
        {
            "id": response_id,
            "patient_id": actor.patient_id,
            "request_id": request_id,
            "instrument_id": instrument.id,
            "instrument_version": instrument.version,
            "definition_hash": instrument.definition_hash,
            "source": Response.Source.PATIENT.value,
            "answers": answers.as_json(),
            "answered_at": answered_at,
            "answered_on": today,
            "flagged": bool(critical),
            "entered_by_id": actor.user_id,
            **_score_columns(scored),
        },
        entry_values(
            actor,
            "submitted a questionnaire",
            about=("response", response_id),
            at=answered_at,
            patient_id=actor.patient_id,
        ),
    )
    return Submission(response_id, scored, blank, offer_crisis_help=bool(critical))


def _raise_alarms(
    critical: tuple[instruments.CriticalAnswer, ...],
    request_id: UUID,
    instrument: instruments.Instrument,
    answers: instruments.Answers,
    answered_at: datetime,
    actor: Actor,
) -> None:
    assert actor.patient_id is not None
    for answer in critical:
        safety.raise_alarm(
            patient_id=actor.patient_id,
            reason=answer.reason,
            severity=answer.severity.value,
            says=answer.says,
            facts={
                "instrument": instrument.id,
                "item": answer.item_id,
                "answer": _value_of(answers, answer.item_id),
            },
            about_kind="questionnaire request",
            about_id=request_id,
            acknowledge_within=answer.acknowledge_within,
            raised_at=answered_at,
            actor=actor,
        )


def _comparable(asked: statements.Asked, instrument: instruments.Instrument) -> instruments.Answers | None:
    """The patient's last answers, for rules about a rise; answers to another definition cannot be compared."""
    stored = asked.previous
    if stored is None or stored.get("definition_hash") != instrument.definition_hash:
        return None
    return instruments.answers_from_json(instrument, stored)


def _blank_scored_items(instrument: instruments.Instrument, answers: instruments.Answers) -> tuple[str, ...]:
    scored = {item for scale in instrument.scales for group in scale.groups for item in group}
    return tuple(item for item in answers.blank if item in scored)


def _value_of(answers: instruments.Answers, item_id: str | None) -> int | None:
    return answers[item_id] if item_id else None


def _score_columns(scored: instruments.Score | instruments.Unscorable) -> dict[str, object]:
    if isinstance(scored, instruments.Unscorable):
        return {
            "value": None,
            "prorated": False,
            "answered": scored.answered,
            "band": "",
            "unscorable_because": scored.reason,
        }
    return {
        "value": round(float(scored.value), 3),
        "prorated": scored.prorated,
        "answered": scored.answered,
        "band": scored.band.label if scored.band else "",
        "unscorable_because": "",
    }
