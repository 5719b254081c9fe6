"""Inviting, reminding, and noting what lapsed. What is due is read from rows; a job only looks at them often."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from sojourn.clinical import instruments
from sojourn.program.audit import actions as audit
from sojourn.program.measures import results
from sojourn.program.measures.links import make_link
from sojourn.program.measures.models import Draft, Notice, QuestionnaireRequest
from sojourn.program.measures.wording import askable, is_for_patients
from sojourn.program.people.actors import MACHINE

A_DAY = timedelta(days=1)
LOOK_BACK = timedelta(
    days=30
)  # a window that closed longer ago was noted long since, or before notices began


def give_notices(*, now: datetime) -> int:
    """Write down each invitation and reminder that is due now; return how many. Asking twice adds nothing.

    Nobody is written to before the hour the calendar names, by the clock of their site.
    """
    given = 0
    for request in _waiting(now):
        today = _local(request, now).date()
        if _local(request, now).hour < instruments.calendar().link.earliest_hour:
            continue
        if not request.opens_on <= today <= request.closes_on:
            continue
        for kind, number in _due(request, today):
            given += _give(request, kind, number, now)
    return given


def note_lapsed(*, now: datetime) -> int:
    """Note every window that closed without an answer; return how many.

    A form that was begun and never sent still speaks: a question about suicide left blank in it raises its alarm.
    """
    lapsed = 0
    closed = (
        QuestionnaireRequest.objects.filter(
            closes_on__range=(now.date() - LOOK_BACK, now.date()), withdrawn_at=None, response=None
        )
        .exclude(notices__kind=Notice.Kind.LAPSED)
        .select_related("patient__site")
    )
    for request in closed:
        if request.closes_on < _local(request, now).date():
            with transaction.atomic():
                _, is_new = Notice.objects.get_or_create(
                    request=request, kind=Notice.Kind.LAPSED, number=1, defaults={"at": now}
                )
                if is_new:
                    _alarm_for_unfinished(request, now)
                    lapsed += 1
    return lapsed


def _waiting(now: datetime) -> Iterable[QuestionnaireRequest]:
    """Requests that may be open somewhere, of patients who have an account, for instruments they can answer."""
    mine = {instrument.id for instrument in askable() if is_for_patients(instrument)}
    waiting: QuerySet[QuestionnaireRequest] = QuestionnaireRequest.objects.filter(
        opens_on__lte=now.date() + A_DAY,
        closes_on__gte=now.date() - A_DAY,
        withdrawn_at=None,
        response=None,
        instrument_id__in=mine,
        patient__user__isnull=False,
    )
    return waiting.select_related("patient__site").prefetch_related("notices")


def _due(request: QuestionnaireRequest, today: date) -> list[tuple[Notice.Kind, int]]:
    given = {(notice.kind, notice.number) for notice in request.notices.all()}
    if (Notice.Kind.INVITED, 1) not in given:
        return [(Notice.Kind.INVITED, 1)]
    point = instruments.calendar().points.get(request.point)
    days = point.remind_on_days if point else ()
    due = [n for n, day in enumerate(days, 1) if request.due_on + timedelta(days=day) <= today]
    # Of reminders that were missed only the last is worth sending.
    return [(Notice.Kind.REMINDED, due[-1])] if due and (Notice.Kind.REMINDED, due[-1]) not in given else []


def _give(request: QuestionnaireRequest, kind: Notice.Kind, number: int, now: datetime) -> int:
    with transaction.atomic():
        # The row is locked, so that two workers at once make one notice and one link.
        QuestionnaireRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
        if Notice.objects.filter(request=request, kind=kind, number=number).exists():
            return 0
        Notice.objects.create(
            request=request, kind=kind, number=number, at=now, link=make_link(request.pk, now=now)
        )
        audit.record(
            MACHINE,
            "invited to a questionnaire" if kind == Notice.Kind.INVITED else "reminded of a questionnaire",
            about=("questionnaire request", request.pk),
            at=now,
            patient_id=request.patient_id,
        )
    return 1


def _alarm_for_unfinished(request: QuestionnaireRequest, now: datetime) -> None:
    draft = Draft.objects.filter(request=request).first()
    instrument = instruments.get(request.instrument_id)
    if draft is None or draft.answers.get("definition_hash") != instrument.definition_hash:
        return
    answers = instruments.answers_from_json(instrument, draft.answers)
    critical = instruments.critical_answers(instrument, answers)
    results.raise_alarms(
        [answer for answer in critical if answer.about_suicide],
        patient_id=request.patient_id,
        about=("questionnaire request", request.pk),
        answers=answers,
        at=now,
        actor=MACHINE,
    )


def link_for_follow_up(request_id: UUID, *, now: datetime) -> UUID:
    """Make a link to a request that follows in the same sitting, for somebody who came by a link."""
    return make_link(request_id, now=now).id


def _local(request: QuestionnaireRequest, now: datetime) -> datetime:
    return now.astimezone(ZoneInfo(request.patient.site.timezone))
