"""A trajectory in a few sentences: exact for clinicians, plain for patients."""

from datetime import date
from fractions import Fraction

from sojourn.clinical.instruments import Direction
from sojourn.clinical.outcomes.reliable_change import Change, ChangeVerdict
from sojourn.clinical.outcomes.response import RemissionVerdict, ResponseVerdict
from sojourn.clinical.outcomes.trajectory import Trajectory, TrajectoryPoint
from sojourn.clinical.quantities import how_many


def number_in_words(value: Fraction) -> str:
    """Write a score with at most one decimal, without a trailing zero."""
    return f"{float(value):.1f}".removesuffix(".0")


def day_in_words(day: date) -> str:
    """Write a day the American way."""
    return f"{day:%B} {day.day}, {day.year}"


def summary_for_clinician(line: Trajectory) -> str:
    """Say what changed since the baseline, how surely, by whose threshold, and what is missing."""
    said = [_course(line), *_standing(line), *_missing(line)]
    return " ".join(part for part in said if part)


def summary_for_patient(line: Trajectory) -> str:
    """Say the same without jargon or blame; the direction is stated in words."""
    latest = line.latest
    if latest is None:
        return "There is no score yet."
    said = [_plain_course(line, latest)]
    said.append(_direction(line))
    if latest.change:
        said.append(PLAIN_CHANGES[latest.change.verdict])
    return " ".join(part for part in said if part)


def _direction(line: Trajectory) -> str:
    return {
        Direction.LOWER_IS_BETTER: "Lower is better.",
        Direction.HIGHER_IS_BETTER: "Higher is better.",
        Direction.NEITHER: "",
    }[line.instrument.direction]


def _plain_course(line: Trajectory, latest: TrajectoryPoint) -> str:
    now = number_in_words(latest.value)
    if latest.change is None or line.baseline is None:
        return f"Your latest score is {now}."
    return f"Your score was {number_in_words(line.baseline.point.value)} at the start and is {now} now."


PLAIN_CHANGES = {
    ChangeVerdict.BETTER: "This is a clear change for the better, larger than the ups and downs of chance.",
    ChangeVerdict.WORSE: "It shows a harder time than at the start. Please talk with your care team.",
    ChangeVerdict.WITHIN_NOISE: "Scores go up and down a little by chance; this may be no more than that.",
    ChangeVerdict.NO_THRESHOLD: "",
}


def _course(line: Trajectory) -> str:
    latest = line.latest
    if latest is None:
        return f"{line.instrument.title}: no score yet."
    if line.baseline is None or latest.change is None:
        without = f" No change is computed: {line.no_baseline_because}." if line.no_baseline_because else ""
        return f"{line.instrument.title} {_value(latest)} on {day_in_words(latest.on)}.{without}"
    start = next(point for point in line.points if point.is_baseline)
    verb = "unchanged" if not latest.change.points else "fell" if latest.change.points < 0 else "rose"
    return (
        f"{line.instrument.title} {verb} from {_value(start)} on {day_in_words(start.on)} "
        f"({line.baseline.because}) to {_value(latest)} on {day_in_words(latest.on)}."
    )


def _value(point: TrajectoryPoint) -> str:
    notes = [point.band.label] if point.band else []
    notes += {"prorated": ["prorated"], "total_only": ["total without answers"]}.get(point.kind, [])
    return f"{number_in_words(point.value)} ({', '.join(notes)})" if notes else number_in_words(point.value)


def _standing(line: Trajectory) -> list[str]:
    latest = line.latest
    if latest is None or latest.change is None:
        return []
    said = [_change(latest.change)]
    if latest.response:
        because = latest.response.because
        said.append(
            f"Response not judged: {because}."
            if latest.response.verdict is ResponseVerdict.NOT_JUDGED
            else f"{latest.response.verdict.capitalize()}: {because}."
        )
    if latest.remission is not RemissionVerdict.NOT_JUDGED:
        rule = line.instrument.outcome_rule()
        below = f" (below {rule.remission_below})" if rule else ""
        said.append(f"{latest.remission.capitalize()}{below}.")
    if line.has_worsened and latest.change.verdict is not ChangeVerdict.WORSE and line.best:
        said.append(f"Reliably worse than the best score since, {_value(line.best)}.")
    return said


def _change(change: Change) -> str:
    if change.change_set is None:
        return f"Change {how_many(change.points, 'point')}; no published threshold."
    by = f"{how_many(change.change_set.points, 'point')} or more, {change.change_set.population}"
    return f"{how_many(abs(change.points), 'point')}: {change.verdict} ({by})."


def _missing(line: Trajectory) -> list[str]:
    if not line.due:
        return []
    due = how_many(len(line.due), "due questionnaire")
    if not line.gaps and len(line.due) == 1:
        return ["The one due questionnaire was answered."]
    return [f"Not answered: {len(line.gaps)} of {due}."] if line.gaps else [f"All {due} were answered."]
