"""Quantities that follow from counts and figures printed in articles: intervals, reliable change, overdispersion."""

from sojourn.clinical.evidence.meta_analysis import Counts, Interval, newcombe, wilson
from sojourn.clinical.outcomes.practice.funnel import log_ratio_scores, overdispersion
from sojourn.clinical.outcomes.proportions import clopper_pearson, mee, miettinen_nurminen
from sojourn.clinical.outcomes.reliable_change import (
    cut_offs,
    difference_error,
    reliable_change_index,
    reliable_change_points,
)

SHARES = (Counts(81, 263), Counts(15, 148), Counts(87, 100), Counts(26, 30))
NEWCOMBE_1998 = (Counts(56, 70), Counts(48, 80))
ELEKT_D = (Counts(108, 195), Counts(70, 170))
INPATIENTS = (Counts(57, 91), Counts(44, 95))
UNITS = ((100, 150, 180, 80, 120, 225), (108, 112, 165, 95, 100, 220))


def from_counts() -> dict[str, float]:
    """Compute all of them."""
    found: dict[str, float] = {}
    for counts in SHARES:
        found |= _ends(f"{counts.events}/{counts.n} Wilson", wilson(counts))
        found |= _ends(f"{counts.events}/{counts.n} Clopper-Pearson", clopper_pearson(counts))
    found |= _ends("56/70 - 48/80 Miettinen-Nurminen", miettinen_nurminen(*NEWCOMBE_1998))
    found |= _ends("56/70 - 48/80 Mee", mee(*NEWCOMBE_1998))
    found |= _ends("56/70 - 48/80 Newcombe", newcombe(*NEWCOMBE_1998))
    found |= _ends("108/195 - 70/170, percent, Miettinen-Nurminen", miettinen_nurminen(*ELEKT_D), 100)
    found |= _ends("108/195 - 70/170, percent, Newcombe", newcombe(*ELEKT_D), 100)
    found |= _ends("57/91 - 44/95, percent, Newcombe", newcombe(*INPATIENTS), 100)
    return found | _jacobson_and_truax() | _six_units()


def _jacobson_and_truax() -> dict[str, float]:
    """Means 40 and 60, s 7.5, reliability .80."""
    error = difference_error(sd=7.5, reliability=0.8)
    cuts = cut_offs(clinical_mean=40, clinical_sd=7.5, norm_mean=60, norm_sd=7.5)
    return {
        "s 7.5, r .80: error of a difference": error,
        "s 7.5, r .80: reliable from": reliable_change_points(sd=7.5, reliability=0.8),
        "s 7.5, r .80: index of a change of 15": reliable_change_index(
            before=30, after=45, sd=7.5, reliability=0.8
        ),
        "means 40 and 60: cut-off a": cuts.a,
        "means 40 and 60: cut-off b": cuts.b,
        "means 40 and 60: cut-off c": cuts.c,
    }


def _six_units() -> dict[str, float]:
    scores = log_ratio_scores(*UNITS)
    return {
        "six units: overdispersion": overdispersion(scores, winsorized=0),
        "six units: overdispersion, winsorized": overdispersion(scores),
    }


def _ends(name: str, interval: Interval, scale: float = 1) -> dict[str, float]:
    return {f"{name}, low": scale * interval.low, f"{name}, high": scale * interval.high}
