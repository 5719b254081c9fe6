"""The statements of a submission. Everybody waits for this page, so it is not composed by the ORM.

The first locks the request and reads all that judging the answers needs; the second writes response and log together.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection
from uuid_utils.compat import uuid7

from sojourn.program.audit.statements import ENTRY

# What a patient answered before: the newest answers, and the scores on the main scale since the newest baseline. Of a
# response that was corrected only the correction counts.
BEFORE: Final = """
  (SELECT earlier.answers FROM measures_response earlier
   WHERE earlier.patient_id = {patient} AND earlier.instrument_id = {instrument} AND earlier.answers IS NOT NULL
     AND earlier.answered_at <= %(at)s AND earlier.id IS DISTINCT FROM %(apart_from)s
     AND NOT EXISTS (SELECT 1 FROM measures_response correction WHERE correction.corrects_id = earlier.id)
   ORDER BY earlier.answered_on DESC, earlier.answered_at DESC LIMIT 1),
  (SELECT array_agg(earlier.value) FROM measures_response earlier
   WHERE earlier.patient_id = {patient} AND earlier.instrument_id = {instrument} AND earlier.value IS NOT NULL
     AND earlier.scale_id = '' AND earlier.answered_at <= %(at)s AND earlier.id IS DISTINCT FROM %(apart_from)s
     AND NOT EXISTS (SELECT 1 FROM measures_response correction WHERE correction.corrects_id = earlier.id)
     AND earlier.answered_on >= (
       SELECT max(baseline.opens_on) FROM measures_questionnairerequest baseline
       WHERE baseline.patient_id = {patient} AND baseline.instrument_id = {instrument}
         AND baseline.point = 'baseline' AND baseline.withdrawn_at IS NULL AND baseline.opens_on <= %(at)s))
"""
EARLIER: Final = f"SELECT {BEFORE.format(patient='%(patient)s', instrument='%(instrument)s')}"
LOCK: Final = f"""
SELECT request.instrument_id, request.opens_on, request.closes_on, request.withdrawn_at, site.timezone,
       (SELECT response.id FROM measures_response response WHERE response.request_id = request.id),
       {BEFORE.format(patient="request.patient_id", instrument="request.instrument_id")}
FROM measures_questionnairerequest request
JOIN people_patient patient ON patient.id = request.patient_id
JOIN people_site site ON site.id = patient.site_id
WHERE request.id = %(request)s AND request.patient_id = %(patient)s
FOR UPDATE OF request
"""  # noqa: S608 - all parts are constants
COLUMNS: Final = (
    "id", "patient_id", "request_id", "instrument_id", "instrument_version", "definition_hash", "text_pack_hash",
    "scale_id", "source", "answers", "answered_at", "answered_on", "received_at", "value", "prorated", "answered", "band",
    "unscorable_because", "stated_total", "flagged", "entered_by_id", "corrects_id", "correction_why", "import_key",
)  # fmt: skip
RECORD: Final = f"""
WITH entry AS ({ENTRY})
INSERT INTO measures_response ({", ".join(COLUMNS)})
VALUES ({", ".join(f"%({name})s" for name in COLUMNS)})
"""  # noqa: S608 - all parts are constants
USUAL: Final[dict[str, Any]] = {
    "request_id": None, "text_pack_hash": "", "scale_id": "", "stated_total": None, "corrects_id": None,
    "correction_why": "", "import_key": "",
}  # fmt: skip


@dataclass(frozen=True)
class Earlier:
    """A patient's last answers to an instrument, and the scores since the newest baseline."""

    answers: dict[str, Any] | None
    values: tuple[Decimal, ...]


@dataclass(frozen=True)
class Asked:
    """A locked request with what is needed to judge answers to it."""

    instrument_id: str
    opens_on: date
    closes_on: date
    withdrawn_at: datetime | None
    timezone: str
    response_id: UUID | None
    earlier: Earlier


def lock_request(request_id: UUID, patient_id: UUID, *, at: datetime) -> Asked | None:
    """Lock a patient's request until the transaction ends; None where they have no such request."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, {"request": request_id, "patient": patient_id, "at": at, "apart_from": None})
        row = cursor.fetchone()
    if row is None:
        return None
    instrument_id, opens_on, closes_on, withdrawn_at, timezone, response_id, answers, values = row
    before = _earlier(answers, values)
    return Asked(instrument_id, opens_on, closes_on, withdrawn_at, timezone, response_id, before)


def earlier(*, patient_id: UUID, instrument_id: str, at: datetime, apart_from: UUID | None = None) -> Earlier:
    """Read what this patient answered to this instrument up to a moment, but for one response."""
    of: dict[str, Any] = {
        "patient": patient_id,
        "instrument": instrument_id,
        "at": at,
        "apart_from": apart_from,
    }
    with connection.cursor() as cursor:
        cursor.execute(EARLIER, of)
        row = cursor.fetchone()
    assert row is not None
    return _earlier(*row)


def _earlier(answers: str | None, values: list[Decimal] | None) -> Earlier:
    return Earlier(json.loads(answers) if answers else None, tuple(values or ()))


def new_response_id() -> UUID:
    """Give the id of a response about to be written."""
    return uuid7()


def record_response(values: dict[str, Any], entry: dict[str, Any]) -> None:
    """Write a response and its line in the log, both or neither."""
    with connection.cursor() as cursor:
        cursor.execute(RECORD, {**USUAL, **values, **entry, "answers": json.dumps(values["answers"])})
