"""The only way to write the log of deeds."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from uuid_utils.compat import uuid7

from sojourn.program.audit.asking import Asked, put

WRITE: Final = """
INSERT INTO audit_entry (id, at, actor_id, actor_role, did, about_kind, about_id, patient_id, seal_number, seal)
SELECT id, at, actor_id, actor_role, did, about_kind, about_id, patient_id, seal_number, seal
FROM json_to_recordset(%s) AS told
    (id uuid, at timestamptz, actor_id uuid, actor_role text, did text, about_kind text, about_id uuid, patient_id uuid,
     seal_number int, seal text)
"""


class Doer(Protocol):
    """Whoever acts: their account, if they have one, and their roles in one short line."""

    @property
    def user_id(self) -> UUID | None: ...

    @property
    def role_names(self) -> str: ...


@dataclass(frozen=True)
class SealSeen:
    """The newest link of a chain as it was when the deed was done."""

    number: int
    seal: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One deed: who did what, when, and whose patient it is about; `about` is a kind of record and its id.

    `witness` is kept for whoever later proves that the chain of `about` lost nothing at its end.
    """

    by: Doer
    did: str
    about: tuple[str, UUID | None]
    at: datetime
    patient_id: UUID | None = None
    witness: SealSeen | None = None


def record(
    by: Doer,
    did: str,
    *,
    about: tuple[str, UUID | None],
    at: datetime,
    patient_id: UUID | None = None,
    witness: SealSeen | None = None,
) -> None:
    """Add one line to the log, inside the transaction of the deed."""
    record_all([Line(by=by, did=did, about=about, at=at, patient_id=patient_id, witness=witness)])


def record_all(lines: Iterable[Line]) -> None:
    """Add a line for each of many deeds, in one statement and inside their transaction."""
    if some := tuple(lines):
        put(to_record(some))


def to_record(lines: Iterable[Line]) -> Asked[None]:
    """A line for each of many deeds as one statement, to be put with others inside their transaction."""
    return Asked(WRITE, [json.dumps([_told(line) for line in lines])], lambda _rows: None)


def _told(line: Line) -> dict[str, Any]:
    about_kind, about_id = line.about
    return {
        "id": str(uuid7()),
        "at": line.at.isoformat(),
        "actor_id": _written(line.by.user_id),
        "actor_role": line.by.role_names,
        "did": line.did,
        "about_kind": about_kind,
        "about_id": _written(about_id),
        "patient_id": _written(line.patient_id),
        "seal_number": line.witness.number if line.witness else None,
        "seal": line.witness.seal if line.witness else "",
    }


def _written(of: UUID | None) -> str | None:
    return None if of is None else str(of)
