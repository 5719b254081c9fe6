"""The practice's outcomes, counted in the database: chains by window, site and prescriber, and harms beside them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib.resources import files
from typing import Any, Final
from uuid import UUID

from django.db import connection

from sojourn.clinical.outcomes.practice import Chain, Window
from sojourn.clinical.outcomes.reports import Yardstick
from sojourn.program.people.actors import Actor
from sojourn.program.people.models import Patient
from sojourn.program.people.policy import patients_visible_to

FOLDER: Final = files("sojourn.program.treatment")
PEOPLE, COUNTS, HARMS = (
    (FOLDER / f"results_{name}.sql").read_text(encoding="utf-8") for name in ("people", "counts", "harms")
)
BASELINE_DAYS: Final = 7


@dataclass(frozen=True)
class Asked:
    """Which people, up to which day. None: no limit of that kind. `protocols` empty: none match."""

    as_of: date
    protocols: tuple[str, ...] | None = None
    site_id: UUID | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Counted:
    """The counts of one window of one site and prescriber."""

    visit: str
    site_id: UUID
    prescriber_id: UUID
    enrolled: int
    baseline: int
    dosed: int
    reached: int
    observed: int
    responded: int
    remitted: int
    worse: int
    without_baseline: int
    seen_at_all: int
    worse_at_all: int
    baselines_observed: Decimal  # sums
    baselines_missing: Decimal


@dataclass(frozen=True)
class Harms:
    """What went wrong among the same people: doses given, people with an act-now alarm since the first course began."""

    people: int
    doses: int
    people_with_red_alarm: int
    red_alarms: int


def counted(
    actor: Actor, asked: Asked, *, yardstick: Yardstick, windows: Sequence[Window]
) -> tuple[Counted, ...]:
    """Count every window for every site and prescriber, over the people the actor may see; one query.

    A person counts once, by their first course. Research records count nowhere. The scale must have a response percent,
    a floor, a threshold of remission and a reliable change.
    """
    rows = _ask(
        actor,
        asked,
        COUNTS,
        instrument=yardstick.id,
        baseline_days=BASELINE_DAYS,
        floor=_number(yardstick.baseline_at_least),
        response_percent=yardstick.response_percent,
        remission_below=_number(yardstick.remission_below),
        reliable=_number(yardstick.reliable_points),
        ids=[window.id for window in windows],
        targets=[window.target for window in windows],
        opens=[window.opens for window in windows],
        closes=[window.closes for window in windows],
    )
    return tuple(Counted(*row) for row in rows)


def chain_from(rows: Sequence[Counted], met: Callable[[Counted], int]) -> Chain:
    """Add the counts of groups up to one chain; `met` picks what was met."""

    def total(of: Callable[[Counted], int]) -> int:
        return sum(of(row) for row in rows)

    observed, reached = total(lambda row: row.observed), total(lambda row: row.reached)
    return Chain(
        enrolled=total(lambda row: row.enrolled),
        baseline=total(lambda row: row.baseline),
        dosed=total(lambda row: row.dosed),
        reached=reached,
        observed=observed,
        met=total(met),
        worse=total(lambda row: row.worse),
        reached_without_baseline=total(lambda row: row.without_baseline),
        baseline_of_observed=_mean([row.baselines_observed for row in rows], observed),
        baseline_of_missing=_mean([row.baselines_missing for row in rows], reached - observed),
    )


def harms_among(actor: Actor, asked: Asked) -> Harms:
    """Count doses and act-now alarms among the same people since their first course began; one query."""
    [row] = _ask(actor, asked, HARMS)
    return Harms(*row)


def _ask(actor: Actor, asked: Asked, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    """Run a statement over the people the actor may see and asks for."""
    visible, params = (
        Patient.objects.filter(patients_visible_to(actor), kind=Patient.Kind.PATIENT)
        .values("pk")
        .query.sql_with_params()
    )
    # The policy's own statement has placeholders by position; they get names, to stand beside ours.
    names = [f"visible_{place}" for place in range(len(params))]
    for name in names:
        visible = visible.replace("%s", f"%({name})s", 1)
    limits: dict[str, Any] = {
        "as_of": asked.as_of,
        "protocols": None if asked.protocols is None else list(asked.protocols),
        "site": asked.site_id,
        "since": asked.since,
        "until": asked.until,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            (PEOPLE + statement).replace("{visible}", visible),
            {**dict(zip(names, params, strict=True)), **limits, **values},
        )
        return list(cursor.fetchall())


def _mean(sums: Sequence[Decimal], people: int) -> Fraction | None:
    return sum(map(Fraction, sums), Fraction(0)) / people if people else None


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
