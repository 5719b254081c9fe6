"""Asking patients for questionnaires: when they join, through a course, after an answer, or by hand."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from functools import cache
from uuid import UUID

from django.db import transaction

from sojourn.clinical import instruments
from sojourn.clinical.instruments import Due
from sojourn.program.audit import actions as audit
from sojourn.program.measures.models import QuestionnaireRequest, Response
from sojourn.program.measures.results import result_of
from sojourn.program.measures.wording import askable, is_for_patients
from sojourn.program.people.actors import Actor

AFTER_COURSE = ("end of induction", "follow-up", "maintenance")


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
            withdrawn_at=None,
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
    """Ask a new patient for the screens of the calendar."""
    due = instruments.due_on_joining(instruments=askable(), on=on)
    _ask(due, patient_id=patient_id, course_id=None, actor=actor, now=now, did="asked for questionnaires")


def request_course(
    *,
    patient_id: UUID,
    course_id: UUID,
    doses: Sequence[date],
    given: Collection[date],
    today: date,
    actor: Actor,
    now: datetime,
) -> None:
    """Bring what is asked in a course in line with its doses, given and to come, however often they move.

    What was answered, begun or has closed stays as it is; what no longer belongs is taken back.
    """
    due = [
        one
        for one in instruments.due_in_course(
            instruments=askable(), doses=doses, given=given, results=_results_of(patient_id)
        )
        if one.closes_on >= today
    ]
    wanted = {(one.instrument_id, one.due_on) for one in due}
    with transaction.atomic():
        waiting = QuestionnaireRequest.objects.filter(
            course_id=course_id, withdrawn_at=None, response=None, draft=None, closes_on__gte=today
        )
        stray = [row.pk for row in waiting if (row.instrument_id, row.due_on) not in wanted]
        QuestionnaireRequest.objects.filter(pk__in=stray).update(withdrawn_at=now)
        _ask(
            due,
            patient_id=patient_id,
            course_id=course_id,
            actor=actor,
            now=now,
            did="asked for the questionnaires of a course",
            even_if_none=bool(stray),
        )


def request_after_answer(
    *, patient_id: UUID, instrument_id: str, names: frozenset[str], on: date, actor: Actor, now: datetime
) -> UUID | None:
    """Ask for what an answer leads to, and return what the patient can answer in the same sitting.

    Of the suicide screens one is enough: the ASQ is asked where the C-SSRS has no wording here.
    """
    if not names or instrument_id not in _followed():
        return None
    here = {instrument.id: instrument for instrument in askable()}
    due = instruments.due_after_answer(
        instruments=here.values(), answered=instrument_id, results=names, on=on
    )
    if any(one.instrument_id == "c-ssrs-screener" for one in due):
        due = tuple(one for one in due if one.instrument_id != "asq")
    _ask(due, patient_id=patient_id, course_id=None, actor=actor, now=now, did="asked for a further screen")
    mine = [one for one in due if is_for_patients(here[one.instrument_id])]
    if not mine:
        return None
    return (
        QuestionnaireRequest.objects.filter(
            patient_id=patient_id,
            instrument_id=mine[0].instrument_id,
            due_on=mine[0].due_on,
            withdrawn_at=None,
            response=None,
        )
        .values_list("pk", flat=True)
        .first()
    )


def withdraw_requests(*, patient_id: UUID, actor: Actor, now: datetime, but_follow_up: bool = False) -> int:
    """Take back what is still open or to come; return how many were. What was missed before stays missed.

    With `but_follow_up` the questions after the course stay: a finished course is judged by what comes later.
    """
    with transaction.atomic():
        waiting = QuestionnaireRequest.objects.filter(
            patient_id=patient_id, closes_on__gte=now.date(), response=None, withdrawn_at=None
        )
        if but_follow_up:
            waiting = waiting.exclude(point__in=AFTER_COURSE)
        taken_back = waiting.update(withdrawn_at=now)
        if taken_back:
            audit.record(
                actor,
                "took questionnaires back",
                about=("questionnaire request", None),
                at=now,
                patient_id=patient_id,
            )
    return taken_back


def _ask(
    due: Iterable[Due],
    *,
    patient_id: UUID,
    course_id: UUID | None,
    actor: Actor,
    now: datetime,
    did: str,
    even_if_none: bool = False,
) -> None:
    """Ask for each; one asked for already on its day stays as it is."""
    due = tuple(due)
    standing = set(
        QuestionnaireRequest.objects.filter(
            patient_id=patient_id, withdrawn_at=None, due_on__in={one.due_on for one in due}
        ).values_list("instrument_id", "due_on")
    )
    new = [one for one in due if (one.instrument_id, one.due_on) not in standing]
    if not new and not even_if_none:
        return
    with transaction.atomic():
        QuestionnaireRequest.objects.bulk_create(
            (
                QuestionnaireRequest(
                    patient_id=patient_id,
                    course_id=course_id,
                    instrument_id=one.instrument_id,
                    point=one.point,
                    occasion=one.occasion,
                    opens_on=one.opens_on,
                    due_on=one.due_on,
                    closes_on=one.closes_on,
                )
                for one in new
            ),
            ignore_conflicts=True,
        )
        audit.record(actor, did, about=("questionnaire request", course_id), at=now, patient_id=patient_id)


@cache
def _followed() -> frozenset[str]:
    """The instruments whose answers lead to others."""
    return frozenset(
        occasion.follows[0]
        for instrument in instruments.all_instruments()
        for occasion in instrument.cadence
        if occasion.follows
    )


def _results_of(patient_id: UUID) -> dict[str, frozenset[str]]:
    """What a patient's newest answers to the instruments that lead to others came to."""
    newest = (
        Response.objects.filter(patient_id=patient_id, instrument_id__in=_followed(), corrected_by=None)
        .exclude(answers=None)
        .order_by("instrument_id", "-answered_on", "-answered_at")
        .distinct("instrument_id")
    )
    found: dict[str, frozenset[str]] = {}
    for row in newest:
        instrument = instruments.get(row.instrument_id)
        if row.answers is not None and row.definition_hash == instrument.definition_hash:
            answers = instruments.answers_from_json(instrument, row.answers)
            found[row.instrument_id] = result_of(instrument, answers).names
    return found
