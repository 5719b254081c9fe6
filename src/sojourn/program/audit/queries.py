"""What may be read from the log. It knows ids and roles only; who they are is asked of `people`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sojourn.program.audit.models import Entry

SAW_THE_CHART: Final = "saw the chart"
# Nobody can do these without reading what the patient wrote.
READING: Final = (SAW_THE_CHART, "acknowledged an alarm", "closed an alarm", "decided about an assessment")
LISTED_AT_MOST: Final = 50


@dataclass(frozen=True)
class Reading:
    """One time that somebody looked at a patient's record. `actor_id` is their account, `role` what they are."""

    at: datetime
    actor_id: UUID | None
    role: str
    did: str


def readings_of(patient_id: UUID, *, limit: int = LISTED_AT_MOST) -> tuple[Reading, ...]:
    """Who looked at a patient's record, newest first. The caller has asked whether its reader may see the patient."""
    rows = Entry.objects.filter(patient_id=patient_id, did__in=READING).order_by("-at", "-id")[:limit]
    return tuple(
        Reading(at, actor_id, role, did)
        for at, actor_id, role, did in rows.values_list("at", "actor_id", "actor_role", "did")
    )


def who_did(about_kind: str, about_ids: Iterable[UUID], *, deeds: Iterable[str]) -> dict[UUID, UUID]:
    """The account that did one of these deeds to each record last, in one query; what nobody did is missing."""
    rows = Entry.objects.filter(about_kind=about_kind, about_id__in=list(about_ids), did__in=list(deeds))
    found = rows.order_by("at", "id").values_list("about_id", "actor_id")
    return {about_id: actor_id for about_id, actor_id in found if about_id and actor_id}


@dataclass(frozen=True)
class SealSeen:
    """A link of a chain as the log witnessed it, and whose the deed was about."""

    sequence: int
    seal: str
    patient_id: UUID | None


def seals_seen(about_kind: str, ids: Iterable[UUID]) -> dict[UUID, tuple[SealSeen, ...]]:
    """What the log has witnessed of the chains of these records, in one query."""
    found: dict[UUID, list[SealSeen]] = {}
    rows = Entry.objects.filter(about_kind=about_kind, about_id__in=list(ids)).exclude(seal="")
    told = rows.order_by("seal_number").values_list("about_id", "seal_number", "seal", "patient_id")
    for about_id, number, seal, patient_id in told:
        assert about_id is not None
        assert number is not None
        found.setdefault(about_id, []).append(SealSeen(number, seal, patient_id))
    return {about_id: tuple(seen) for about_id, seen in found.items()}


def things_witnessed(about_kind: str) -> set[UUID]:
    """The records of this kind of which the log has witnessed a chain."""
    rows = Entry.objects.filter(about_kind=about_kind).exclude(seal="")
    return {about_id for about_id in rows.values_list("about_id", flat=True).distinct() if about_id}
