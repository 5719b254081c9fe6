"""Beginning, keeping up with and ending drills. Everything here writes to the rehearsal database and nowhere else."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from sojourn.clinical import monitoring
from sojourn.clinical.rehearsal import (
    SPEEDS,
    Script,
    World,
    condition_at,
    drill_script,
    reading_at,
    score,
)
from sojourn.clinical.rehearsal.scripts import Begins
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import require
from sojourn.program.people.roles import Role
from sojourn.program.rehearsals.cast import ROLES
from sojourn.program.rehearsals.deeds import clock_of, deeds_of
from sojourn.program.rehearsals.dosing import WATCH, give_dose
from sojourn.program.rehearsals.models import Drill, RefusedDeed, SentTap
from sojourn.program.rehearsals.opening import Stand, next_number, take_places
from sojourn.program.rehearsals.reporting import report_of
from sojourn.program.rehearsals.simulated import hand_out_devices, let_them_tap
from sojourn.program.rehearsals.world import in_rehearsal, set_clock
from sojourn.program.safety.watch import beat, forget_beats
from sojourn.program.treatment.missed_looks import tell_steps
from sojourn.program.treatment.watching import raise_what_is_due

CAME_TO_THE_DOOR: Final = timedelta(minutes=30)
EVERYTHING_READY: Final = timedelta(minutes=13)  # before the checks that `dosing` records
BEATS_APART_S: Final = 15
BEATS: Final = 64
STEP: Final = timedelta(seconds=30)  # by the drill's clock: how finely it is caught up
MOST_SEED: Final = 2**31 - 1


class DrillRuns(Exception):
    """Somebody of this practice is rehearsing just now; one drill runs at a time. `by` names them."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


class DrillNotFound(Exception):
    """No such drill."""


class DrillOver(Exception):
    """The drill has ended."""


class SpeedUnknown(Exception):
    """A drill runs in real time, ten times or sixty times as fast."""


@dataclass(frozen=True)
class BegunDrill:
    """A drill that runs, and where its session is."""

    drill_id: UUID
    visit_id: UUID


def begin_drill(
    *,
    script_id: str,
    speed: int,
    role: Role,
    timezone: str,
    actor: Actor,
    now: datetime,
    seed: int | None = None,
) -> BegunDrill:
    """Begin a drill of this script now. `actor` is the staff member of the practice who rehearses, `role` whom they play.

    Raises NotAllowed, UnknownScript, SpeedUnknown, DrillRuns, NoRehearsal.
    """
    require(actor, "rehearse")
    assert actor.staff_id is not None
    script = drill_script(script_id)
    if speed not in SPEEDS:
        raise SpeedUnknown
    if role not in ROLES:
        raise ValueError(f"a drill is played as one of {', '.join(ROLES)}")
    chosen = Random().randrange(MOST_SEED) if seed is None else seed  # noqa: S311 - a patient, not a secret
    with in_rehearsal(shown=now):
        _refuse_second(now)
        try:
            with transaction.atomic():
                rng = Random(chosen)  # noqa: S311
                stand = take_places(script, number=next_number(), timezone=timezone, now=now, rng=rng)
                player = stand.monitor if role is Role.SESSION_MONITOR else stand.prescriber
                assert player.staff_id is not None
                drill = Drill.objects.create(
                    script_id=script.id,
                    script_version=script.version,
                    role=role,
                    speed=speed,
                    seed=chosen,
                    trainee_id=actor.staff_id,
                    trainee_name=actor.name,
                    visit_id=stand.visit_id,
                    played_by_id=player.staff_id,
                    began_at=now,
                    caught_up_to=now,
                )
                _prepare(script, drill, stand, now=now)
        except IntegrityError:
            _refuse_second(now)
            raise
    return BegunDrill(drill.id, stand.visit_id)


def catch_up(*, drill_id: UUID, now: datetime) -> datetime:
    """Let the drill come to what its clock shows at a moment of the real one; return that.

    Time passes in small steps, so that everything due in between happens in its order, however rarely a page asks: the
    simulated people send what they press, and the rehearsal's own watch goes its rounds, unless the script has stopped
    it. At the end of its script the drill ends by itself. Raises DrillNotFound.
    """
    with in_rehearsal():
        drill = _drill(drill_id)
        clock, script = clock_of(drill), drill_script(drill.script_id)
        end = clock.moment_of(script.lasts_minutes)
        shown = min(clock.at(now), end)
        deeds = deeds_of(drill)
        moment = drill.caught_up_to
        while moment < shown:
            moment = min(moment + STEP, shown)
            minute = clock.minute_of(moment)
            set_clock(moment)
            let_them_tap(script, drill, deeds, minute=minute)
            around = condition_at(script, minute, deeds, clock=clock, seed=drill.seed).world
            if World.WATCH_STOPPED not in around:
                beat(_worker_at(moment))
                raise_what_is_due()
                tell_steps()
        Drill.objects.filter(pk=drill_id, caught_up_to__lt=shown).update(caught_up_to=shown)
        if shown >= end:
            stop_drill(drill_id=drill_id, now=now)
    return shown


