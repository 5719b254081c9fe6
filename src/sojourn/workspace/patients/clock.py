"""The dose clock on the chart: its figure, what can be said of it, and the prescriber's choice of interval."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sojourn.clinical.outcomes.dose_clock import Durability, Suggestion, TimeInResponse
from sojourn.design.charts.clock import ClockDot, clock_figure
from sojourn.design.charts.figures import ChartFigure
from sojourn.program.people.access import only
from sojourn.program.people.roles import Role
from sojourn.program.treatment.chart import chart_head
from sojourn.program.treatment.dose_clock import (
    CourseHasEnded,
    DoseClock,
    NoSuchInterval,
    WhyNotAsSuggested,
    choose_interval,
)


@dataclass(frozen=True)
class ClockSection:
    """The clock as the chart prints it; every part says what it knows or why it does not."""

    figure: ChartFigure
    time_in_response: str
    durability: str
    suggestion: str
    reasons: tuple[str, ...]
    suggested_weeks: int | None
    clock: DoseClock
    sources: tuple[str, ...]


def clock_section(clock: DoseClock | None) -> ClockSection | None:
    """Put a clock into words; None where there was no dose yet."""
    if clock is None:
        return None
    suggestion = clock.suggestion
    return ClockSection(
        figure=clock_figure(
            [
                ClockDot(
                    days=point.days,
                    value=float(point.value),
                    dose=point.dose,
                    on=date_format(point.on, "M j, Y"),
                )
                for point in clock.points
            ],
            title=_("PHQ-9 by days since the dose before"),
            low=0,
            high=clock.scale_high,
            baseline=None if clock.baseline is None else float(clock.baseline),
            caption=_(
                "A score on the day of a dose was asked for before it, and belongs to the dose before. Lower is better."
            ),
        ),
        time_in_response=_time(clock),
        durability=_durability(clock),
        suggestion=_suggested(clock),
        reasons=suggestion.reasons if isinstance(suggestion, Suggestion) else (),
        suggested_weeks=suggestion.weeks if isinstance(suggestion, Suggestion) else None,
        clock=clock,
        sources=tuple(citation.in_words for citation in clock.policy.citations),
    )


@only(Role.PRESCRIBER, Role.MEDICAL_DIRECTOR)
def interval(request: Any, patient_id: UUID) -> HttpResponse:
    """Record the interval a prescriber chose for the open course, and go back to the chart."""
    head = chart_head(patient_id, actor=request.actor)
    if head is None:
        raise Http404
    if request.method == "POST":
        _choose(request, head.open_course.id if head.open_course else None)
    return redirect("workspace:chart", patient_id=patient_id)


def _choose(request: Any, course_id: UUID | None) -> None:
    weeks = request.POST.get("weeks", "")
    try:
        if course_id is None:
            raise CourseHasEnded  # noqa: TRY301 - told like the action's own refusal
        if not (weeks.isascii() and weeks.isdigit() and len(weeks) <= 2):  # noqa: PLR2004
            raise NoSuchInterval  # noqa: TRY301
        choose_interval(
            course_id=course_id,
            weeks=int(weeks),
            why=request.POST.get("why", ""),
            actor=request.actor,
            now=request.now,
        )
    except CourseHasEnded:
        messages.error(request, _("There is no open course. Nothing was recorded."))
    except NoSuchInterval:
        messages.error(request, _("That is none of the intervals of this course. Nothing was recorded."))
    except WhyNotAsSuggested:
        messages.error(request, _("Nothing was recorded: say why the interval differs from the suggestion."))
    else:
        messages.success(request, _("The interval is recorded."))


def _time(clock: DoseClock) -> str:
    time = clock.time_in_response
    if not isinstance(time, TimeInResponse):
        return _("Insufficient data: %(why)s.") % {"why": time.because}
    return _(
        "%(in)d of %(known)d days known; of %(unknown)d of %(all)d days since the first dose nothing is known."
    ) % {"in": time.in_response, "known": time.known, "unknown": time.unknown, "all": time.followed}


def _durability(clock: DoseClock) -> str:
    found = clock.durability
    if not isinstance(found, Durability):
        return _("Insufficient data: %(why)s.") % {"why": found.because}
    if found.high is None and found.half_life >= clock.policy.durability.longest_days - 1:
        return _(
            "No loss of benefit can be told within the days seen; half of it lasts %(low)s days or longer "
            "(95 %% limit; from %(scores)d scores after %(doses)d doses)."
        ) % {"low": f"{found.low:.0f}", "scores": found.scores, "doses": found.doses}
    ends = {
        "half": f"{found.half_life:.0f}",
        "low": f"{found.low:.0f}",
        "high": _("no upper end") if found.high is None else f"{found.high:.0f}",
        "scores": found.scores,
        "doses": found.doses,
    }
    return (
        _(
            "Half of the benefit is gone after %(half)s days (95 %% interval %(low)s to %(high)s); "
            "from %(scores)d scores after %(doses)d doses."
        )
        % ends
    )


def _suggested(clock: DoseClock) -> str:
    found = clock.suggestion
    if not isinstance(found, Suggestion):
        return _("Insufficient data: %(why)s.") % {"why": found.because}
    weeks = ngettext("%(n)d week", "%(n)d weeks", found.weeks) % {"n": found.weeks}
    if found.step == "review":
        return _("Review before the next dose; no interval is suggested beyond %(weeks)s.") % {"weeks": weeks}
    return _("%(weeks)s apart (%(step)s; now %(now)d).") % {
        "weeks": weeks, "step": found.step.value, "now": found.now_weeks,
    }  # fmt: skip
