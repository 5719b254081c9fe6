"""Published figures, and the same figures computed here from the same data."""

from sojourn.clinical.outcomes.known_answers.answers import (
    Answer,
    DataSet,
    Verdict,
    judge,
    known_answers,
)
from sojourn.clinical.outcomes.known_answers.quantities import ours

__all__ = ["Answer", "DataSet", "Verdict", "judge", "known_answers", "ours"]
