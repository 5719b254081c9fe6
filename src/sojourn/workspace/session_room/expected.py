"""The expected course of a session's dose beside what was really measured. A model, never a rule for leaving."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sojourn.clinical.pharmacology import (
    CannotSimulate,
    ExpectedCourse,
    Route,
    Window,
    expected_course,
    ordered_dose,
)
from sojourn.design.charts import ChartFigure, CourseChart, Rating, Reading, course_figure
from sojourn.program.people.places import local_date
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.held import HeldVisit, days_since_doses
from sojourn.program.treatment.sessions import EventRow, Session

PRESSURE_AXIS_MMHG = (80.0, 200.0)
CADSS_AXES = (30.0, 60.0, 92.0)  # the smallest that holds the band; the scale itself ends at 92


@dataclass(frozen=True)
class Expected:
    """What the session page shows: figures, which session was predicted, when most people are back; or why there is none."""

    course: ExpectedCourse | None
    figures: tuple[ChartFigure, ...] = ()
    number: int = 1
    which: str = ""
    windows: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    refusal: str = ""


def expected_of(session: Session, *, held: Sequence[HeldVisit], now: datetime) -> Expected | None:
    """Predict the course of what was given, or of what is ordered; None where no dose is known.

    `held` are the visits the patient came to: the doses among them have left tolerance.
    """
    mg = _mg_of(session)
    if mg is None:
        return None
    weight = float(session.weight_kg) if session.weight_kg else None
    try:
        dose = ordered_dose(route=session.protocol.route, drug=session.protocol.drug, mg=mg)
        course = expected_course(dose=dose, weight_kg=weight, days_before=_days_before(session, held))
    except CannotSimulate as refused:
        return Expected(course=None, refusal=refused.remedy)
    return Expected(
        course=course,
        figures=_figures(session, course, now),
        windows=(
            _window(course.back_from_dissociation, _("dissociation of %(n)g CADSS points or less")),
            _window(course.back_from_pressure, _("systolic pressure at most %(n)g mmHg above the start")),
        ),
        number=session.visit.number,
        which=_which(course),
        notes=_notes(course, weight),
        sources=tuple(cited.in_words for cited in course.tolerance_citations),
    )


def _days_before(session: Session, held: Sequence[HeldVisit]) -> tuple[float, ...]:
    begun_at = session.state.dosed_at or session.visit.starts_at
    on = local_date(begun_at, session.visit.timezone)
    return days_since_doses(held, on=on, without=session.visit.id)


def _mg_of(session: Session) -> float | None:
    given = [row.facts["mg"] for row in session.events if row.kind == EventKind.DOSED and row.is_standing]
    if given:
        return float(sum(given))
    return float(session.ordered_mg) if session.ordered_mg else None


def _figures(session: Session, course: ExpectedCourse, now: datetime) -> tuple[ChartFigure, ...]:
    dosed_at = session.state.dosed_at
    minute = (now - dosed_at).total_seconds() / 60 if dosed_at and not session.is_over else None
    pressure, felt = course.systolic_rise, course.dissociation
    baseline = session.state.baseline
    figures = []
    if baseline is not None:
        start = baseline.systolic_mmhg
        figures.append(
            course_figure(
                CourseChart(
                    title=_("Systolic pressure, expected and measured"),
                    unit="mmHg",
                    minutes=pressure.minutes,
                    low=tuple(start + rise for rise in pressure.low),
                    middle=tuple(start + rise for rise in pressure.middle),
                    high=tuple(start + rise for rise in pressure.high),
                    lowest=PRESSURE_AXIS_MMHG[0],
                    highest=PRESSURE_AXIS_MMHG[1],
                    says=_says(course, str(pressure.confidence)),
                    readings=_pressures(session.events, dosed_at),
                    now_minute=minute,
                )
            )
        )
    figures.append(
        course_figure(
            CourseChart(
                title=_("Dissociation, expected (CADSS, 0 to 92)"),
                unit="CADSS",
                minutes=felt.minutes,
                low=felt.low,
                middle=felt.middle,
                high=felt.high,
                lowest=0.0,
                highest=next(top for top in CADSS_AXES if max(felt.high) <= top),
                says=_says(course, str(felt.confidence)),
                ratings=_ratings(session.events, dosed_at),
                ratings_title=_("Numbers below: the patient’s own rating, 0 to 10, another scale"),
                threshold=course.back_from_dissociation.threshold,
                now_minute=minute,
            )
        )
    )
    return tuple(figures)


def _pressures(events: Sequence[EventRow], dosed_at: datetime | None) -> tuple[Reading, ...]:
    return tuple(
        Reading(
            minute=_minute(row, dosed_at),
            value=float(row.facts["systolic"]),
            label=_("%(n)d mmHg") % {"n": row.facts["systolic"]},
        )
        for row in _after_dose(events, dosed_at)
        if dosed_at and row.kind == EventKind.VITAL_TAKEN and "systolic" in row.facts
    )


def _ratings(events: Sequence[EventRow], dosed_at: datetime | None) -> tuple[Rating, ...]:
    return tuple(
        Rating(minute=_minute(row, dosed_at), label=str(row.facts["dissociation"]))
        for row in _after_dose(events, dosed_at)
        if dosed_at and row.kind == EventKind.RATED and "dissociation" in row.facts
    )


def _after_dose(events: Sequence[EventRow], dosed_at: datetime | None) -> list[EventRow]:
    return [row for row in events if dosed_at and row.is_standing and row.taken_at >= dosed_at]


def _minute(row: EventRow, dosed_at: datetime | None) -> float:
    assert dosed_at is not None
    return (row.taken_at - dosed_at).total_seconds() / 60


def _window(back: Window, what: str) -> str:
    words = {
        "what": what % {"n": back.threshold},
        "n": back.count,
        "seed": back.seed,
        "version": back.version,
        "sure": back.confidence,
    }
    if back.most_by_rounded_min is None:
        words["when"] = _("not within 8 hours")
    else:
        words["when"] = _("from %(minute)d min on") % {"minute": back.most_by_rounded_min}
    return (
        _(
            "95 of 100 people: %(what)s %(when)s (rounded up to 15 min; "
            "n %(n)d, seed %(seed)d, %(version)s, confidence %(sure)s)."
        )
        % words
    )


def _says(course: ExpectedCourse, confidence: str) -> str:
    return _(
        "Model, not a measurement; never a discharge rule. %(dose)s. "
        "%(version)s, n %(n)d, seed %(seed)d, confidence: %(sure)s."
    ) % {
        "dose": course.dose.in_words,
        "version": course.version,
        "n": course.count,
        "seed": course.seed,
        "sure": confidence,
    }


def _which(course: ExpectedCourse) -> str:
    """Say what was taken from the record for this session."""
    if not course.days_before:
        return _("No earlier dose is on record here.")
    return ngettext(
        "%(n)d earlier dose on record, %(days)d days before.",
        "%(n)d earlier doses on record, the last %(days)d days before.",
        len(course.days_before),
    ) % {"n": len(course.days_before), "days": int(course.days_before[-1])}


def _tolerance(course: ExpectedCourse) -> str:
    """Say what earlier doses change in the prediction, how that is known, and what it would be without them."""
    if not course.days_before:
        return _(
            "Doses given elsewhere are not known here; dissociation is usually less and shorter after them."
        )
    first = course.back_as_first.most_by_rounded_min
    words = {
        "times": course.tolerance,
        "first": _("more than 8 hours") if first is None else _("%(n)d min") % {"n": first},
    }
    return (
        _(
            "After these doses the model takes %(times).2f times the level to dissociate; a first session would take "
            "%(first)s. That tolerance grows was seen, by how much is a choice of the model: confidence low."
        )
        % words
    )


def _notes(course: ExpectedCourse, weight_kg: float | None) -> tuple[str, ...]:
    notes = [_tolerance(course)]
    if course.dose.route is Route.SUBLINGUAL:
        notes.append(
            _("As if everything is swallowed; what is spat out lowers it, by how much nobody measured.")
        )
    if weight_kg is None:
        notes.append(_("Body weight is not on the order: people of 80 ± 16 kg were taken."))
    return (*notes, *course.cautions)
