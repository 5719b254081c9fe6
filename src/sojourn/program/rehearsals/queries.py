"""What the doors may ask about drills. Each question is put to the rehearsal database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from sojourn.clinical.rehearsal import (
    Condition,
    Script,
    UnknownScript,
    World,
    condition_at,
    drill_script,
)
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import may_do, require
from sojourn.program.people.queries import staff_actor
from sojourn.program.people.roles import Role
from sojourn.program.rehearsals.deeds import clock_of, deeds_of
from sojourn.program.rehearsals.models import Drill
from sojourn.program.rehearsals.world import in_rehearsal

LISTED_AT_MOST = 200


@dataclass(frozen=True)
class DrillRow:
    """One drill of the list. `percent` and `passed` are None while it runs."""

    id: UUID
    visit_id: UUID
    script_id: str
    script_version: str
    title: str
    role: str
    speed: int
    trainee_id: UUID
    trainee_name: str
    began_at: datetime
    stopped_at: datetime | None
    percent: int | None
    passed: bool | None
    report: Mapping[str, Any] | None

    @property
    def is_running(self) -> bool:
        return self.stopped_at is None

    @property
    def role_label(self) -> str:
        return Role(self.role).label


@dataclass(frozen=True)
class Bedside:
    """What stands beside the bed of a running drill. `cuff` is the last reading and the minute it was taken at."""

    drill_id: UUID
    visit_id: UUID
    script: Script
    speed: int
    began_at: datetime
    shown: datetime
    minute: float
    condition: Condition
    cuff: Mapping[str, Any] | None
    is_over: bool

    @property
    def minutes_left(self) -> int:
        return max(0, round(self.script.lasts_minutes - self.minute))

    @property
    def is_fast(self) -> bool:
        return self.speed > 1

    @property
    def began_ms(self) -> str:
        """For scripts: when the drill began, in milliseconds since 1970."""
        return str(round(self.began_at.timestamp() * 1000))

    @property
    def network_is_lost(self) -> bool:
        return World.NETWORK_LOST in self.condition.world


@dataclass(frozen=True)
class Played:
    """Whom the trainee plays in a drill, and at whose bedside."""

    actor: Actor
    bedside: Bedside


def past_drills(actor: Actor) -> tuple[DrillRow, ...]:
    """Drills that ended, newest first: everybody's for those who answer for it, else the actor's own; one query.

    Raises NotAllowed.
    """
    require(actor, "rehearse")
    with in_rehearsal():
        rows = Drill.objects.exclude(stopped_at=None).order_by("-began_at")
        if not may_do(actor, "see everybody's drills"):
            rows = rows.filter(Q(trainee_id=actor.staff_id))
        return tuple(_row(drill) for drill in rows[:LISTED_AT_MOST])


def running_drill() -> DrillRow | None:
    """The drill that runs now; one query."""
    with in_rehearsal():
        drill = Drill.objects.filter(stopped_at=None).first()
        return _row(drill) if drill else None


def drill(drill_id: UUID, *, actor: Actor) -> DrillRow | None:
    """One drill, or None where the actor may not read of it; one query. Raises NotAllowed."""
    require(actor, "rehearse")
    with in_rehearsal():
        found = Drill.objects.filter(pk=drill_id).first()
        if found is None or not _may_read(actor, found):
            return None
        return _row(found)


def played(drill_id: UUID, *, shown: datetime) -> Played | None:
    """Whom the trainee of a drill plays, and what stands beside the bed at a moment of its clock."""
    with in_rehearsal(shown=shown):
        found = Drill.objects.filter(pk=drill_id).first()
        if found is None:
            return None
        clock, script = clock_of(found), drill_script(found.script_id)
        minute = clock.minute_of(shown)
        bedside = Bedside(
            drill_id=found.id,
            visit_id=found.visit_id,
            script=script,
            speed=found.speed,
            began_at=found.began_at,
            shown=shown,
            minute=minute,
            condition=condition_at(script, minute, deeds_of(found), clock=clock, seed=found.seed),
            cuff=found.cuff,
            is_over=found.stopped_at is not None,
        )
        return Played(staff_actor(found.played_by_id), bedside)


def _may_read(actor: Actor, found: Drill) -> bool:
    return found.trainee_id == actor.staff_id or may_do(actor, "see everybody's drills")


def _row(found: Drill) -> DrillRow:
    return DrillRow(
        id=found.id,
        visit_id=found.visit_id,
        script_id=found.script_id,
        script_version=found.script_version,
        title=_title(found),
        role=found.role,
        speed=found.speed,
        trainee_id=found.trainee_id,
        trainee_name=found.trainee_name,
        began_at=found.began_at,
        stopped_at=found.stopped_at,
        percent=found.percent,
        passed=found.passed,
        report=found.report,
    )


def _title(found: Drill) -> str:
    """The title as it was then; a script that was taken out since leaves its report."""
    if found.report is not None:
        return str(found.report["title"])
    try:
        return drill_script(found.script_id).title
    except UnknownScript:
        return found.script_id
