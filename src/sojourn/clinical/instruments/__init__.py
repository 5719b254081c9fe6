"""Questionnaires as data: read answers, find those that need a person now, score."""

from sojourn.clinical.instruments.answers import (
    Answers,
    AnswersInvalid,
    answers_from_json,
    points_of,
    read_answers,
)
from sojourn.clinical.instruments.bands import band_of, half_up
from sojourn.clinical.instruments.critical_items import CriticalAnswer, critical_answers, pattern_verdict
from sojourn.clinical.instruments.definition import (
    Band,
    BandSet,
    ChangeKind,
    ChangeSet,
    CriticalRule,
    Direction,
    Instrument,
    Item,
    Option,
    OutcomeRule,
    Scale,
    Severity,
    Tier,
)
from sojourn.clinical.instruments.library import UnknownInstrument, all_instruments, get
from sojourn.clinical.instruments.scoring import Score, Unscorable, score, scores
from sojourn.clinical.instruments.stored import score_as_json, score_from_json
from sojourn.clinical.instruments.totals import (
    TotalConflict,
    TotalImpossible,
    TotalOnly,
    score_from_total,
    stated_total_conflict,
)

__all__ = [
    "Answers", "AnswersInvalid", "Band", "BandSet", "ChangeKind", "ChangeSet", "CriticalAnswer",
    "CriticalRule", "Direction", "Instrument", "Item", "Option", "OutcomeRule", "Scale", "Score",
    "Severity", "Tier", "TotalConflict", "TotalImpossible", "TotalOnly", "UnknownInstrument",
    "Unscorable", "all_instruments", "answers_from_json", "band_of", "critical_answers", "get",
    "half_up", "pattern_verdict", "points_of", "read_answers", "score", "score_as_json",
    "score_from_json", "score_from_total", "scores", "stated_total_conflict",
]  # fmt: skip
