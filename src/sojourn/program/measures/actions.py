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
    "AlreadySubmitted", "AnswersRefused", "NotThisPatients", "Submission", "WindowClosed",
    "request_before_treatment", "request_questionnaire", "request_series", "submit_response", "withdraw_requests",
]  # fmt: skip


class NotThisPatients(Exception):
    """The request belongs to another patient, or does not exist."""


class AlreadySubmitted(Exception):
    """This request has its response, `response_id`, and keeps it. Other answers than those may still ask for help."""

    def __init__(self, response_id: UUID, *, offer_crisis_help: bool = False) -> None:
        super().__init__("already answered")
        self.response_id = response_id
        self.offer_crisis_help = offer_crisis_help


class WindowClosed(Exception):
    """The questionnaire may not be answered today: not yet open, closed, or taken back."""

    def __init__(self, *, offer_crisis_help: bool = False) -> None:
        super().__init__("not open today")
        self.offer_crisis_help = offer_crisis_help


class AnswersRefused(instruments.AnswersInvalid):
    """Some answers were not among those offered, so none is recorded; the others may still ask for help."""

    def __init__(self, problems: Mapping[str, str], *, offer_crisis_help: bool) -> None:
        super().__init__(problems)
        self.offer_crisis_help = offer_crisis_help


Refusal = AlreadySubmitted | WindowClosed | AnswersRefused


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

    Critical answers are looked for first, whatever becomes of the rest: a form that is half filled, too late, sent
    again with other answers or partly unreadable can still ask for help, so its alarms are raised even when nothing
    is recorded. With `accept_blanks` a half-filled form is recorded as it is.
    Raises NotAllowed, NotThisPatients, AlreadySubmitted, WindowClosed, AnswersRefused.
    """
    require(actor, "answer a questionnaire")
    try:
        ending = _submit(request_id, raw_answers, answered_at, actor, accept_blanks=accept_blanks)
    except IntegrityError:
        # Two sendings of one form: the second waited for the first, whose response it could not see yet.
        if not Response.objects.filter(request_id=request_id).exists():
            raise
        ending = _submit(request_id, raw_answers, answered_at, actor, accept_blanks=accept_blanks)
    if isinstance(ending, Submission):
        return ending
    raise ending


@transaction.atomic
def _submit(
    request_id: UUID,
    raw_answers: Mapping[str, str | int | None],
    answered_at: datetime,
    actor: Actor,
    *,
    accept_blanks: bool,
) -> Submission | Refusal:
    """Do all that has to be kept together. A refusal is returned, not raised: raising would undo its alarms."""
    assert actor.patient_id is not None
    asked = statements.lock_request(request_id, actor.patient_id)
    if asked is None:
        raise NotThisPatients
    instrument = instruments.get(asked.instrument_id)
    answers, problems = _read(instrument, raw_answers)
    today = answered_at.astimezone(ZoneInfo(asked.timezone)).date()
    is_open = asked.withdrawn_at is None and asked.opens_on <= today <= asked.closes_on
    critical = instruments.critical_answers(instrument, answers, previous=_comparable(asked, instrument))
    if asked.response_id is not None or not is_open:
        critical = _unheard(critical, answers, asked.response_id)
    _raise_alarms(critical, request_id, instrument, answers, answered_at, actor)
    if asked.response_id is not None:
        return AlreadySubmitted(asked.response_id, offer_crisis_help=bool(critical))
    if not is_open:
        return WindowClosed(offer_crisis_help=bool(critical))
    if problems:
        return AnswersRefused(problems, offer_crisis_help=bool(critical))
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


def _read(
    instrument: instruments.Instrument, raw_answers: Mapping[str, str | int | None]
) -> tuple[instruments.Answers, Mapping[str, str]]:
    """Read what can be read, with the problems of the rest; what cannot be read counts as left blank."""
    try:
        return instruments.read_answers(instrument, raw_answers), {}
    except instruments.AnswersInvalid as invalid:
        legible = {name: value for name, value in raw_answers.items() if name not in invalid.problems}
        return instruments.read_answers(instrument, legible), invalid.problems


def _unheard(
    critical: tuple[instruments.CriticalAnswer, ...], answers: instruments.Answers, response_id: UUID | None
) -> tuple[instruments.CriticalAnswer, ...]:
    """Find what was said in answers that are not recorded, and that the recorded ones do not say already."""
    recorded = Response.objects.filter(pk=response_id).first() if response_id else None
    heard = (recorded.answers or {}).get("values", {}) if recorded else {}
    return tuple(
        found
        for found in critical
        if found.item_id and answers[found.item_id] not in {None, heard.get(found.item_id)}
    )


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
