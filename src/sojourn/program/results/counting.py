"""The practice's outcomes, counted in the database: chains by window, site and prescriber, and harms beside them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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
MOST_AT_ONCE: Final = 20_000
EXACT: Final = 1000  # scores are counted in thousandths of a point

# The same people as they were known at a moment, made of the records themselves.
PEOPLE_THEN: Final = "SELECT * FROM results_people_at(ARRAY({visible}), %(cut)s)"
SCORES_THEN: Final = """
SELECT person.*, scored.baseline, scored.week_1, scored.week_2, scored.week_4, scored.week_8, scored.week_12,
  scored.month_6, scored.month_12
FROM results_people_at(ARRAY({visible}), %(cut)s) person
JOIN results_scores_at(ARRAY({visible}), ARRAY[%(instrument)s::varchar], %(cut)s) scored USING (patient_id)
"""
KEPT: Final = (
    "site_id", "prescriber_id", "protocol_id", "started_on", "first_dose_on", "baseline",
    "week_1", "week_2", "week_4", "week_8", "week_12", "month_6", "month_12",
)  # fmt: skip
ASKED: Final = """
  person.started_on <= %(as_of)s
  AND (%(protocols)s::text[] IS NULL OR person.protocol_id = ANY(%(protocols)s))
  AND (%(site)s::uuid IS NULL OR person.site_id = %(site)s)
  AND (%(since)s::date IS NULL OR person.started_on >= %(since)s)
  AND (%(until)s::date IS NULL OR person.started_on <= %(until)s)
"""


# What is counted of one window among people with a baseline, in the order of `Counted` after `dosed`. A score outside the
# scale is none: it is not seen, no response and no worsening.
SEEN: Final = "{w} BETWEEN %(low)s AND %(high)s"
FELL: Final = "100 * (baseline - {w}) >= %(response_percent)s * baseline"
OF_SCORES: Final = tuple(
    f"{what} FILTER (WHERE first_dose_on <= %(before_{{w}})s AND {when})"
    for what, when in (
        ("count(*)", "baseline >= %(floor)s"),
        ("count(*)", f"baseline >= %(floor)s AND {SEEN}"),
        ("count(*)", f"baseline >= %(floor)s AND baseline > 0 AND {FELL} AND {{w}} >= %(low)s"),
        ("count(*)", "baseline >= %(floor)s AND {w} < %(remission_below)s AND {w} >= %(low)s"),
        ("count(*)", "baseline >= %(floor)s AND {w} - baseline >= %(reliable)s AND {w} <= %(high)s"),
        ("count(*)", "true"),
        ("count(*)", SEEN),
        ("count(*)", "{w} - baseline >= %(reliable)s AND {w} <= %(high)s"),
        ("sum(baseline)", f"baseline >= %(floor)s AND {SEEN}"),
        ("sum(baseline)", f"baseline >= %(floor)s AND ({SEEN}) IS NOT TRUE"),
    )
)
OF_PEOPLE: Final = "count(*) FILTER (WHERE first_dose_on <= %(before_{w})s) AS reached_{w}"
LEAST: Final = -(2**31)  # below every score: a threshold that nobody meets, a floor that everybody does
MOST: Final = 2**31 - 1


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
    percent = yardstick.response_percent
    rows = _ask(
        actor,
        asked,
        _counts_of(windows),
        instrument=yardstick.id,
        floor=_exact(yardstick.baseline_at_least, otherwise=LEAST),
        response_percent=1000 if percent is None else percent,  # nothing falls by ten times itself
        remission_below=_exact(yardstick.remission_below, otherwise=LEAST),
        reliable=_exact(yardstick.reliable_points, otherwise=MOST),
        low=_exact(yardstick.low, otherwise=LEAST),
        high=_exact(yardstick.high, otherwise=MOST),
        **{f"before_{column_of(window)}": asked.as_of - timedelta(days=window.closes) for window in windows},
    )
    return tuple(_counted(row, place, window) for row in rows for place, window in enumerate(windows))


def column_of(window: Window) -> str:
    """Name the column in which the score of a usual window is kept."""
    return window.id.replace(" ", "_")


def _counts_of(windows: Sequence[Window]) -> str:
    columns = [column_of(window) for window in windows]
    numbered = [(place, column) for column in columns for place in range(len(OF_SCORES))]
    of_scores = [
        f"{OF_SCORES[place].replace('{w}', column)} AS c{place}_{column}" for place, column in numbered
    ]
    results = [
        part
        for column in columns
        for part in (
            *(f"coalesce(c{place}_{column}, 0)" for place in range(len(OF_SCORES))),
            f"reached_{column}",
        )
    ]
    return (
        COUNTS.replace("{of_people}", ", ".join(OF_PEOPLE.replace("{w}", column) for column in columns))
        .replace("{of_scores}", ", ".join(of_scores))
        .replace("{results}", ", ".join(results))
    )


def _counted(row: tuple[Any, ...], place: int, window: Window) -> Counted:
    """Take one window out of a row; who reached it with no baseline is told from those who did with one."""
    width = len(OF_SCORES) + 1
    visit = row[5 + place * width : 5 + (place + 1) * width]
    known, reached = visit[5], visit[-1]
    return Counted(*(window.id, *row[:5], *visit[:5], reached - known, *visit[6:-1]))


def is_too_much_at_once(actor: Actor, asked: Asked) -> bool:
    """True where a data cut in the past covers more people than a page should wait for: then a report is asked for."""
    if asked.cut is None:
        return False
    seen = PersonFollowed.objects.filter(patients_visible_to(actor, "patient", site="home_site_id"))
    return seen[: MOST_AT_ONCE + 1].count() > MOST_AT_ONCE


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


def people_asked(
    actor: Actor, asked: Asked, statement: str, instrument_id: str = ""
) -> tuple[str, dict[str, Any]]:
    """Put the people the actor may see and asks for into a statement, in the places {people}, {scores} and {asked}."""
    if asked.cut is None:
        seen = patients_visible_to(actor, "patient", site="home_site_id")
        people = PersonFollowed.objects.filter(seen)
        scores = ScoresFollowed.objects.filter(seen, instrument_id=instrument_id)
        statement, params = _put_in(statement, people=people.values(), scores=scores.values(*KEPT))
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
        "instrument": instrument_id,
    }
    return statement.replace("{asked}", ASKED), {**params, **limits}


def _ask(actor: Actor, asked: Asked, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    """Run a statement over the people the actor may see and asks for."""
    statement, given = people_asked(actor, asked, statement, values.get("instrument", ""))
    with connection.cursor() as cursor:
        cursor.execute(statement, {**given, **values})
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


def _exact(value: Fraction | None, *, otherwise: int) -> int:
    return otherwise if value is None else int(value * EXACT)
