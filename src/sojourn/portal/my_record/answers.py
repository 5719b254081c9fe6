"""What a patient answered, in the words of the questions as they were asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from sojourn.clinical import instruments
from sojourn.clinical.protocols import answers_in_words
from sojourn.program.intake.queries import AssessmentRow
from sojourn.program.measures.queries import ScoreRow

RESPONSES_SHOWN = 40


@dataclass(frozen=True)
class AnswerLine:
    asked: str
    answered: str


@dataclass(frozen=True)
class AnsweredPage:
    """One questionnaire that was answered: its day, what came of it, and the answers where there are any."""

    title: str
    on: date
    result: str
    lines: tuple[AnswerLine, ...]


def answered_pages(scores: Iterable[ScoreRow]) -> tuple[AnsweredPage, ...]:
    """Put responses into words, newest first."""
    newest = sorted(scores, key=lambda row: row.answered_at, reverse=True)[:RESPONSES_SHOWN]
    return tuple(_page(row) for row in newest)


def assessment_lines(assessment: AssessmentRow) -> tuple[AnswerLine, ...]:
    """Put the answers of the free assessment into words, in the order of the questions."""
    return tuple(
        AnswerLine(said.question, said.answer)
        for said in answers_in_words(assessment.facts)
        if said.is_answered
    )


def _page(row: ScoreRow) -> AnsweredPage:
    instrument = instruments.get(row.instrument_id)
    return AnsweredPage(instrument.patient_title, row.on, _result(instrument, row), _lines(instrument, row))


def _result(instrument: instruments.Instrument, row: ScoreRow) -> str:
    if row.is_category and instrument.triage is not None:
        plain = next((level.plain for level in instrument.triage.levels if level.label == row.band), "")
        return plain[:1].upper() + plain[1:]
    if row.value is None:
        return _("No score: %(answered)d of the questions were answered.") % {"answered": row.answered or 0}
    band = instruments.band_of(instrument, float(row.value), scale_id=row.scale_id or None)
    said = _("Score %(value)s") % {"value": f"{row.value.normalize():f}"}
    if band:
        said += f" ({band.plain})"
    if row.prorated:
        said += _(", worked out from the %(answered)d questions you answered") % {
            "answered": row.answered or 0
        }
    if row.total_only:
        said += _(", a total that came without the single answers")
    return said


def _lines(instrument: instruments.Instrument, row: ScoreRow) -> tuple[AnswerLine, ...]:
    if row.answers is None:
        return ()
    try:
        answers = instruments.answers_from_json(instrument, row.answers)
    except ValueError:
        # An older edition of the questionnaire: its wording is no longer here, so only its numbers can be shown.
        values = row.answers.get("values", {})
        return tuple(
            AnswerLine(name, str(_("left blank") if value is None else value))
            for name, value in values.items()
        )
    return tuple(
        AnswerLine(
            item.text or item.number,
            _("left blank") if (value := answers[item.id]) is None else item.option(value).text or str(value),
        )
        for item in instrument.items
    )
