"""Responses in full for clinicians: every scale, contradictions, totals that disagree, and corrections beside originals."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from sojourn.clinical import instruments
from sojourn.clinical.instruments import Instrument
from sojourn.program.measures.models import Draft, Response
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.people.roster import names_by_account


@dataclass(frozen=True)
class ResponseDetail:
    """One response in words. `results` hold each scale and category; what is wrong with it stands in `remarks`."""

    id: UUID
    patient_id: UUID
    title: str
    instrument_id: str
    on: date
    answered_at: datetime
    source: str
    by: str | None
    results: tuple[str, ...]
    remarks: tuple[str, ...]
    flagged: bool
    corrects_id: UUID | None
    correction_why: str
    corrected_by_id: UUID | None
    may_be_corrected: bool
    answers: dict[str, Any] | None


def responses_of(patient_id: UUID, *, actor: Actor) -> tuple[ResponseDetail, ...]:
    """Give every response of a patient, newest first; an original and its correction both stand in it."""
    return _details(Q(patient_id=patient_id), actor)


def one_response(response_id: UUID, *, actor: Actor) -> ResponseDetail | None:
    """Give one response, or None where the actor may not see it."""
    found = _details(Q(pk=response_id), actor)
    return found[0] if found else None


def corrected_causes(about_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Of the requests and responses that alarms are about, give those whose answers were corrected since."""
    wanted = set(about_ids)
    corrected = Response.objects.filter(corrected_by__isnull=False).filter(
        Q(request_id__in=wanted) | Q(pk__in=wanted)
    )
    return frozenset(
        cause for pair in corrected.values_list("request_id", "pk") for cause in pair if cause in wanted
    )


def begun_of(patient_id: UUID, *, actor: Actor) -> tuple[tuple[str, date, datetime], ...]:
    """Give what was begun and not sent: title, due day, and when it was last saved."""
    rows = Draft.objects.filter(
        patients_visible_to(actor, "request__patient"), request__patient_id=patient_id, request__response=None
    ).order_by("-saved_at")
    return tuple(
        (instruments.get(instrument_id).title, due_on, saved_at)
        for instrument_id, due_on, saved_at in rows.values_list(
            "request__instrument_id", "request__due_on", "saved_at"
        )
    )


def _details(which: Q, actor: Actor) -> tuple[ResponseDetail, ...]:
    rows = list(
        Response.objects.filter(patients_visible_to(actor, "patient"), which)
        .annotate(corrected_by_pk=F("corrected_by__id"))
        .order_by("-answered_on", "-answered_at", "-id")
    )
    names = names_by_account({row.entered_by_id for row in rows if row.entered_by_id})
    return tuple(_detail(row, names) for row in rows)


def _detail(row: Any, names: dict[UUID, str]) -> ResponseDetail:
    instrument = _edition(row)
    results, remarks = _judged(row, instrument)
    return ResponseDetail(
        id=row.id,
        patient_id=row.patient_id,
        title=instruments.get(row.instrument_id).title,
        instrument_id=row.instrument_id,
        on=row.answered_on,
        answered_at=row.answered_at,
        source=row.get_source_display(),
        by=names.get(row.entered_by_id),
        results=results,
        remarks=remarks,
        flagged=row.flagged,
        corrects_id=row.corrects_id,
        correction_why=row.correction_why,
        corrected_by_id=row.corrected_by_pk,
        may_be_corrected=instrument is not None and row.corrected_by_pk is None,
        answers=row.answers["values"] if row.answers else None,
    )


def _edition(row: Any) -> Instrument | None:
    """Find the very definition that was answered; None where this release no longer holds it, or there are no answers."""
    if row.answers is None:
        return None
    try:
        instrument = instruments.get(row.instrument_id, row.instrument_version)
    except instruments.UnknownInstrument:
        return None
    return instrument if instrument.definition_hash == row.definition_hash else None


def _judged(row: Any, instrument: Instrument | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if instrument is None:
        said = row.unscorable_because or " ".join(filter(None, (_plain(row.value), row.band)))
        remark = "a total without answers" if row.answers is None else "answered in an earlier edition"
        return (said,), (remark,)
    answers = instruments.answers_from_json(instrument, row.answers)
    results = [
        f"{instrument.scale(scored.scale_id).title}: {_score_in_words(scored, instrument)}"
        for scored in dict.fromkeys(instruments.scores(instrument, answers).values())
    ]
    remarks = [found.says for found in instruments.contradictions(instrument, answers)]
    match instruments.triage(instrument, answers):
        case instruments.Category(level=level, could_be=could_be):
            open_ones = f"; could be {' or '.join(could_be)}, as answers are blank" if could_be else ""
            results.insert(0, f"{level.label}{open_ones}")
        case instruments.Unscorable(reason=reason):
            results.insert(0, f"no category: {reason}")
    results += [
        pattern.says
        for pattern in instrument.patterns
        if instruments.pattern_verdict(instrument, answers, pattern.id)
    ]
    if row.stated_total is not None:
        conflict = instruments.stated_total_conflict(
            instrument=instrument, answers=answers, stated=row.stated_total
        )
        if conflict:
            remarks.append(f"Stated total {_plain(row.stated_total)}: {conflict.reason}. Both are kept.")
    return tuple(results), tuple(remarks)


def _score_in_words(scored: instruments.Score | instruments.Unscorable, instrument: Instrument) -> str:
    if isinstance(scored, instruments.Unscorable):
        return f"not scorable, {scored.reason}"
    scale = instrument.scale(scored.scale_id)
    said = f"{float(scored.value):.4g} of {scale.high}"
    said += f" ({scored.band.label})" if scored.band else ""
    if scored.prorated:
        said += f", prorated from {scored.answered} of {scored.of}"
    elif scored.blank:
        said += f", {len(scored.blank)} left blank"
    return said


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"
