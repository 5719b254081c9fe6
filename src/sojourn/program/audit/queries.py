"""What may be read from the log. It knows ids and roles only; who they are is asked of `people`."""

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
