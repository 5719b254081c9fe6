"""Answers entered by staff: from paper, by telephone, or as a clinician's own rating; and corrections of any answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from sojourn.clinical import instruments
from sojourn.clinical.instruments import Answers, Instrument
from sojourn.program.audit.statements import entry_values
from sojourn.program.measures import requesting, results, statements
from sojourn.program.measures.models import QuestionnaireRequest, Response
from sojourn.program.measures.wording import instrument_here
from sojourn.program.people.actors import Actor
from sojourn.program.people.models import Patient
from sojourn.program.people.policy import patients_visible_to, require

NOON = time(12)


class ResponseNotFound(Exception):
    """No such response among the patients this actor may see, or one that has no answers to correct."""


class AlreadyCorrected(Exception):
    """These answers were corrected; the correction is what can be corrected next."""


class WhyMissing(Exception):
    """A correction says why."""


class NotYet(Exception):
    """Answers cannot have been given in the future."""


class BeforeBirth(Exception):
    """Answers cannot have been given before the patient was born."""


class AnotherEdition(Exception):
    """The answers were given to another edition of the instrument, which this release no longer asks."""


@dataclass(frozen=True)
class Entered:
    """What became of entered answers. Without `response_id` nothing is recorded yet: `blank` items were left out."""

    response_id: UUID | None
    blank: tuple[str, ...] = ()


def enter_response(
    *,
    patient_id: UUID,
    instrument_id: str,
    raw_answers: Mapping[str, str | int | None],
    answered_on: date,
    stated_total: str,
    accept_blanks: bool,
    actor: Actor,
    now: datetime,
) -> Entered:
    """Record answers for a patient, once for each request; a stated total is kept beside the computed one.

    Raises NotAllowed, NotYet, BeforeBirth, instruments.AnswersInvalid, instruments.TotalImpossible, UnknownInstrument.
    """
    require(actor, "enter answers for a patient", patient_id=patient_id)
    instrument = instrument_here(instrument_id)
    answered_at, today = _answered_at(patient_id, answered_on, now)
    answers = instruments.read_answers(instrument, raw_answers)
    stated = _stated(instrument, stated_total)
    blank = instruments.unanswered(instrument, answers)
    if blank and not accept_blanks:
        return Entered(None, blank)
    with transaction.atomic():
        request = _request_answered(patient_id, instrument_id, answered_on)
        before = statements.earlier(patient_id=patient_id, instrument_id=instrument_id, at=answered_at)
        result = results.result_of(
            instrument,
            answers,
            previous=results.comparable(instrument, before.answers),
            earlier=before.values,
        )
        response_id = _record(
            instrument,
            answers,
            result,
            {
                "patient_id": patient_id,
                "request_id": request.pk if request else None,
                "answered_at": answered_at,
                "answered_on": answered_on,
                "stated_total": stated,
            },
            did="entered answers for a patient",
            actor=actor,
            now=now,
        )
        about = ("questionnaire request", request.pk) if request else ("response", response_id)
        results.raise_alarms(
            result.critical, patient_id=patient_id, about=about, answers=answers, at=now, actor=actor
        )
        requesting.request_after_answer(
            patient_id=patient_id,
            instrument_id=instrument_id,
            names=result.names,
            on=today,
            actor=actor,
            now=now,
        )
    return Entered(response_id)


def _answered_at(patient_id: UUID, answered_on: date, now: datetime) -> tuple[datetime, date]:
    """The moment that stands for a day, and today, both where the patient is. Raises NotYet, BeforeBirth."""
    timezone, born_on = Patient.objects.values_list("site__timezone", "born_on").get(pk=patient_id)
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    if answered_on > today:
        raise NotYet
    if born_on is not None and answered_on < born_on:
        raise BeforeBirth
    return (now if answered_on == today else datetime.combine(answered_on, NOON, zone)), today


def correct_response(
    *,
    response_id: UUID,
    raw_answers: Mapping[str, str | int | None],
    why: str,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Put corrected answers beside the original, which stays as it was, with its alarms.

    New alarms are raised only for what the original did not raise. Raises NotAllowed, ResponseNotFound,
    AlreadyCorrected, AnotherEdition, WhyMissing, instruments.AnswersInvalid.
    """
    if not why.strip():
        raise WhyMissing
    original, instrument = _to_correct(response_id, actor)
    answers = instruments.read_answers(instrument, raw_answers)
    before = statements.earlier(
        patient_id=original.patient_id,
        instrument_id=instrument.id,
        at=original.answered_at,
        apart_from=original.pk,
    )
    previous = results.comparable(instrument, before.answers)
    result = results.result_of(instrument, answers, previous=previous, earlier=before.values)
    first = instruments.answers_from_json(instrument, original.answers or {})
    raised = {answer.reason for answer in results.result_of(instrument, first, previous=previous).critical}
    try:
        with transaction.atomic():
            corrected_id = _record(
                instrument,
                answers,
                result,
                {
                    "patient_id": original.patient_id,
                    "answered_at": original.answered_at,
                    "answered_on": original.answered_on,
                    "stated_total": original.stated_total,
                    "corrects_id": original.pk,
                    "correction_why": why.strip()[:300],
                },
                did="corrected answers",
                actor=actor,
                now=now,
            )
            results.raise_alarms(
                [answer for answer in result.critical if answer.reason not in raised],
                patient_id=original.patient_id,
                about=("response", corrected_id),
                answers=answers,
                at=now,
                actor=actor,
            )
    except IntegrityError as twice:
        raise AlreadyCorrected from twice
    return corrected_id


