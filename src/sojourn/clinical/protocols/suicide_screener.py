"""The level of suicide risk behind the rules: the answers of a screen, triaged by the file of the C-SSRS screener.

What makes a level is written once, in `instruments/data/c_ssrs_screener.toml`; rules say what follows from it.
"""

from collections.abc import Mapping
from functools import cache

from sojourn.clinical import instruments
from sojourn.clinical.protocols.conditions import Known
from sojourn.clinical.protocols.questions import MeasuredBy, all_questions

SCREENER = "c-ssrs-screener"
BEHAVIOR = "cssrs_behavior"
BEHAVIOR_POINTS: Mapping[str, dict[str, int]] = {
    "no": {"q6": 0},
    "longer_ago": {"q6": 1, "q6-recent": 0},
    "past_3_months": {"q6": 1, "q6-recent": 1},
}
WORKED_OUT_FROM = {
    "cssrs_high": ("cssrs_thoughts", "cssrs_intent", "cssrs_plan", BEHAVIOR),
    "cssrs_moderate": ("cssrs_thoughts", "cssrs_method", BEHAVIOR),
    "cssrs_low": ("cssrs_wish", "cssrs_thoughts"),
    "cssrs_conflict": ("cssrs_thoughts", "cssrs_method", "cssrs_intent", "cssrs_plan"),
}
"""The questions behind each fact this module works out."""


def triaged(answers: Mapping[str, Known]) -> dict[str, Known]:
    """Give each fact of `WORKED_OUT_FROM` as "yes" or "no", and leave out what the answers leave open.

    A level holds unless a graver one surely does. Of a screener that was not begun everything is "no".
    """
    if not any(name in answers for name in (*items(), BEHAVIOR)):
        return dict.fromkeys(WORKED_OUT_FROM, "no")
    instrument = instruments.get(SCREENER)
    given = instruments.read_answers(instrument, _points(answers))
    found: dict[str, Known] = {
        "cssrs_conflict": "yes" if instruments.contradictions(instrument, given) else "no"
    }
    settled = False
    for level, held in instruments.levels_held(instrument, given).items():
        if settled or held is not None:
            found[f"cssrs_{level}"] = "yes" if held and not settled else "no"
        settled = settled or held is True
    return found


@cache
def items() -> Mapping[str, MeasuredBy]:
    """Give the items of the screener by the question each answers; behavior, which two items tell, apart."""
    measures = ((each.id, each.measured_by) for each in all_questions())
    return {name: measure for name, measure in measures if measure and measure.instrument == SCREENER}


def behavior_in(answers: instruments.Answers) -> str | None:
    """Give the answer to the question about behavior that these answers to the screener come to."""
    return next(
        (
            word
            for word, points in BEHAVIOR_POINTS.items()
            if all(answers[item] == value for item, value in points.items())
        ),
        None,
    )


def _points(answers: Mapping[str, Known]) -> dict[str, int]:
    points = {
        measure.item: measure.words.index(word)
        for name, measure in items().items()
        if isinstance(word := answers.get(name), str) and word in measure.words
    }
    behavior = answers.get(BEHAVIOR)
    return points | BEHAVIOR_POINTS.get(behavior, {}) if isinstance(behavior, str) else points
