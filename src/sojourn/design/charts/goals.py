"""Draws how near a goal was, week by week: a disc that fills by quarters, a dashed ring where nobody said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import cos, pi, sin
from zlib import crc32

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sojourn.design.charts.figures import ChartFigure
from sojourn.design.charts.svg import element, percent
from sojourn.program.measures.goals import GoalRow, week_of

RADIUS_PX, MIDDLE_PX, HEIGHT_PX = 9, 14, 44
WEEKS_DRAWN = 12
QUARTERS = 4


@dataclass(frozen=True, kw_only=True)
class GoalWeek:
    """A week, by its Monday, and how near the goal was: 0 to 4, or None where nobody said."""

    week: date
    value: int | None


def nearness(value: int | None) -> str:
    """Say a rating in words."""
    return {
        None: _("not rated"), 0: _("not yet"), 1: _("a little"), 2: _("half way"), 3: _("mostly"), 4: _("there"),
    }[value]  # fmt: skip


def weeks_between(ratings: dict[date, int], *, first: date, last: date) -> tuple[GoalWeek, ...]:
    """Give every week from the first to the last, the newest twelve, with its rating or without."""
    count = (last - first).days // 7 + 1
    weeks = [first + timedelta(weeks=n) for n in range(max(0, count - WEEKS_DRAWN), count)]
    return tuple(GoalWeek(week=week, value=ratings.get(week)) for week in weeks)


def goal_figure(words: str, weeks: Sequence[GoalWeek]) -> ChartFigure:
    """Draw one goal with its table, the newest week first."""
    rated = sum(week.value is not None for week in weeks)
    missing = len(weeks) - rated
    caption = ngettext("%(n)d week rated", "%(n)d weeks rated", rated) % {"n": rated}
    if missing:
        caption += ", " + ngettext("%(n)d not", "%(n)d not", missing) % {"n": missing}
    return ChartFigure(
        title=words,
        svg=_svg(words, weeks),
        caption=caption + ". " + _("A full disc means: there."),
        columns=(_("Week of"), _("How near")),
        rows=tuple((date_format(week.week, "M j, Y"), nearness(week.value)) for week in reversed(weeks)),
    )


def goal_figure_of(goal: GoalRow, today: date) -> ChartFigure | None:
    """Draw a goal up to this week or its last rating, if it has ended; None before the first rating."""
    if not goal.ratings:
        return None
    last = week_of(today) if goal.stands else goal.ratings[-1].week
    by_week = {rating.week: rating.value for rating in goal.ratings}
    return goal_figure(goal.words, weeks_between(by_week, first=goal.ratings[0].week, last=last))


def _svg(words: str, weeks: Sequence[GoalWeek]) -> SafeString:
    key = f"goal-{crc32(repr((words, tuple(weeks))).encode()):08x}"
    said = "; ".join(f"{date_format(week.week, 'M j')}: {nearness(week.value)}" for week in weeks)
    drawn = [_disc(week, (place + 0.5) / WEEKS_DRAWN) for place, week in enumerate(weeks)]
    ends = {0: weeks[0], len(weeks) - 1: weeks[-1]} if weeks else {}
    labels = [
        element("text", date_format(week.week, "M j"), x=percent((place + 0.5) / WEEKS_DRAWN), y=HEIGHT_PX - 4,
                text_anchor="middle")
        for place, week in ends.items()
    ]  # fmt: skip
    return element(
        "svg",
        element("title", words, id=f"{key}-title"),
        element("desc", said, id=f"{key}-desc"),
        *drawn,
        *labels,
        class_="chart trajectory",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        width="100%",
        height=str(HEIGHT_PX),
    )


def _disc(week: GoalWeek, x: float) -> SafeString:
    said = f"{date_format(week.week, 'M j, Y')}: {nearness(week.value)}"
    ring = "mark mark--absent" if week.value is None else "mark mark--hollow"
    filled = [] if not week.value else [_wedge(week.value)]
    return element(
        "svg",
        element("title", said),
        element("circle", r=str(RADIUS_PX), class_=ring),
        *filled,
        x=percent(x),
        y=MIDDLE_PX,
        overflow="visible",
        class_="point",
    )


def _wedge(quarters: int) -> SafeString:
    if quarters >= QUARTERS:
        return element("circle", r=str(RADIUS_PX), class_="mark")
    angle = 2 * pi * quarters / QUARTERS
    x, y = RADIUS_PX * sin(angle), -RADIUS_PX * cos(angle)
    large = int(quarters > QUARTERS // 2)
    return element(
        "path", d=f"M0 0V-{RADIUS_PX}A{RADIUS_PX} {RADIUS_PX} 0 {large} 1 {x:.1f} {y:.1f}Z", class_="mark"
    )