def _to_correct(response_id: UUID, actor: Actor) -> tuple[Response, Instrument]:
    """Answers that may be corrected, and what they answer. Raises NotAllowed, ResponseNotFound, AnotherEdition."""
    seen = Response.objects.filter(patients_visible_to(actor, "patient"), pk=response_id)
    original = seen.exclude(answers=None).first()
    if original is None:
        raise ResponseNotFound
    require(actor, "enter answers for a patient", patient_id=original.patient_id)
    instrument = instrument_here(original.instrument_id)
    if original.definition_hash != instrument.definition_hash:
        raise AnotherEdition
    return original, instrument


def _record(
    instrument: Instrument,
    answers: Answers,
    result: results.Result,
    facts: dict[str, object],
    *,
    did: str,
    actor: Actor,
    now: datetime,
) -> UUID:
    response_id = statements.new_response_id()
    statements.record_response(
        {
            "id": response_id,
            "instrument_id": instrument.id,
            "instrument_version": instrument.version,
            "definition_hash": instrument.definition_hash,
            "text_pack_hash": instrument.text_pack_hash or "",
            "source": Response.Source.STAFF.value,
            "answers": answers.as_json(),
            "entered_by_id": actor.user_id,
            "received_at": now,
            **facts,
            **result.columns(instrument),
        },
        entry_values(
            actor,
            did,
            about=("response", response_id),
            at=now,
            patient_id=UUID(str(facts["patient_id"])),
        ),
    )
    return response_id


def _stated(instrument: Instrument, stated_total: str) -> Decimal | None:
    """Read the total as it stands on paper. One that no answers could give is refused, not kept."""
    if not stated_total.strip() or not instrument.scales:
        return None
    total = instruments.score_from_total(instrument, stated_total)
    return Decimal(total.value.numerator) / Decimal(total.value.denominator)


def _request_answered(patient_id: UUID, instrument_id: str, on: date) -> QuestionnaireRequest | None:
    """Lock the request these answers serve: of those open that day the one due nearest, then the earlier."""
    open_then = QuestionnaireRequest.objects.select_for_update().filter(
        patient_id=patient_id,
        instrument_id=instrument_id,
        withdrawn_at=None,
        opens_on__lte=on,
        closes_on__gte=on,
    )
    unanswered = [request for request in open_then if not Response.objects.filter(request=request).exists()]
    return min(unanswered, key=lambda request: (abs(request.due_on - on), request.due_on), default=None)
