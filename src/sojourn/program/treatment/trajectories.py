"""A patient's scores on the clock of their treatment: what `clinical.outcomes` is given, gathered once for all doors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Final
from uuid import UUID

from sojourn.clinical import instruments, outcomes
from sojourn.program.measures import queries as measures
from sojourn.program.measures.queries import RequestRow, ScoreRow
from sojourn.program.people.actors import Actor
from sojourn.program.treatment.held import held_visits_of

BESIDE_SYMPTOMS: Final = frozenset({"wsas", "who-5"})
SAME_DAY: Final = timedelta(0)  # the log knows which request was answered: no day has to be guessed


@dataclass(frozen=True)
class PatientTrajectory:
    """All responses of one patient to one instrument, judged; those without a score stand in `scores` alone.

    `missed_occasions` says for each day without a response what it was asked for.
    """

    line: outcomes.Trajectory
    scores: tuple[ScoreRow, ...]
    missed_occasions: dict[date, str]

    @property
    def instrument(self) -> instruments.Instrument:
        return self.line.instrument

    @property
    def is_drawn(self) -> bool:
        """True for a scale on which change is judged; what only screens or describes a session is told in words."""
        return bool(self.instrument.change_sets or self.instrument.outcome_rules)

    @property
    def oddities(self) -> tuple[str, ...]:
        """What somebody should look at, in words: two scores on a day, odd values, a changed version."""
        versions = [row.instrument_version for row in self.scores if row.value is not None]
        outside = tuple(
            f"{row.value.normalize():f} on {outcomes.day_in_words(row.on)} lies outside the scale: not drawn, not counted."
            for row in self.scores
            if row.value is not None and not row.scale_id and not _is_inside(self.instrument, row)
        )
        return (*outside, *outcomes.oddities(self.line, versions=versions))

    @property
    def is_beside_symptoms(self) -> bool:
        """True for function and well-being: shown beside the symptom scales, and never averaged with them."""
        return self.instrument.id in BESIDE_SYMPTOMS

    @property
    def flagged_on(self) -> frozenset[date]:
        """The days on which a critical answer was given."""
        return frozenset(row.on for row in self.scores if row.flagged)

    @property
    def without_score(self) -> tuple[ScoreRow, ...]:
        return tuple(row for row in self.scores if row.value is None)

    @property
    def on_another_scale(self) -> tuple[ScoreRow, ...]:
        """Values that are not comparable with the main scale, and never drawn on its axis."""
        return tuple(row for row in self.scores if row.value is not None and row.scale_id)


def trajectories_of(
    patient_id: UUID, *, actor: Actor, now: datetime, scores: tuple[ScoreRow, ...] | None = None
) -> tuple[PatientTrajectory, ...]:
    """Follow a patient on every instrument that was asked for or answered, by its title; three queries.

    `scores` are all of theirs, where the caller has read them already.
    """
    scores = measures.all_scores_of(patient_id, actor=actor) if scores is None else scores
    asked = measures.requests_of(patient_id, actor=actor)
    marks = tuple(visit.mark for visit in held_visits_of(patient_id, actor=actor))
    known = {row.instrument_id for row in scores} | {row.instrument_id for row in asked if row.is_missed(now)}
    known = {instrument_id for instrument_id in known if instruments.get(instrument_id).scales}
    followed = (
        _followed(
            instruments.get(instrument_id),
            tuple(row for row in scores if row.instrument_id == instrument_id),
            [row for row in asked if row.instrument_id == instrument_id],
            marks,
            now,
        )
        for instrument_id in known
    )
    # PHQ-9 first: it is what a course is judged by.
    return tuple(
        sorted(
            followed,
            key=lambda one: (
                one.is_beside_symptoms,
                one.instrument.id != "phq-9",
                not one.is_drawn,
                one.instrument.title,
            ),
        )
    )


def _followed(
    instrument: instruments.Instrument,
    scores: tuple[ScoreRow, ...],
    asked: Sequence[RequestRow],
    marks: Sequence[outcomes.SessionMark],
    now: datetime,
) -> PatientTrajectory:
    missed = {row.due_on: row.occasion for row in asked if row.is_missed(now)}
    line = outcomes.trajectory(
        instrument=instrument,
        points=[
            outcomes.ScorePoint(row.on, Fraction(row.value), _kind(row))
            for row in scores
            if row.value is not None and not row.scale_id and _is_inside(instrument, row)
        ],
        due=[*_answered_days(asked, scores), *missed],
        sessions=marks,
        answer_window=SAME_DAY,
    )
    return PatientTrajectory(line, scores, missed)


def _is_inside(instrument: instruments.Instrument, row: ScoreRow) -> bool:
    scale = instrument.main_scale
    return scale is None or row.value is None or scale.low <= row.value <= scale.high


def _answered_days(asked: Iterable[RequestRow], scores: Iterable[ScoreRow]) -> list[date]:
    """The days on which requests were answered stand for their due days."""
    answered = {row.response_id for row in asked if row.response_id}
    return [row.on for row in scores if row.id in answered and row.value is not None and not row.scale_id]


def _kind(row: ScoreRow) -> outcomes.PointKind:
    if row.total_only:
        return outcomes.PointKind.TOTAL_ONLY
    return outcomes.PointKind.PRORATED if row.prorated else outcomes.PointKind.SCORED
