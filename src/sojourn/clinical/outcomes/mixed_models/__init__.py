"""Mixed models for repeated measures: scores of the same people at planned visits, some of them missing."""

from sojourn.clinical.outcomes.mixed_models.change_over_visits import (
    ChangeOverVisits,
    PersonScores,
    VisitChange,
    change_over_visits,
)
from sojourn.clinical.outcomes.mixed_models.fitting import Estimate, Fit, NotFitted, fit, ladder

__all__ = [
    "ChangeOverVisits", "Estimate", "Fit", "NotFitted", "PersonScores", "VisitChange", "change_over_visits", "fit",
    "ladder",
]  # fmt: skip
