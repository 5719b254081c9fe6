"""One patient's chart: what each reader is shown of it, ready to print."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sojourn.clinical import instruments, outcomes, protocols
from sojourn.design.charts.figures import ChartFigure
from sojourn.design.charts.goals import goal_figure_of
from sojourn.design.charts.outcomes import figure_of_trajectory
from sojourn.design.charts.values import Tick
from sojourn.program.measures.goals import GoalRow, goals_of
from sojourn.program.measures.queries import ScoreRow, all_scores_of
from sojourn.program.people.actors import Actor
from sojourn.program.people.patients import PatientCard
from sojourn.program.people.roles import CLINICIANS
from sojourn.program.safety.queries import AlarmRow, alarms_of
from sojourn.program.treatment.chart import (
    ChartHead,
    ChartVisit,
    ConsentLine,
    CourseLine,
    DecisionLine,
    chart_visits,
)
from sojourn.program.treatment.dose_clock import dose_clock_of
from sojourn.program.treatment.medicines import MedicineLine, medicine_changes_of
from sojourn.program.treatment.trajectories import PatientTrajectory, trajectories_of
from sojourn.workspace.inbox.deliveries import Tellings, tellings_of
from sojourn.workspace.patients.clock import ClockSection, clock_section
from sojourn.workspace.wording import OUTCOMES, Wording


@dataclass(frozen=True)
class ScoreSection:
    """One scale: its drawing, what it amounts to in words, and the responses that gave no score."""

    title: str
    figure: ChartFigure | None
    summary: str
    totals_only: int
    without_score: tuple[ScoreRow, ...]
    on_another_scale: tuple[ScoreRow, ...]
    oddities: tuple[str, ...]
    overlaps: int  # answers whose recall reaches back over the answer before
    recall: str


@dataclass(frozen=True)
class VisitLine:
    """One visit with its state: held, not held (past, nothing on record), ended without a dose, running, or planned."""

    visit: ChartVisit
    state: str


@dataclass(frozen=True)
class CategoryLine:
    """The newest category of a screen that adds up to no number."""

    title: str
    band: str
    on: date


@dataclass(frozen=True)
class ToldAlarm:
    """An alarm, and who was told of it."""

    row: AlarmRow
    tellings: Tellings


@dataclass(frozen=True)
class ClinicalPart:
    """What only clinicians are shown."""

    open_alarms: tuple[ToldAlarm, ...]
    closed_alarms: tuple[ToldAlarm, ...]
    scores: tuple[ScoreSection, ...]
    beside: tuple[ScoreSection, ...]  # function and well-being: beside the symptoms, never averaged with them
    goals: tuple[tuple[GoalRow, ChartFigure | None], ...]
    medicines: tuple[MedicineLine, ...]
    categories: tuple[CategoryLine, ...]
    clock: ClockSection | None


def clinical_part(patient: PatientCard, *, actor: Actor, now: datetime, today: date) -> ClinicalPart | None:
    """Alarms and scores; None for a reader who is no clinician, because their work does not need them."""
    if not actor.is_any_of(CLINICIANS):
        return None
    raised = alarms_of(patient.id, actor=actor)
    tellings = tellings_of(raised, actor=actor, now=now)
    alarms = [ToldAlarm(row, tellings[row.id]) for row in raised]
    scores = all_scores_of(patient.id, actor=actor)
    followed = trajectories_of(patient.id, actor=actor, now=now, scores=scores)
    medicines = tuple(line for line in medicine_changes_of(patient.id, actor=actor) if line.stands)
    marks = tuple(Tick(on=line.on, kind="medication", label=line.label) for line in reversed(medicines))
    sections = [(one, _section(one, marks, is_imported=patient.is_research_record)) for one in followed]
    return ClinicalPart(
        open_alarms=tuple(alarm for alarm in alarms if alarm.row.closed_at is None),
        closed_alarms=tuple(alarm for alarm in alarms if alarm.row.closed_at is not None),
        scores=tuple(section for one, section in sections if not one.is_beside_symptoms),
        beside=tuple(section for one, section in sections if one.is_beside_symptoms),
        goals=tuple((goal, goal_figure_of(goal, today)) for goal in goals_of(patient.id, actor=actor)),
        medicines=medicines,
        categories=_categories(scores),
        clock=clock_section(dose_clock_of(followed, patient_id=patient.id, actor=actor, today=today)),
    )


def visit_lines(patient_id: UUID, *, actor: Actor, now: datetime) -> tuple[VisitLine, ...]:
    """Every visit in order of time with its state."""
    return tuple(VisitLine(visit, _state(visit, now)) for visit in chart_visits(patient_id, actor=actor))


def decision_lines(head: ChartHead) -> tuple[tuple[Wording, DecisionLine], ...]:
    """The decisions, newest first, each with its wording."""
    return tuple((OUTCOMES[line.outcome], line) for line in head.decisions)


def consent_lines(head: ChartHead) -> tuple[tuple[str, ConsentLine], ...]:
    """The signed consents with their titles; a document this release no longer ships keeps its id."""
    titles = {document.id: document.title for document in protocols.consent_documents()}
    return tuple((titles.get(line.document_id, line.document_id), line) for line in head.consents)


def course_lines(head: ChartHead) -> tuple[tuple[str, CourseLine], ...]:
    """The courses with the titles of their protocols."""
    return tuple((protocols.course_protocol(line.protocol_id).title, line) for line in head.courses)


def _categories(scores: tuple[ScoreRow, ...]) -> tuple[CategoryLine, ...]:
    newest = {row.instrument_id: row for row in scores if row.band}
    triaged = {name: row for name, row in newest.items() if instruments.get(name).triage}
    return tuple(
        CategoryLine(instruments.get(name).title, row.band, row.on) for name, row in sorted(triaged.items())
    )


def _section(one: PatientTrajectory, medicines: tuple[Tick, ...], *, is_imported: bool) -> ScoreSection:
    because = one.missed_occasions if is_imported else {}
    return ScoreSection(
        title=one.instrument.title,
        figure=figure_of_trajectory(
            one.line, flagged_on=one.flagged_on, gaps_because=because, medicines=medicines
        )
        if one.is_drawn
        else None,
        summary=outcomes.summary_for_clinician(one.line),
        totals_only=sum(point.kind is outcomes.PointKind.TOTAL_ONLY for point in one.line.points),
        without_score=one.without_score,
        on_another_scale=one.on_another_scale,
        oddities=one.oddities,
        overlaps=len(instruments.overlapping(one.instrument, [point.on for point in one.line.points])),
        recall=one.instrument.recall,
    )


def _state(visit: ChartVisit, now: datetime) -> str:
    if visit.dosed_at is not None and visit.over_at is None:
        return "running"
    if visit.is_held:
        return "held"
    if visit.over_at is not None:
        return "ended without a dose"
    return "planned" if visit.starts_at > now else "not held"
