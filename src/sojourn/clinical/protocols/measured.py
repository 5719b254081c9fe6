"""What answered questionnaires say to the questions of a clinical screen."""

from collections.abc import Iterator, Mapping

from sojourn.clinical import instruments
from sojourn.clinical.instruments import Answers, Score
from sojourn.clinical.protocols import suicide_screener
from sojourn.clinical.protocols.questions import MeasuredBy, all_questions


def instruments_that_answer() -> frozenset[str]:
    """Name the questionnaires that answer a question of the screen."""
    return frozenset(each.measured_by.instrument for each in all_questions() if each.measured_by)


def measured(answered: Mapping[str, Answers]) -> dict[str, str]:
    """Give raw answers, as a form sends them, by question; `answered` are a patient's answers by questionnaire.

    Left out is what was left blank, and a total that was only prorated: the rules are written for whole forms.
    """
    return dict(_measured(answered))


def _measured(answered: Mapping[str, Answers]) -> Iterator[tuple[str, str]]:
    for question in all_questions():
        measure = question.measured_by
        if measure and measure.instrument in answered:
            given = answered[measure.instrument]
            found = _of_scale(measure, given) if measure.scale else _of_item(measure, given)
            if found is not None:
                yield question.id, found
    if suicide_screener.SCREENER in answered:
        behavior = suicide_screener.behavior_in(answered[suicide_screener.SCREENER])
        if behavior is not None:
            yield suicide_screener.BEHAVIOR, behavior


def _of_scale(measure: MeasuredBy, answers: Answers) -> str | None:
    scored = instruments.score(instruments.get(measure.instrument), answers, scale_id=measure.scale)
    if not isinstance(scored, Score) or scored.prorated:
        return None
    return f"{float(scored.value):g}"


def _of_item(measure: MeasuredBy, answers: Answers) -> str | None:
    points = instruments.points_of(instruments.get(measure.instrument), answers, measure.item)
    if points is None:
        return None
    return measure.words[points] if measure.words else str(points)
