"""From a judged trajectory to the chart of it: for a clinician's eye, or in plain words for the patient."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from django.utils.translation import gettext as _

from sojourn.clinical.instruments import Direction, Instrument
from sojourn.clinical.outcomes import Trajectory
from sojourn.design.charts.figures import ChartFigure, trajectory_figure
from sojourn.design.charts.values import ChartPoint, SeverityBand, Threshold, Tick, TrajectoryChart

NO_REASONS: Mapping[date, str] = MappingProxyType({})
BETTER = {Direction.LOWER_IS_BETTER: True, Direction.HIGHER_IS_BETTER: False, Direction.NEITHER: None}


def figure_of_trajectory(
    line: Trajectory,
    *,
    flagged_on: Collection[date] = (),
    gaps_because: Mapping[date, str] = NO_REASONS,
    medicines: Sequence[Tick] = (),
    for_patient: bool = False,
) -> ChartFigure | None:
    """Draw scores, missed days and sessions on the whole scale, with the table beside; None with nothing to draw.

    For a patient the bands carry their plain names, and neither thresholds, flags nor the reliable change are
    drawn: a sentence says what they amount to. `medicines` are marks of their own row.
    `gaps_because` says why a day has no score, where more is known than
    that nobody answered.
    """
    instrument = line.instrument
    scale = instrument.main_scale
    if scale is None or not (line.points or line.gaps):
        return None
    return trajectory_figure(
        TrajectoryChart(
            title=instrument.patient_title if for_patient else instrument.title,
            low=scale.low,
            high=scale.high,
            points=_points(line, () if for_patient else flagged_on, gaps_because),
            unit=_("Score, %(low)d to %(high)d") % {"low": scale.low, "high": scale.high},
            bands=_bands(instrument, for_patient=for_patient),
            ticks=(
                *(
                    Tick(on=mark.on, kind=mark.kind.value, label=mark.label, detail=mark.detail)
                    for mark in line.sessions
                ),
                *medicines,
            ),
            thresholds=() if for_patient else _thresholds(instrument),
            reliable_change=float(line.change_set.points) if line.change_set and not for_patient else None,
            baseline=next((float(point.value) for point in line.points if point.is_baseline), None),
            lower_is_better=BETTER[instrument.direction],
            source=_source(line, for_patient=for_patient),
        )
    )


def _points(
    line: Trajectory, flagged_on: Collection[date], gaps_because: Mapping[date, str]
) -> tuple[ChartPoint, ...]:
    done = [
        ChartPoint(
            on=point.on, value=float(point.value), kind=point.kind.value, flagged=point.on in flagged_on
        )
        for point in line.points
    ]
    missed = [
        ChartPoint(on=day, value=None, kind="not_done", label=gaps_because.get(day, "")) for day in line.gaps
    ]
    return tuple(sorted(done + missed, key=lambda point: point.on))


def _bands(instrument: Instrument, *, for_patient: bool) -> tuple[SeverityBand, ...]:
    bands = instrument.band_set()
    return tuple(
        SeverityBand(low=band.low, high=band.high, label=band.plain if for_patient else band.label)
        for band in (bands.bands if bands else ())
    )


def _thresholds(instrument: Instrument) -> tuple[Threshold, ...]:
    rule = instrument.outcome_rule()
    if rule is None or rule.remission_below is None:
        return ()
    below = rule.remission_below
    return (Threshold(value=below - 0.5, label=_("remission below %(score)d") % {"score": below}),)


def _source(line: Trajectory, *, for_patient: bool) -> str:
    drawn = (line.instrument.band_set(), None if for_patient else line.change_set)
    cited = [each.citations[0] for each in drawn if each and each.citations]
    return "; ".join(dict.fromkeys(citation.in_words for citation in cited))
