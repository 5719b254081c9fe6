"""Shares, effects and their pooling, from counts of people."""

from sojourn.clinical.evidence.meta_analysis.effects import (
    ZERO_CELL_RULE,
    Comparison,
    Effect,
    Measure,
    effect_of,
    odds_ratio,
    risk_difference,
)
from sojourn.clinical.evidence.meta_analysis.proportions import Counts, Interval, newcombe, wilson
from sojourn.clinical.evidence.meta_analysis.random_effects import Method, NothingToPool, Pooled, pool

__all__ = [
    "ZERO_CELL_RULE", "Comparison", "Counts", "Effect", "Interval", "Measure", "Method", "NothingToPool",
    "Pooled", "effect_of", "newcombe", "odds_ratio", "pool", "risk_difference", "wilson",
]  # fmt: skip
