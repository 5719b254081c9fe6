"""The two statements of a submission. Everybody waits for this page, so it is not composed by the ORM.

The first locks the request and reads all that judging the answers needs; the second writes response and log together.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from uuid_utils.compat import uuid7

from sojourn.program.audit.statements import ENTRY

LOCK: Final = """
SELECT request.instrument_id, request.opens_on, request.closes_on, request.withdrawn_at, site.timezone,
       (SELECT response.id FROM measures_response response WHERE response.request_id = request.id),
       (SELECT earlier.answers FROM measures_response earlier
        WHERE earlier.patient_id = request.patient_id AND earlier.instrument_id = request.instrument_id
          AND earlier.answers IS NOT NULL
        ORDER BY earlier.answered_on DESC, earlier.answered_at DESC LIMIT 1)
FROM measures_questionnairerequest request
JOIN people_patient patient ON patient.id = request.patient_id
JOIN people_site site ON site.id = patient.site_id
WHERE request.id = %s AND request.patient_id = %s
FOR UPDATE OF request
"""
RECORD: Final = f"""
WITH entry AS ({ENTRY})
INSERT INTO measures_response (id, patient_id, request_id, instrument_id, instrument_version, definition_hash, source,
                               answers, answered_at, answered_on, value, prorated, answered, band, unscorable_because,
                               flagged, entered_by_id, import_key)
VALUES (%(id)s, %(patient_id)s, %(request_id)s, %(instrument_id)s, %(instrument_version)s, %(definition_hash)s, %(source)s,
        %(answers)s, %(answered_at)s, %(answered_on)s, %(value)s, %(prorated)s, %(answered)s, %(band)s,
        %(unscorable_because)s, %(flagged)s, %(entered_by_id)s, '')
"""  # noqa: S608 - both texts are constants


@dataclass(frozen=True)
class Asked:
    """A locked request with what is needed to judge answers to it. `previous` are the patient's last answers."""

    instrument_id: str
    opens_on: date
    closes_on: date
    withdrawn_at: datetime | None
    timezone: str
    response_id: UUID | None
    previous: dict[str, Any] | None


def lock_request(request_id: UUID, patient_id: UUID) -> Asked | None:
    """Lock a patient's request until the transaction ends; None where they have no such request."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [request_id, patient_id])
        row = cursor.fetchone()
    if row is None:
        return None
    instrument_id, opens_on, closes_on, withdrawn_at, timezone, response_id, stored = row
    previous = json.loads(stored) if stored else None
    return Asked(instrument_id, opens_on, closes_on, withdrawn_at, timezone, response_id, previous)


def new_response_id() -> UUID:
    """Give the id of a response about to be written."""
    return uuid7()


def record_response(values: dict[str, Any], entry: dict[str, Any]) -> None:
    """Write a response and its line in the log, both or neither."""
    with connection.cursor() as cursor:
        cursor.execute(RECORD, {**values, **entry, "answers": json.dumps(values["answers"])})
