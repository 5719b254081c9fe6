"""Questionnaires as data: read answers, find those that need a person now, score."""

from sojourn.clinical.instruments.answers import (
    Answers,
    AnswersInvalid,
    answers_from_json,
    points_of,
    read_answers,
)
from sojourn.clinical.instruments.bands import band_of, half_up
from sojourn.clinical.instruments.calendar import (
    Due,
    calendar,
    due_after_answer,
    due_in_course,
    due_on_joining,
    overlapping,
)
from sojourn.clinical.instruments.critical_items import (
    CriticalAnswer,
    critical_answers,
    reasons_about_suicide,
)
from sojourn.clinical.instruments.definition import (
    Band,
    BandSet,
    ChangeKind,
    ChangeSet,
    Contradiction,
    CriticalRule,
    Direction,
    Instrument,
    Item,
    Level,
    Option,
    OutcomeRule,
    Owner,
    Rater,
    Scale,
    Severity,
    Tier,
    Triage,
)
from sojourn.clinical.instruments.judging import (
    Category,
    contradictions,
    levels_held,
    pattern_verdict,
    triage,
)
from sojourn.clinical.instruments.library import UnknownInstrument, all_instruments, get
from sojourn.clinical.instruments.scoring import Score, Unscorable, score, scores
from sojourn.clinical.instruments.skipping import not_asked, unanswered
from sojourn.clinical.instruments.stored import score_as_json, score_from_json
from sojourn.clinical.instruments.text_packs import TextPack, read_text_pack, with_wording
from sojourn.clinical.instruments.totals import (
    TotalConflict,
    TotalImpossible,
    TotalOnly,
    score_from_total,
    stated_total_conflict,
)

__all__ = [
    "Answers", "AnswersInvalid", "Band", "BandSet", "Category", "ChangeKind", "ChangeSet", "Contradiction",
    "CriticalAnswer", "CriticalRule", "Direction", "Due", "Instrument", "Item", "Level", "Option",
    "OutcomeRule", "Owner", "Rater", "Scale", "Score", "Severity", "TextPack", "Tier", "TotalConflict",
    "TotalImpossible", "TotalOnly", "Triage", "UnknownInstrument", "Unscorable", "all_instruments",
    "answers_from_json", "band_of", "calendar", "contradictions", "critical_answers", "due_after_answer",
    "due_in_course", "due_on_joining", "get", "half_up", "levels_held", "not_asked", "overlapping", "pattern_verdict",
    "points_of", "read_answers", "read_text_pack", "reasons_about_suicide", "score", "score_as_json", "score_from_json",
    "score_from_total", "scores", "stated_total_conflict", "triage", "unanswered", "with_wording",
]  # fmt: skip
