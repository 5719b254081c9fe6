"""The only way to write the log of deeds."""

from datetime import datetime
from uuid import UUID

from sojourn.program.audit.models import Entry


def record(
    *,
    actor_id: UUID | None,
    actor_role: str,
    did: str,
    about_kind: str,
    about_id: UUID | None,
    at: datetime,
    patient_id: UUID | None = None,
) -> None:
    """Add one line to the log, inside the transaction of the deed it tells of."""
    Entry.objects.create(
        actor_id=actor_id,
        actor_role=actor_role,
        did=did,
        about_kind=about_kind,
        about_id=about_id,
        patient_id=patient_id,
        at=at,
    )
