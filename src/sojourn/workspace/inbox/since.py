"""Says in plain words that the entry an alarm came from counts no more, and what was told instead."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sojourn.program.safety.queries import AlarmRow
from sojourn.program.treatment.alarming import ABOUT_AN_EVENT
from sojourn.program.treatment.taken_back import TakenBack, taken_back
from sojourn.workspace.session_room.events_in_words import in_words


@dataclass(frozen=True)
class Since:
    """What became of an entry. `told_instead` is empty where it was struck out and nothing took its place."""

    visit_id: UUID
    at: datetime
    by: str
    why: str
    told_instead: str
    told_instead_at: datetime | None


def since_of(alarms: Iterable[AlarmRow]) -> dict[UUID, Since]:
    """Give what is to be said, by the entry each alarm came from; nothing of those that stand."""
    causes = {row.about_id for row in alarms if row.about_kind == ABOUT_AN_EVENT}
    return {cause: _since(found) for cause, found in (taken_back(causes) if causes else {}).items()}


def _since(found: TakenBack) -> Since:
    right = found.right
    return Since(
        visit_id=found.visit_id,
        at=found.at,
        by=found.by,
        why=found.why,
        told_instead=in_words(right, found.plan) if right else "",
        told_instead_at=right.taken_at if right else None,
    )
