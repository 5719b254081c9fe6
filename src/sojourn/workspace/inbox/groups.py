"""Puts the open alarms of one session together: a session that nobody ends calls again and again, and is one thing to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sojourn.program.safety.queries import AlarmRow
from sojourn.program.treatment.alarming import ABOUT_AN_EVENT


@dataclass(frozen=True)
class Group:
    """One alarm to read, the most urgent and then the newest, and the others of its session."""

    head: AlarmRow
    more: tuple[AlarmRow, ...] = ()

    @property
    def waiting(self) -> tuple[AlarmRow, ...]:
        """Those that nobody has taken on."""
        return tuple(row for row in (self.head, *self.more) if row.is_unacknowledged)


def grouped(rows: Iterable[AlarmRow]) -> tuple[Group, ...]:
    """Group alarms, each group where the first of its alarms stands; every alarm is in one group."""
    found: dict[tuple[UUID, str], list[AlarmRow]] = {}
    for row in rows:
        is_of_session = row.about_kind == ABOUT_AN_EVENT and row.facts.get("session") is not None
        key = (row.patient_id, str(row.facts["session"])) if is_of_session else (row.id, "")
        found.setdefault(key, []).append(row)
    return tuple(_group(members) for members in found.values())


def _group(members: list[AlarmRow]) -> Group:
    first, *others = sorted(
        members,
        key=lambda row: (row.is_unacknowledged, row.severity == "red", row.raised_at),
        reverse=True,
    )
    return Group(first, tuple(others))
