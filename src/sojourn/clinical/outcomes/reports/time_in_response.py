"""How long people who responded stayed in response: followed from the first response to the first score that is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sojourn.clinical.outcomes.practice.windows import Person, baseline_of
from sojourn.clinical.outcomes.reports.yardstick import Grouped, Yardstick
from sojourn.clinical.outcomes.survival import Curve, Followed, LogRank, NotComparable, curve, log_rank

TWO = 2


@dataclass(frozen=True)
class TimeInResponse:
    """A curve for each group, in days since the first response, and their comparison where there are two."""

    curves: tuple[tuple[str, Curve], ...]
    test: LogRank | None


def time_in_response(
    people: Sequence[Grouped], yardstick: Yardstick, within: timedelta
) -> TimeInResponse | None:
    """Follow everybody who responded; None where nobody did, or response has no meaning on this scale.

    Who is in response at the last score is followed until then. Scores come at visits, so that a loss of response is
    seen late: the curve stands a little above the truth.
    """
    groups: dict[str, list[Followed]] = {}
    for each in people:
        followed = _followed(each.person, yardstick, within)
        if followed is not None:
            groups.setdefault(each.group, []).append(followed)
    if not groups:
        return None
    ordered = sorted(groups.items())
    test: LogRank | None = None
    if len(ordered) == TWO:
        try:
            test = log_rank([group for _, group in ordered])
        except NotComparable:
            test = None
    return TimeInResponse(tuple((name, curve(group)) for name, group in ordered), test)


def _followed(person: Person, yardstick: Yardstick, within: timedelta) -> Followed | None:
    start = person.first_dose_on
    if start is None:
        return None
    baseline = baseline_of(person, within=within, as_of=start)
    floor = yardstick.baseline_at_least
    if baseline is None or (floor is not None and baseline < floor):
        return None
    after = sorted((r for r in person.readings if r.on > start and r.counts), key=lambda r: r.on)
    began = next((place for place, r in enumerate(after) if yardstick.responded(baseline, r.value)), None)
    if began is None:
        return None
    lost = next((r for r in after[began:] if not yardstick.responded(baseline, r.value)), None)
    until = lost.on if lost is not None else after[-1].on
    return Followed(float((until - after[began].on).days), event=lost is not None)
