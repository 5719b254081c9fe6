"""Small drawings of a session's values against the patient's own limits, and where each last value came from."""

from datetime import datetime, timedelta
from math import ceil

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.clinical.monitoring import Alarm
from sojourn.clinical.monitoring.courses import Course
from sojourn.clinical.monitoring.own_limits import own_limits
from sojourn.design.charts.trend import Trend, TrendLimit, trend_svg
from sojourn.program.treatment.crossings import SIGNALS
from sojourn.program.treatment.sessions import Session
from sojourn.program.treatment.side_by_side import disagreements

DRAWN = (
    ("systolic", gettext_lazy("Systolic pressure"), 80.0, 200.0, "mmHg"),
    ("spo2", gettext_lazy("Oxygen"), 85.0, 100.0, "%"),
)
KINDS = {Alarm.AMBER: "attention", Alarm.RED: "act", Alarm.EMERGENCY: "act"}
SHORTEST = timedelta(minutes=60)  # a session that has just begun is not stretched over the whole width
STRETCHED_EVERY = timedelta(minutes=30)  # so that a drawing holds for a while


def trends_of(found: Session, now: datetime) -> list[tuple[str, SafeString]]:
    """Name and draw what was measured since the dose; nothing before it, and nothing of a signal never measured."""
    dosed_at = found.state.dosed_at
    if dosed_at is None:
        return []
    length = max(SHORTEST, ceil((now - dosed_at) / STRETCHED_EVERY) * STRETCHED_EVERY)
    minutes = length.total_seconds() / 60
    drawn = []
    for signal, name, low, high, unit in DRAWN:
        since = found.told.courses.get(signal, Course()).since(dosed_at)
        if not since.values:
            continue
        own = own_limits(signal=signal, plan=found.plan, baseline=found.state.baseline)
        taken = ((taken_at - dosed_at).total_seconds() / 60 for taken_at in since.times)
        values = ", ".join(f"{value:g}" for value in since.values)
        limits = ", ".join(f"{limit.value:g}" for limit in own)
        words = _("%(name)s since the dose: %(values)s %(unit)s. Limits of this patient: %(limits)s.")
        drawing = trend_svg(
            Trend(
                points=tuple(zip(taken, since.values, strict=True)),
                limits=tuple(TrendLimit(limit.value, KINDS[limit.severity]) for limit in own),
                low=low,
                high=high,
                minutes=minutes,
                words=words % {"name": name, "values": values, "unit": unit, "limits": limits},
            )
        )
        drawn.append((str(name), drawing))
    return drawn


def sources_of(found: Session) -> dict[str, str]:
    """Where the last value of each signal came from; where another source says otherwise, what that one says."""
    rows = found.rows_told
    last = {signal: rows[course.events[-1].event_id].told_by for signal, course in found.told.courses.items()}
    for each in disagreements(found):
        shown = "systolic" if each.signal == "diastolic" else each.signal  # both numbers stand in one value
        name, unit = SIGNALS[each.signal]
        others = (f"{other.source}: {name} {other.value:g} {unit}" for other in each.readings[1:])
        last[shown] = "; ".join([last[shown], *others])
    return last
