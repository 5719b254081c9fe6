"""What a prescriber sees of each person in the queue: never a bare score."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sojourn.clinical import instruments
from sojourn.program.intake.queries import AssessmentRow
from sojourn.program.intake.verdicts import to_settle
from sojourn.program.measures.newest import NewestScore, newest_scores_of
from sojourn.program.people.actors import Actor
from sojourn.program.people.patients import PatientCard, patient_cards
from sojourn.program.safety.counts import open_alarms_by_patient
from sojourn.workspace.wording import DISPOSITIONS, Wording


@dataclass(frozen=True)
class ScoreLine:
    """A score with its scale, band and day."""

    title: str
    value: str
    high: int
    band: str
    on: date
    flagged: bool


@dataclass(frozen=True)
class DecisionCard:
    """One person waiting for a decision."""

    assessment_id: UUID
    patient: PatientCard
    disposition: Wording
    findings: int
    open_findings: int
    scores: tuple[ScoreLine, ...]
    alarms: int
    waiting_since: datetime


def cards_for(assessments: Iterable[AssessmentRow], *, actor: Actor) -> tuple[DecisionCard, ...]:
    """Put the queue's people together; three queries, however many they are."""
    waiting = tuple(assessments)
    ids = [row.patient_id for row in waiting]
    patients = patient_cards(ids, actor=actor)
    scores = newest_scores_of(ids, actor=actor)
    alarms = open_alarms_by_patient(ids, actor=actor)
    return tuple(
        DecisionCard(
            assessment_id=row.id,
            patient=patients[row.patient_id],
            disposition=DISPOSITIONS[row.disposition],
            findings=len(row.evaluation.findings),
            open_findings=len(to_settle(row.evaluation)),
            scores=score_lines(scores.get(row.patient_id, ())),
            alarms=alarms.get(row.patient_id, 0),
            waiting_since=row.taken_at,
        )
        for row in waiting
        if row.patient_id in patients
    )


def score_lines(scores: Iterable[NewestScore]) -> tuple[ScoreLine, ...]:
    """Set each score beside its scale and band."""
    lines = []
    for score in scores:
        instrument = instruments.get(score.instrument_id)
        lines.append(
            ScoreLine(
                title=instrument.title,
                value=f"{score.value.normalize():f}",
                high=instrument.scale().high,
                band=score.band,
                on=score.on,
                flagged=score.flagged,
            )
        )
    return tuple(lines)
