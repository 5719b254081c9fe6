"""Time until an event, with people who were lost or are still well: curves, medians, comparisons."""

from sojourn.clinical.outcomes.survival.comparing import (
    HazardRatio,
    LogRank,
    NotComparable,
    hazard_ratio,
    log_rank,
)
from sojourn.clinical.outcomes.survival.curves import Curve, Followed, Step, curve

__all__ = [
    "Curve", "Followed", "HazardRatio", "LogRank", "NotComparable", "Step", "curve", "hazard_ratio", "log_rank",
]  # fmt: skip
