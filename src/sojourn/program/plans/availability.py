"""Who and what is free at a time. The database's exclusion constraints have the last word; this names the reasons.

A conversation takes the whole attention of a clinician; a dosing session takes one of four places beside other
dosing sessions (program policy). A chair and a patient can be in one visit at a time.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, Q
from django.db.models.functions import Lower, Upper
from django.utils.formats import date_format
from django.utils.timezone import localtime

from sojourn.program.plans.models import Visit

ALL_PLACES: Final = (1, 5)  # a conversation holds the half-open range [1, 5)
PLACES: Final = ((1, 2), (2, 3), (3, 4), (4, 5))


@dataclass(frozen=True)
class Taken:
    """A span of time in which a clinician, a patient and perhaps a chair are taken."""

    label: str
    patient_id: UUID
    clinician_id: UUID
    clinician_name: str
    chair_id: UUID | None
    chair_name: str
    starts_at: datetime
    ends_at: datetime
    places: tuple[int, int]

    def overlaps(self, starts_at: datetime, ends_at: datetime) -> bool:
        return self.starts_at < ends_at and starts_at < self.ends_at


def taken_between(
    *,
    begin: datetime,
    end: datetime,
    patient_id: UUID,
    clinician_ids: Collection[UUID],
    chair_ids: Collection[UUID],
    apart_from: Collection[UUID] = (),
) -> tuple[Taken, ...]:
    """Every standing visit in this span that could stand in the way, in one query."""
    rows = (
        Visit.objects.filter(
            Q(patient_id=patient_id) | Q(clinician_id__in=clinician_ids) | Q(chair_id__in=chair_ids),
            cancelled_at=None,
            during__overlap=(begin, end),
        )
        .exclude(pk__in=apart_from)
        .annotate(
            from_place=Lower("places"), to_place=Upper("places"), starts_at=Lower("during"), ends_at=Upper("during")
        )
        .values(
            "kind", "number", "patient_id", "clinician_id", "chair_id", "starts_at", "ends_at", "from_place",
            "to_place", clinician_name=F("clinician__name"), chair_name=F("chair__name"),
        )
    )  # fmt: skip
    return tuple(
        Taken(
            label=str(Visit.Kind(row["kind"]).label),
            patient_id=row["patient_id"],
            clinician_id=row["clinician_id"],
            clinician_name=row["clinician_name"],
            chair_id=row["chair_id"],
            chair_name=row["chair_name"] or "",
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
            places=(row["from_place"], row["to_place"]),
        )
        for row in rows
    )


def free_places(
    taken: Sequence[Taken], *, clinician_id: UUID, is_dosing: bool, starts_at: datetime, ends_at: datetime
) -> tuple[int, int] | None:
    """The share of the clinician's attention this visit can have, or None when there is none left."""
    held = [t.places for t in taken if t.clinician_id == clinician_id and t.overlaps(starts_at, ends_at)]
    for place in PLACES if is_dosing else (ALL_PLACES,):
        if not any(low < place[1] and place[0] < high for low, high in held):
            return place
    return None


def clashes(taken: Sequence[Taken], *, wanted: Taken, is_dosing: bool, timezone: str) -> tuple[str, ...]:
    """Name each person or thing that is taken at the wanted time, with what takes it and when. Names no patient."""
    in_the_way = [t for t in taken if t.overlaps(wanted.starts_at, wanted.ends_at)]
    said = []
    place = free_places(
        taken, clinician_id=wanted.clinician_id, is_dosing=is_dosing,
        starts_at=wanted.starts_at, ends_at=wanted.ends_at,
    )  # fmt: skip
    if place is None:
        busy = [t for t in in_the_way if t.clinician_id == wanted.clinician_id]
        what = _span(busy[0], timezone)
        more = f" and {len(busy) - 1} more" if len(busy) > 1 else ""
        said.append(f"{busy[0].clinician_name} has {_article(busy[0].label)} {what}{more}.")
    said.extend(
        f"{t.chair_name} is taken by {_article(t.label)} {_span(t, timezone)}."
        for t in in_the_way
        if wanted.chair_id is not None and t.chair_id == wanted.chair_id
    )
    said.extend(
        f"The patient has {_article(t.label)} {_span(t, timezone)}."
        for t in in_the_way
        if t.patient_id == wanted.patient_id
    )
    return tuple(said)


def _span(taken: Taken, timezone: str) -> str:
    zone = ZoneInfo(timezone)
    begin, end = localtime(taken.starts_at, zone), localtime(taken.ends_at, zone)
    return f"on {date_format(begin, 'D M j')}, {date_format(begin, 'g:i A')} to {date_format(end, 'g:i A T')}"


def _article(label: str) -> str:
    return (
        f"an {label} visit"
        if label[0] in "aeiou"
        else f"a {label}" + ("" if "session" in label else " visit")
    )
