"""The newest score of each instrument, for lists of many patients."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from sojourn.program.measures.models import Response
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to


@dataclass(frozen=True)
class NewestScore:
    """The newest score of one patient on one instrument, with its band and the day it counts for."""

    instrument_id: str
    value: Decimal
    band: str
    on: date
    flagged: bool


def newest_scores_of(patient_ids: Iterable[UUID], *, actor: Actor) -> dict[UUID, tuple[NewestScore, ...]]:
    """Give the newest scores of these patients, one for each instrument, in one query."""
    rows: QuerySet[Response, Any] = (
        Response.objects.filter(patients_visible_to(actor, "patient"), patient_id__in=set(patient_ids))
        .filter(corrected_by=None, scale_id="")
        .exclude(value=None)
        .order_by("patient_id", "instrument_id", "-answered_on", "-answered_at")
        .distinct("patient_id", "instrument_id")
        .values_list("patient_id", "instrument_id", "value", "band", "answered_on", "flagged")
    )
    found: dict[UUID, tuple[NewestScore, ...]] = {}
    for patient_id, *score in rows:
        found[patient_id] = (*found.get(patient_id, ()), NewestScore(*score))
    return found
