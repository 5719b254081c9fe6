"""The practice's outcomes, counted in the database: chains by window, site and prescriber, and harms beside them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from importlib.resources import files
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from sojourn.clinical.outcomes.practice import USUAL_WINDOWS, Chain, Window
from sojourn.clinical.outcomes.reports import Yardstick
from sojourn.program.people.actors import Actor
from sojourn.program.people.models import Patient
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.results.models import PersonFollowed, ScoresFollowed

FOLDER: Final = files("sojourn.program.results")
COUNTS, HARMS = ((FOLDER / f"{name}.sql").read_text(encoding="utf-8") for name in ("counts", "harms"))
BASELINE_DAYS: Final = 7
EXACT: Final = 1000  # scores are counted in thousandths of a point

# The same people as they were known at a moment, made of the records themselves.
PEOPLE_THEN: Final = "SELECT * FROM results_people_at(ARRAY({visible}), %(cut)s)"
SCORES_THEN: Final = """
SELECT person.*, scored.baseline, scored.scores
FROM results_people_at(ARRAY({visible}), %(cut)s) person
JOIN results_scores_at(ARRAY({visible}), ARRAY[%(instrument)s::varchar], %(cut)s) scored USING (patient_id)
"""
ASKED: Final = """
  person.started_on <= %(as_of)s
  AND (%(protocols)s::text[] IS NULL OR person.protocol_id = ANY(%(protocols)s))
  AND (%(site)s::uuid IS NULL OR person.site_id = %(site)s)
  AND (%(since)s::date IS NULL OR person.started_on >= %(since)s)
  AND (%(until)s::date IS NULL OR person.started_on <= %(until)s)
"""


@dataclass(frozen=True)
class Asked:
    """Which people, up to which day, as known when. None: no limit of that kind. `protocols` empty: none match.

    `cut`: what the practice had received up to this moment; None is now.
    """

    as_of: date
    protocols: tuple[str, ...] | None = None
    site_id: UUID | None = None
    since: date | None = None
    until: date | None = None
    cut: datetime | None = None


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
    baselines_observed: int  # sums, in thousandths
    baselines_missing: int


@dataclass(frozen=True)
class Harms:
    """What went wrong among the same people: doses given, people with an act-now alarm since the first course began."""

    people: int
    doses: int
    people_with_red_alarm: int
    red_alarms: int


def counted(
    actor: Actor, asked: Asked, *, yardstick: Yardstick, windows: Sequence[Window] = USUAL_WINDOWS
) -> tuple[Counted, ...]:
    """Count windows for every site and prescriber, over the people the actor may see; one query.

    A person counts once, by their first course. Research records count nowhere. `windows` are some of the usual ones.
    """
    places = {window: place for place, window in enumerate(USUAL_WINDOWS, 1)}
    rows = _ask(
        actor,
        asked,
        COUNTS,
        instrument=yardstick.id,
        floor=_exact(yardstick.baseline_at_least),
        response_percent=yardstick.response_percent,
        remission_below=_exact(yardstick.remission_below),
        reliable=_exact(yardstick.reliable_points),
        ids=[window.id for window in windows],
        places=[places[window] for window in windows],
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
        baseline_of_observed=_mean(total(lambda row: row.baselines_observed), observed),
        baseline_of_missing=_mean(total(lambda row: row.baselines_missing), reached - observed),
    )


def harms_among(actor: Actor, asked: Asked) -> Harms:
    """Count doses and act-now alarms among the same people since their first course began; one query."""
    [row] = _ask(actor, asked, HARMS)
    return Harms(*row)


def _ask(actor: Actor, asked: Asked, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    """Run a statement over the people the actor may see and asks for."""
    if asked.cut is None:
        seen = patients_visible_to(actor, "patient", site="home_site_id")
        people, scores = PersonFollowed.objects.filter(seen), ScoresFollowed.objects.filter(seen)
        if "instrument" in values:
            scores = scores.filter(instrument_id=values["instrument"])
        statement, params = _put_in(statement, people=people.values(), scores=scores.values())
    else:
        statement = statement.replace("{people}", PEOPLE_THEN).replace("{scores}", SCORES_THEN)
        visible = Patient.objects.filter(patients_visible_to(actor), kind=Patient.Kind.PATIENT)
        statement, params = _put_in(statement, visible=visible.values("pk"))
    limits: dict[str, Any] = {
        "as_of": asked.as_of,
        "protocols": None if asked.protocols is None else list(asked.protocols),
        "site": asked.site_id,
        "since": asked.since,
        "until": asked.until,
        "cut": asked.cut,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("{asked}", ASKED), {**params, **limits, **values})
        return list(cursor.fetchall())


def _put_in(statement: str, **parts: QuerySet[Any, Any]) -> tuple[str, dict[str, Any]]:
    """Put querysets in their places. Their placeholders go by position; they get names, to stand beside ours."""
    given: dict[str, Any] = {}
    for place, part in parts.items():
        text, params = part.query.sql_with_params()
        for number, value in enumerate(params):
            name = f"{place}_{number}"
            text = text.replace("%s", f"%({name})s", 1)
            given[name] = value
        statement = statement.replace(f"{{{place}}}", text)
    return statement, given


def _mean(thousandths: int, people: int) -> Fraction | None:
    return Fraction(int(thousandths), EXACT * people) if people else None


def _exact(value: Fraction | None) -> int | None:
    return None if value is None else int(value * EXACT)
