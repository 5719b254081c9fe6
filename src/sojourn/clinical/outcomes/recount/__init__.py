"""Outcomes of any number of people from their raw scores, in columns."""

from sojourn.clinical.outcomes.recount.columns import (
    MISSING,
    NEVER,
    People,
    Readings,
    columns_of,
    day_number,
)
from sojourn.clinical.outcomes.recount.in_response import Survival, followed_in_response, survival_by_unit
from sojourn.clinical.outcomes.recount.scores import scores_that_count
from sojourn.clinical.outcomes.recount.tallies import Tallies, tallies

__all__ = [
    "MISSING", "NEVER", "People", "Readings", "Survival", "Tallies", "columns_of", "day_number", "followed_in_response",
    "scores_that_count", "survival_by_unit", "tallies",
]  # fmt: skip
