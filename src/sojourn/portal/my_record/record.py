"""A patient's own record, gathered once and put into plain words."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sojourn.clinical.outcomes import summary_for_patient
from sojourn.design.charts import ChartFigure
from sojourn.design.charts.goals import goal_figure_of
from sojourn.design.charts.outcomes import figure_of_trajectory
from sojourn.design.charts.values import Tick
from sojourn.portal.my_record.answers import AnsweredPage, AnswerLine, answered_pages, assessment_lines
from sojourn.portal.wording import ReadingLine, moment_in_words, reading_lines, visit_name
from sojourn.program.audit.queries import readings_of
from sojourn.program.intake import queries as intake
from sojourn.program.measures.goals import goals_of
from sojourn.program.measures.queries import all_scores_of
from sojourn.program.people.actors import Actor
from sojourn.program.people.patients import CareTeamRow, PatientCard, care_team_of, patient_card
from sojourn.program.people.places import STATES, local_date
from sojourn.program.plans.queries import VisitRow, visits_of
from sojourn.program.treatment.held import held_visits_of
from sojourn.program.treatment.medicines import medicine_changes_of
from sojourn.program.treatment.trajectories import PatientTrajectory, trajectories_of


@dataclass(frozen=True)
class Course:
    """Scores on one scale: the drawing with its table, and what it says in plain words."""

    title: str
    figure: ChartFigure | None
    says: str
    unscored: int


@dataclass(frozen=True)
class VisitLine:
    """One visit, and whether it took place."""

    name: str
    visit: VisitRow
    when: str
    took_place: bool


@dataclass(frozen=True)
class OwnRecord:
    card: PatientCard
    state: str
    scores: tuple[Course, ...]
    beside: tuple[Course, ...]  # function and well-being
    goals: tuple[ChartFigure, ...]
    answered: tuple[AnsweredPage, ...]
    assessment: intake.AssessmentRow | None
    assessment_lines: tuple[AnswerLine, ...]
    decisions: tuple[intake.DecisionRow, ...]
    consents: tuple[intake.ConsentRow, ...]
    coming: tuple[VisitLine, ...]
    past: tuple[VisitLine, ...]
    care_team: tuple[CareTeamRow, ...]
    readings: tuple[ReadingLine, ...]


def own_record(patient_id: UUID, *, actor: Actor, now: datetime) -> OwnRecord:
    """Gather a patient's record; the number of queries does not depend on how much there is."""
    card = patient_card(patient_id, actor=actor)
    assert card is not None
    scores = all_scores_of(patient_id, actor=actor)
    followed = trajectories_of(patient_id, actor=actor, now=now, scores=scores)
    medicines = tuple(
        Tick(on=line.on, kind="medication", label=line.label)
        for line in reversed(medicine_changes_of(patient_id, actor=actor))
        if line.stands
    )
    today = local_date(now, card.timezone)
    goals = (goal_figure_of(goal, today) for goal in goals_of(patient_id, actor=actor))
    visits = _visits(patient_id, actor)
    assessment = intake.latest_assessment(patient_id, actor=actor)
    return OwnRecord(
        card=card,
        state=dict(STATES).get(card.state, card.state),
        scores=tuple(_course(one, medicines) for one in followed if not one.is_beside_symptoms),
        beside=tuple(_course(one, medicines) for one in followed if one.is_beside_symptoms),
        goals=tuple(figure for figure in goals if figure),
        answered=answered_pages(scores),
        assessment=assessment,
        assessment_lines=assessment_lines(assessment) if assessment else (),
        decisions=intake.decisions_of(patient_id, actor=actor),
        consents=intake.consents_of(patient_id, actor=actor),
        coming=tuple(line for line in visits if line.visit.ends_at > now and not line.took_place),
        past=tuple(line for line in reversed(visits) if line.visit.ends_at <= now or line.took_place),
        care_team=care_team_of(patient_id, actor=actor),
        readings=reading_lines(readings_of(patient_id), card.timezone),
    )


def _course(followed: PatientTrajectory, medicines: tuple[Tick, ...]) -> Course:
    return Course(
        title=followed.instrument.patient_title,
        figure=figure_of_trajectory(followed.line, medicines=medicines, for_patient=True)
        if followed.is_drawn
        else None,
        says=summary_for_patient(followed.line),
        unscored=len(followed.without_score),
    )


def _visits(patient_id: UUID, actor: Actor) -> tuple[VisitLine, ...]:
    held = {visit.visit_id for visit in held_visits_of(patient_id, actor=actor)}
    return tuple(
        VisitLine(
            visit_name(visit.kind, visit.number),
            visit,
            moment_in_words(visit.starts_at, visit.timezone),
            visit.id in held,
        )
        for visit in visits_of(patient_id, actor=actor)
    )
