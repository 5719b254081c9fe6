"""Lines of the log as SQL, for deeds that are written in a single statement because they are waited for."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from uuid_utils.compat import uuid7

from sojourn.program.audit.actions import Doer

ENTRY: Final = """
INSERT INTO audit_entry (id, at, actor_id, actor_role, did, about_kind, about_id, patient_id)
VALUES (%(entry_id)s, %(entry_at)s, %(entry_actor)s, %(entry_role)s, %(entry_did)s, %(entry_kind)s,
        %(entry_about)s, %(entry_patient)s)
"""

# A line for each of many deeds of the practice's own machine, inside the statement that does them all. What follows
# selects: id, at, actor_role, did, about_kind, about_id, patient_id.
ENTRIES_BY_THE_MACHINE: Final = """
INSERT INTO audit_entry (id, at, actor_role, did, about_kind, about_id, patient_id)
"""


def entry_values(
    by: Doer, did: str, *, about: tuple[str, UUID | None], at: datetime, patient_id: UUID | None
) -> dict[str, Any]:
    """Give the values of ENTRY."""
    kind, about_id = about
    return {
        "entry_id": uuid7(),
        "entry_at": at,
        "entry_actor": by.user_id,
        "entry_role": by.role_names,
        "entry_did": did,
        "entry_kind": kind,
        "entry_about": about_id,
        "entry_patient": patient_id,
    }
