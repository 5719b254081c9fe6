"""The only way to write the log of deeds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sojourn.program.audit.models import Entry


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


@dataclass(frozen=True)
class Line:
    """One of many like deeds: what it is about, whose patient, and when."""

    about_id: UUID
    patient_id: UUID | None
    at: datetime


def record(
    by: Doer,
    did: str,
    *,
    about: tuple[str, UUID | None],
    at: datetime,
    patient_id: UUID | None = None,
    witness: SealSeen | None = None,
) -> None:
    """Add one line to the log, inside the transaction of the deed; `about` is a kind of record and its id.

    `witness` is kept for whoever later proves that the chain of `about` lost nothing at its end.
    """
    about_kind, about_id = about
    Entry.objects.create(
        actor_id=by.user_id,
        actor_role=by.role_names,
        did=did,
        about_kind=about_kind,
        about_id=about_id,
        patient_id=patient_id,
        at=at,
        seal_number=witness.number if witness else None,
        seal=witness.seal if witness else "",
    )


def record_each(by: Doer, did: str, *, about_kind: str, lines: Iterable[Line]) -> None:
    """Add a line for each of many like deeds, in one statement and inside their transaction."""
    Entry.objects.bulk_create(
        Entry(
            actor_id=by.user_id,
            actor_role=by.role_names,
            did=did,
            about_kind=about_kind,
            about_id=line.about_id,
            patient_id=line.patient_id,
            at=line.at,
        )
        for line in lines
    )
