"""Recording what a patient answered. Critical answers are looked for first, whatever becomes of the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from sojourn.clinical import instruments
from sojourn.clinical.instruments import Answers, CriticalAnswer, Instrument
from sojourn.program.audit.statements import entry_values
from sojourn.program.measures import requesting, results, statements
from sojourn.program.measures.models import Draft, Response
from sojourn.program.measures.wording import instrument_here, is_for_patients
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import require


class NotThisPatients(Exception):
    """The request belongs to another patient, is for staff to answer, or does not exist."""


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
    scored: results.Scored | None
    blank: tuple[str, ...]
    offer_crisis_help: bool
    leads_to: UUID | None = None  # the request that these answers led to, to be answered in the same sitting


@dataclass(frozen=True)
class _Given:
    """Answers to a locked request: what could be read, what could not, and whether the request takes them."""

    request_id: UUID
    patient_id: UUID
    instrument: Instrument
    answers: Answers
    problems: Mapping[str, str]
    today: date
    is_open: bool
    response_id: UUID | None
    earlier: statements.Earlier

    @property
    def previous(self) -> Answers | None:
        return results.comparable(self.instrument, self.earlier.answers)

    def refusal(self, *, offer_crisis_help: bool) -> Refusal | None:
        """Say why nothing is recorded; None where the request takes these answers."""
        if self.response_id is not None:
            return AlreadySubmitted(self.response_id, offer_crisis_help=offer_crisis_help)
        if not self.is_open:
            return WindowClosed(offer_crisis_help=offer_crisis_help)
        return None


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


def save_draft(
    *, request_id: UUID, raw_answers: Mapping[str, str | int | None], now: datetime, actor: Actor
) -> bool:
    """Keep what a patient has chosen so far, and raise an alarm for a critical answer at once.

    Return whether help should be offered. Answers that are not offered are left out of the draft: nothing is lost
    by them, for the form refuses them when it is sent. Raises NotAllowed, NotThisPatients, AlreadySubmitted,
    WindowClosed.
    """
    require(actor, "answer a questionnaire")
    ending = _keep(request_id, raw_answers, now, actor)
    if isinstance(ending, bool):
        return ending
    raise ending


@transaction.atomic
def _keep(
    request_id: UUID, raw_answers: Mapping[str, str | int | None], now: datetime, actor: Actor
) -> bool | Refusal:
    given = _locked(request_id, raw_answers, now, actor)
    offer_help = _raise(_in_passing(given), given, now, actor)
    if refusal := given.refusal(offer_crisis_help=offer_help):
        return refusal
    Draft.objects.update_or_create(
        request_id=request_id, defaults={"answers": given.answers.as_json(), "saved_at": now}
    )
    return offer_help


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
    given = _locked(request_id, raw_answers, answered_at, actor)
    if given.response_id is not None or not given.is_open:
        offer_help = _raise(_in_passing(given), given, answered_at, actor)
        refusal = given.refusal(offer_crisis_help=offer_help)
        assert refusal is not None
        return refusal
    result = results.result_of(
        given.instrument, given.answers, previous=given.previous, earlier=given.earlier.values
    )
    offer_help = _raise(result.critical, given, answered_at, actor)
    if given.problems:
        return AnswersRefused(given.problems, offer_crisis_help=offer_help)
    blank = instruments.unanswered(given.instrument, given.answers)
    if blank and not accept_blanks:
        return Submission(None, None, blank, offer_crisis_help=offer_help)
    response_id = _record(given, result, answered_at, actor)
    leads_to = requesting.request_after_answer(
        patient_id=given.patient_id,
        instrument_id=given.instrument.id,
        names=result.names,
        on=given.today,
        actor=actor,
        now=answered_at,
    )
    return Submission(response_id, result.scored, blank, offer_help, leads_to)


def _locked(
    request_id: UUID, raw_answers: Mapping[str, str | int | None], now: datetime, actor: Actor
) -> _Given:
    """Lock a request of the acting patient and read what can be read of the answers. Raises NotThisPatients."""
    assert actor.patient_id is not None
    asked = statements.lock_request(request_id, actor.patient_id, at=now)
    if asked is None:
        raise NotThisPatients
    instrument = instrument_here(asked.instrument_id)
    if not is_for_patients(instrument):
        raise NotThisPatients
    answers, problems = _read(instrument, raw_answers)
    today = now.astimezone(ZoneInfo(asked.timezone)).date()
    is_open = asked.withdrawn_at is None and asked.opens_on <= today <= asked.closes_on
    return _Given(
        request_id, actor.patient_id, instrument, answers, problems, today, is_open, asked.response_id,
        asked.earlier,
    )  # fmt: skip


def _read(
    instrument: Instrument, raw_answers: Mapping[str, str | int | None]
) -> tuple[Answers, Mapping[str, str]]:
    """Read what can be read, with the problems of the rest; what cannot be read counts as left blank."""
    try:
        return instruments.read_answers(instrument, raw_answers), {}
    except instruments.AnswersInvalid as invalid:
        legible = {name: value for name, value in raw_answers.items() if name not in invalid.problems}
        return instruments.read_answers(instrument, legible), invalid.problems


def _in_passing(given: _Given) -> tuple[CriticalAnswer, ...]:
    """Find what is said in answers that are not recorded now, and that the recorded ones do not say already."""
    critical = instruments.critical_answers(
        given.instrument, given.answers, previous=given.previous, unfinished=True
    )
    recorded = Response.objects.filter(pk=given.response_id).first() if given.response_id else None
    first = results.comparable(given.instrument, recorded.answers) if recorded else None
    if first is None:
        return critical
    heard = {answer.reason for answer in instruments.critical_answers(given.instrument, first)}
    return tuple(
        found
        for found in critical
        if (
            given.answers[found.item_id] != first[found.item_id]
            if found.item_id
            else found.reason not in heard
        )
    )


def _raise(critical: tuple[CriticalAnswer, ...], given: _Given, at: datetime, actor: Actor) -> bool:
    """Raise the alarms of these answers; tell whether help should be offered."""
    results.raise_alarms(
        critical,
        patient_id=given.patient_id,
        about=("questionnaire request", given.request_id),
        answers=given.answers,
        at=at,
        actor=actor,
    )
    return any(answer.about_suicide for answer in critical)


def _record(given: _Given, result: results.Result, answered_at: datetime, actor: Actor) -> UUID:
    instrument = given.instrument
    response_id = statements.new_response_id()
    statements.record_response(
        {
            "id": response_id,
            "patient_id": given.patient_id,
            "request_id": given.request_id,
            "instrument_id": instrument.id,
            "instrument_version": instrument.version,
            "definition_hash": instrument.definition_hash,
            "text_pack_hash": instrument.text_pack_hash or "",
            "source": Response.Source.PATIENT.value,
            "answers": given.answers.as_json(),
            "answered_at": answered_at,
            "answered_on": given.today,
            "received_at": answered_at,
            "entered_by_id": actor.user_id,
            **result.columns(instrument),
        },
        entry_values(
            actor,
            "submitted a questionnaire",
            about=("response", response_id),
            at=answered_at,
            patient_id=given.patient_id,
        ),
    )
    return response_id
