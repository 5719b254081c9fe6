"""What the doors may ask about questionnaires and scores."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet

from sojourn.clinical import instruments
from sojourn.clinical.instruments import Answers
from sojourn.program.measures.models import Draft, QuestionnaireRequest, Response
from sojourn.program.measures.results import comparable
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to


@dataclass(frozen=True)
class RequestRow:
    """One questionnaire asked for. `answered_at` is None until it is answered."""

    id: UUID
    patient_id: UUID
    instrument_id: str
    occasion: str
    point: str
    opens_on: date
    due_on: date
    closes_on: date
    withdrawn_at: datetime | None
    timezone: str
    answered_at: datetime | None
    response_id: UUID | None

    @property
    def is_for_staff(self) -> bool:
        """True for what a clinician or other staff rate: the patient is not shown it."""
        return instruments.get(self.instrument_id).rater is not instruments.Rater.SELF

    def is_open(self, now: datetime) -> bool:
        """True when it can be answered now, where the patient's site is."""
        today = now.astimezone(ZoneInfo(self.timezone)).date()
        return (
            self.answered_at is None
            and self.withdrawn_at is None
            and self.opens_on <= today <= self.closes_on
        )

    def is_missed(self, now: datetime) -> bool:
        """True when its window closed without a response."""
        today = now.astimezone(ZoneInfo(self.timezone)).date()
        return self.answered_at is None and self.withdrawn_at is None and self.closes_on < today


@dataclass(frozen=True)
class ScoreRow:
    """One response with its score. `value` is None when there is no number: not scorable, or a category alone.

    `scale_id` is blank for the main scale; a value on another scale is not comparable with it.
    """

    id: UUID
    instrument_id: str
    instrument_version: str
    on: date
    answered_at: datetime
    scale_id: str
    value: Decimal | None
    prorated: bool
    answered: int | None
    band: str
    flagged: bool
    unscorable_because: str
    source: str
    answers: dict[str, Any] | None

    @property
    def is_category(self) -> bool:
        """True where the answers fall into a category and add up to no number."""
        return self.value is None and not self.unscorable_because and bool(self.band)

    @property
    def total_only(self) -> bool:
        """True for a total that came without item answers."""
        return self.answers is None


def request(request_id: UUID, *, actor: Actor) -> RequestRow | None:
    """One request, or None where the actor may not see its patient."""
    rows = _request_rows(_requests(actor).filter(pk=request_id))
    return rows[0] if rows else None


def requests_of(patient_id: UUID, *, actor: Actor) -> tuple[RequestRow, ...]:
    """Everything a patient was asked for and that was not taken back, by due day."""
    return _request_rows(_requests(actor).filter(patient_id=patient_id, withdrawn_at=None).order_by("due_on"))


def open_requests(patient_id: UUID, *, actor: Actor, now: datetime) -> tuple[RequestRow, ...]:
    """What the patient can answer now, the soonest to close first."""
    waiting = _requests(actor).filter(patient_id=patient_id, withdrawn_at=None, response=None)
    rows = _request_rows(waiting.order_by("closes_on", "instrument_id"))
    return tuple(row for row in rows if row.is_open(now) and not row.is_for_staff)


def scores_of(patient_id: UUID, instrument_id: str, *, actor: Actor) -> tuple[ScoreRow, ...]:
    """All responses of a patient to one instrument, oldest first."""
    return tuple(row for row in all_scores_of(patient_id, actor=actor) if row.instrument_id == instrument_id)


def all_scores_of(patient_id: UUID, *, actor: Actor) -> tuple[ScoreRow, ...]:
    """All responses of a patient to any instrument, oldest first, in one query; corrected ones as corrected."""
    rows = Response.objects.filter(
        patients_visible_to(actor, "patient"), patient_id=patient_id, corrected_by=None
    )
    return tuple(
        ScoreRow(**row)
        for row in rows.order_by("answered_on", "answered_at").values(
            "id", "instrument_id", "instrument_version", "answered_at", "scale_id", "value", "prorated",
            "answered", "band", "flagged", "unscorable_because", "source", "answers", on=F("answered_on"),
        )
    )  # fmt: skip


def newest_answers_of(
    patient_id: UUID, instrument_ids: Iterable[str], *, actor: Actor
) -> dict[str, tuple[Answers, date]]:
    """Give the newest answers to each of these questionnaires and the day they count for, in one query.

    Totals without answers are passed over, and answers to an edition this release does not know any more.
    """
    rows = (
        Response.objects.filter(patients_visible_to(actor, "patient"), patient_id=patient_id)
        .filter(corrected_by=None, instrument_id__in=set(instrument_ids))
        .exclude(answers=None)
        .order_by("instrument_id", "-answered_on", "-answered_at")
        .distinct("instrument_id")
    )
    found = {}
    for instrument_id, stored, on in rows.values_list("instrument_id", "answers", "answered_on"):
        if (answers := comparable(instruments.get(instrument_id), stored)) is not None:
            found[instrument_id] = (answers, on)
    return found


@dataclass(frozen=True)
class DraftRow:
    """What was chosen in a form that has not been sent."""

    values: dict[str, int | None]
    saved_at: datetime


def draft_of(request_id: UUID, *, actor: Actor) -> DraftRow | None:
    """What a patient has chosen so far, in the definition of today; None where nothing was kept."""
    kept = Draft.objects.filter(patients_visible_to(actor, "request__patient"), request_id=request_id).first()
    if kept is None:
        return None
    current = instruments.get(kept.answers["instrument"]).definition_hash
    if kept.answers["definition_hash"] != current:
        return None
    return DraftRow(kept.answers["values"], kept.saved_at)


def due_without_answer(
    patient_id: UUID, instrument_id: str, *, actor: Actor, now: datetime
) -> tuple[date, ...]:
    """The due days of an instrument whose window closed without a response."""
    return tuple(
        row.due_on
        for row in requests_of(patient_id, actor=actor)
        if row.instrument_id == instrument_id and row.is_missed(now)
    )


def _requests(actor: Actor) -> QuerySet[QuestionnaireRequest]:
    return QuestionnaireRequest.objects.filter(patients_visible_to(actor, "patient"))


def _request_rows(requests: QuerySet[QuestionnaireRequest]) -> tuple[RequestRow, ...]:
    return tuple(
        RequestRow(**row)
        for row in requests.values(
            "id", "patient_id", "instrument_id", "occasion", "point", "opens_on", "due_on", "closes_on",
            "withdrawn_at",
            timezone=F("patient__site__timezone"), answered_at=F("response__answered_at"),
            response_id=F("response__id"),
        )
    )  # fmt: skip
