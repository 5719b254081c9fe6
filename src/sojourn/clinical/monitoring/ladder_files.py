"""Reads the ladders for missed looks from their data file."""

from datetime import timedelta
from functools import cache
from importlib.resources.abc import Traversable
from itertools import pairwise

from sojourn.clinical.evidence import Basis, Table, read_citations, read_table
from sojourn.clinical.evidence.validity import above_zero, read_validity, rows_with_defaults
from sojourn.clinical.monitoring.ladders import DOES, FOLLOWS, LOOK, SITTER_LOOK, Ladder, LadderStep
from sojourn.clinical.monitoring.plan_files import DATA, monitoring_plans
from sojourn.clinical.monitoring.plans import Alarm

LADDER = (
    "id", "follows", "plans", "title", "urgent_spo2_below", "quiet_minutes", "again_minutes", "says", "patient_says",
    "basis", "citations",
)  # fmt: skip
STEP = ("id", "ladder", "minutes", "urgent_minutes", "does", "severity", "owner", "says")
OWNERS = ("session monitor", "prescriber", "medical director")


class NoLadder(KeyError):
    """No ladder of that sort is written for that monitoring plan."""


@cache
def ladders() -> tuple[Ladder, ...]:
    """Give every ladder."""
    return read_ladders(DATA)


def ladder_for(plan_id: str, *, follows: str = LOOK) -> Ladder:
    """Find the ladder of a monitoring plan that follows one of FOLLOWS. Raises NoLadder."""
    for ladder in ladders():
        if ladder.follows == follows and plan_id in ladder.plans:
            return ladder
    raise NoLadder(plan_id)


@cache
def followed_by_steps() -> dict[str, str]:
    """Say of each step, by its id, which of FOLLOWS its ladder follows."""
    return {step.id: ladder.follows for ladder in ladders() for step in ladder.steps}


def read_ladders(folder: Traversable) -> tuple[Ladder, ...]:
    """Read the ladders of a folder. Raises DataFileInvalid, also when a plan has none or two of a sort it needs."""
    table = read_table(folder / "ladders.toml", allowed=("defaults",), required=("ladder", "step"))
    steps = rows_with_defaults(table, "step", allowed=(), required=STEP)
    found = tuple(
        _ladder_from(row, steps) for row in rows_with_defaults(table, "ladder", allowed=(), required=LADDER)
    )
    everywhere = sorted(plan.id for plan in monitoring_plans())
    at_home = sorted(plan.id for plan in monitoring_plans() if plan.at_home)
    for follows in FOLLOWS:
        named = sorted(plan for ladder in found if ladder.follows == follows for plan in ladder.plans)
        if named != (at_home if follows == SITTER_LOOK else everywhere):
            raise table.refuse(
                "ladder", f"name each monitoring plan once among the `plans` of what follows a {follows}"
            )
    return found


def _ladder_from(row: Table, steps: tuple[Table, ...]) -> Ladder:
    above_zero(row, "quiet_minutes", "again_minutes", "urgent_spo2_below")
    name = row.text("id")
    mine = tuple(_step_from(step) for step in steps if step.text("ladder") == name)
    _refuse_out_of_order(row, mine)
    return Ladder(
        id=name,
        follows=row.choice("follows", FOLLOWS),
        title=row.text("title"),
        plans=row.texts("plans"),
        steps=mine,
        quiet=timedelta(minutes=row.whole("quiet_minutes")),
        again=timedelta(minutes=row.whole("again_minutes")),
        urgent_spo2_below=row.number("urgent_spo2_below"),
        says=row.text("says"),
        patient_says=row.text("patient_says"),
        basis=Basis(row.choice("basis", tuple(Basis))),
        citations=read_citations(row),
        validity=read_validity(row),
    )


def _step_from(row: Table) -> LadderStep:
    return LadderStep(
        id=row.text("id"),
        after=timedelta(minutes=row.whole("minutes")),
        after_urgent=timedelta(minutes=row.whole("urgent_minutes")),
        does=row.choice("does", DOES),
        severity=Alarm(row.choice("severity", tuple(Alarm))),
        owner=row.choice("owner", OWNERS),
        says=row.text("says"),
    )


def _refuse_out_of_order(row: Table, steps: tuple[LadderStep, ...]) -> None:
    if not steps or (row.text("follows") == LOOK and (steps[0].after or steps[0].after_urgent)):
        raise row.refuse("id", "begin the ladder with a step at minute 0")
    for earlier, later in pairwise(steps):
        if later.after <= earlier.after or later.after_urgent < earlier.after_urgent:
            raise row.refuse(later.id, "give the steps in order of their minutes")
        if later.severity.rank > earlier.severity.rank:
            raise row.refuse(later.id, "a later step is no milder than the one before it")
    if any(step.after_urgent > step.after for step in steps):
        raise row.refuse("id", "an urgent ladder waits no longer than a calm one")
