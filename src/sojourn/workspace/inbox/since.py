"""Says in plain words what became since of what an alarm came from: taken back, told anew, or a look that was taken."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sojourn.program.safety.queries import AlarmRow
from sojourn.program.treatment.alarming import ABOUT_AN_EVENT
from sojourn.program.treatment.stood_down import StoodDown, stood_down
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


@dataclass(frozen=True)
class Looked:
    """What ended the steps for a missed look. `came_at` is None where it came in when it was taken."""

    visit_id: UUID
    says: str
    by: str
    taken_at: datetime
    came_at: datetime | None
    was_in_time: bool


def looked_since(alarms: Iterable[AlarmRow]) -> dict[UUID, Looked]:
    """Give what ended the steps an alarm is one of, by the step; nothing of those that go on."""
    causes = {
        row.about_id for row in alarms if row.about_kind == ABOUT_AN_EVENT and "look_due_at" in row.facts
    }
    return {cause: _looked(found) for cause, found in (stood_down(causes) if causes else {}).items()}


def _looked(found: StoodDown) -> Looked:
    row = found.entry
    says = in_words(row, found.plan)
    return Looked(
        visit_id=row.visit_id,
        says=says or row.kind_label,
        by=row.told_by,
        taken_at=row.taken_at,
        came_at=row.received_at if found.came_late else None,
        was_in_time=found.was_in_time,
    )


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