def stop_drill(*, drill_id: UUID, now: datetime) -> None:
    """End a drill and keep its report. Harmless twice. Raises DrillNotFound."""
    with in_rehearsal(), transaction.atomic():
        drill = Drill.objects.select_for_update().filter(pk=drill_id).first()
        if drill is None:
            raise DrillNotFound
        if drill.stopped_at is not None:
            return
        clock, script = clock_of(drill), drill_script(drill.script_id)
        ended_at = min(clock.minute_of(clock.at(now)), float(script.lasts_minutes))
        found = score(script, deeds_of(drill), clock=clock, ended_at=ended_at)
        drill.stopped_at = now
        drill.passed, drill.percent = found.passed, found.percent
        drill.report = report_of(script, found, taps=_taps_of(drill), clock=clock, ended_at=ended_at)
        drill.save(update_fields=["stopped_at", "passed", "percent", "report"])


def take_reading(*, drill_id: UUID, shown: datetime) -> dict[str, int]:
    """Let cuff and oximeter measure now, and show it beside the bed until the next time; return it by signal.

    Nothing of it is on record: writing it down is the trainee's to do. Raises DrillNotFound, DrillOver.
    """
    with in_rehearsal(shown=shown):
        drill = _drill(drill_id)
        if drill.stopped_at is not None:
            raise DrillOver
        clock, script = clock_of(drill), drill_script(drill.script_id)
        minute = clock.minute_of(shown)
        found = condition_at(script, minute, deeds_of(drill), clock=clock, seed=drill.seed)
        read = dict(reading_at(found, minute=minute, seed=drill.seed))
        rated = {name: found.measured[name] for name in ("moaas", "dissociation")}
        Drill.objects.filter(pk=drill_id).update(cuff={"minute": minute, **read, **rated})
    return read


def note_refusal(*, drill_id: UUID, kind: str, facts: dict[str, Any], shown: datetime) -> None:
    """Keep what the trainee tried and the program refused, if it can be read as an event at all."""
    try:
        event = monitoring.read_event(kind=kind, facts=facts, taken_at=shown)
    except monitoring.EventInvalid:
        return
    with in_rehearsal(shown=shown):
        RefusedDeed.objects.create(drill_id=drill_id, kind=kind, facts=monitoring.facts_of(event), at=shown)


def _worker_at(moment: datetime) -> str:
    """Name who beats at a moment: in a fast drill several pages are shown at once, minutes apart by its clock.

    One worker's beat would then lie in the future of the page beside, and count there as silence.
    """
    return f"{WATCH} {int(moment.timestamp() // BEATS_APART_S) % BEATS}"


def _prepare(script: Script, drill: Drill, stand: Stand, *, now: datetime) -> None:
    """Do what came before the drill begins: links and tokens handed out, the sitter's yes, and the dose where it was."""
    forget_beats()
    set_clock(at := now - CAME_TO_THE_DOOR)
    hand_out_devices(script, drill, stand, now=at)
    let_them_tap(script, drill, (), minute=-EVERYTHING_READY.total_seconds() / 60)
    set_clock(now)
    beat(WATCH)
    if script.begins is Begins.DOSE:
        give_dose(script, stand, now=now)


def _refuse_second(now: datetime) -> None:
    """Refuse a drill beside another; one whose script has come to its end, unseen by anybody, is ended first."""
    running = Drill.objects.filter(stopped_at=None).first()
    if running is None:
        return
    catch_up(drill_id=running.id, now=now)
    running.refresh_from_db(fields=["stopped_at"])
    if running.stopped_at is None:
        raise DrillRuns(running.trainee_name)


def _taps_of(drill: Drill) -> tuple[SentTap, ...]:
    return tuple(SentTap.objects.filter(drill=drill).order_by("minute", "name"))


def _drill(drill_id: UUID) -> Drill:
    drill = Drill.objects.select_related("visit").filter(pk=drill_id).first()
    if drill is None:
        raise DrillNotFound
    return drill
