"""One patient's scores on one instrument over time: from which baseline, how far, how surely."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from sojourn.clinical.instruments import Band, ChangeSet, Direction, Instrument, band_of
from sojourn.clinical.outcomes.due_dates import unanswered
from sojourn.clinical.outcomes.reliable_change import Change, ChangeVerdict, change_between
from sojourn.clinical.outcomes.response import (
    RemissionVerdict,
    Response,
    ResponseVerdict,
    remission,
    response,
)
from sojourn.clinical.quantities import how_many

BASELINE_WINDOW = timedelta(
    days=7
)  # program policy: the baseline is taken within a week before the first dose
ANSWER_WINDOW = timedelta(days=3)  # program policy: a score this near to a due day answers it


class ScoreOutsideScale(ValueError):
    """A value is none that the instrument can give; the message names the day and the range."""


class PointKind(StrEnum):
    SCORED = "scored"
    PRORATED = "prorated"
    TOTAL_ONLY = "total_only"


class SessionKind(StrEnum):
    PREPARATION = "preparation"
    DOSING = "dosing"
    INTEGRATION = "integration"


@dataclass(frozen=True)
class ScorePoint:
    """A score, and the day it counts for."""

    on: date
    value: Fraction
    kind: PointKind = PointKind.SCORED

    def __post_init__(self) -> None:
        # A stored decimal or a plain word compares and subtracts like the exact value it stands for.
        object.__setattr__(self, "value", Fraction(self.value))
        object.__setattr__(self, "kind", PointKind(self.kind))


@dataclass(frozen=True)
class SessionMark:
    """A session that was held: its number, and for a dose how much by which way ("56 mg nasal")."""

    on: date
    kind: SessionKind
    label: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Baseline:
    """The score everything is compared with, and why that one. A `stale` one proves no response."""

    point: ScorePoint
    because: str
    stale: bool


@dataclass(frozen=True)
class TrajectoryPoint:
    """A score in its place. `change` is None at and before the baseline; `standing` says which, in words."""

    on: date
    value: Fraction
    kind: PointKind
    band: Band | None
    is_baseline: bool
    standing: str
    change: Change | None
    response: Response | None
    remission: RemissionVerdict


@dataclass(frozen=True)
class Trajectory:
    """Points in order of days, the sessions among them, and the due days nobody answered."""

    instrument: Instrument
    points: tuple[TrajectoryPoint, ...]
    baseline: Baseline | None
    no_baseline_because: str
    change_set: ChangeSet | None
    sessions: tuple[SessionMark, ...]
    due: tuple[date, ...]
    gaps: tuple[date, ...]

    @property
    def latest(self) -> TrajectoryPoint | None:
        return self.points[-1] if self.points else None

    @property
    def since_baseline(self) -> tuple[TrajectoryPoint, ...]:
        """The baseline and all points after it."""
        return tuple(point for point in self.points if point.is_baseline or point.change)

    @property
    def best(self) -> TrajectoryPoint | None:
        """Give the best point since the baseline, the earliest of equals."""
        lower = self.instrument.direction is not Direction.HIGHER_IS_BETTER
        return min(self.since_baseline, key=lambda p: p.value if lower else -p.value, default=None)

    @property
    def has_worsened(self) -> bool:
        """Tell whether the latest score is reliably worse than the baseline or than the best since."""
        if not self.latest or not self.latest.change or not self.best:
            return False
        from_best = change_between(
            instrument=self.instrument,
            before=self.best.value,
            after=self.latest.value,
            change_set_id=self.change_set.id if self.change_set else None,
        )
        return ChangeVerdict.WORSE in {self.latest.change.verdict, from_best.verdict}


def trajectory(
    *,
    instrument: Instrument,
    points: Sequence[ScorePoint],
    due: Sequence[date] = (),
    sessions: Sequence[SessionMark] = (),
    change_set_id: str | None = None,
    answer_window: timedelta = ANSWER_WINDOW,
) -> Trajectory:
    """Put scores in order and judge each against the baseline.

    The baseline is the last score on or before the first dose; more than 7 days before, it is stale. Without
    a dose it is the first score. Of two scores on one day the later in `points` counts. `due` are days that have
    passed; those without a score within `answer_window` are gaps. Raises ScoreOutsideScale: 99 or -1 for a missed
    visit is no score.
    """
    _refuse_outside(instrument, points)
    ordered = sorted(points, key=lambda point: point.on)
    place, baseline, missing_because = _baseline(ordered, sessions)
    days = tuple(sorted(set(due)))
    return Trajectory(
        instrument=instrument,
        points=(
            *(
                _unjudged(instrument, p, "before the baseline" if baseline else "no baseline")
                for p in ordered[:place]
            ),
            *(_unjudged(instrument, p, "baseline") for p in ordered[place : place + 1]),
            *(_judged(instrument, p, baseline, change_set_id) for p in ordered[place + 1 :] if baseline),
        ),
        baseline=baseline,
        no_baseline_because=missing_because,
        change_set=instrument.change_set(change_set_id),
        sessions=tuple(sorted(sessions, key=lambda mark: mark.on)),
        due=days,
        gaps=unanswered(due=days, answered=[point.on for point in ordered], window=answer_window),
    )


def _refuse_outside(instrument: Instrument, points: Sequence[ScorePoint]) -> None:
    scale = instrument.main_scale
    for point in points:
        if scale is not None and not scale.low <= point.value <= scale.high:
            raise ScoreOutsideScale(
                f"{instrument.title} {float(point.value):g} on {point.on}: scores go from {scale.low} to {scale.high}; "
                "a missed visit is left out, not written as a number"
            )


def _baseline(
    ordered: Sequence[ScorePoint], sessions: Sequence[SessionMark]
) -> tuple[int, Baseline | None, str]:
    """Find the place of the baseline among the points; past the end where there is none."""
    if not ordered:
        return 0, None, "no score yet"
    first_dose = min((mark.on for mark in sessions if mark.kind == SessionKind.DOSING), default=None)
    if first_dose is None:
        return 0, Baseline(ordered[0], "first score; no dose yet", stale=False), ""
    place = sum(point.on <= first_dose for point in ordered) - 1
    if place < 0:
        return len(ordered), None, "no score on or before the first dose"
    point = ordered[place]
    before = first_dose - point.on
    if before > BASELINE_WINDOW:
        because = f"last score before the first dose, {how_many(before.days, 'day')} before it"
        return place, Baseline(point, because, stale=True), ""
    return place, Baseline(point, "last score on or before the first dose, within 7 days", stale=False), ""


def _unjudged(instrument: Instrument, point: ScorePoint, standing: str) -> TrajectoryPoint:
    return TrajectoryPoint(
        on=point.on,
        value=point.value,
        kind=point.kind,
        band=band_of(instrument, point.value),
        is_baseline=standing == "baseline",
        standing=standing,
        change=None,
        response=None,
        remission=remission(
            instrument=instrument, value=point.value, prorated=point.kind == PointKind.PRORATED
        ),
    )


def _judged(
    instrument: Instrument, point: ScorePoint, baseline: Baseline, change_set_id: str | None
) -> TrajectoryPoint:
    change = change_between(
        instrument=instrument, before=baseline.point.value, after=point.value, change_set_id=change_set_id
    )
    return replace(
        _unjudged(instrument, point, change.verdict),
        change=change,
        response=_response(instrument, baseline, point),
    )


def _response(instrument: Instrument, baseline: Baseline, point: ScorePoint) -> Response:
    if baseline.stale:
        return Response(ResponseVerdict.NOT_JUDGED, "the baseline is more than 7 days before the first dose")
    return response(
        instrument=instrument,
        baseline=baseline.point.value,
        value=point.value,
        prorated=PointKind.PRORATED in {point.kind, baseline.point.kind},
    )
