"""A practice's outcomes with the missing people in: chains of denominators, rates, bounds, funnels, suppression."""

from sojourn.clinical.outcomes.practice.chain import Chain, Link, Outcome, chain_of
from sojourn.clinical.outcomes.practice.claim_card import ClaimCard, Definition, claim_card
from sojourn.clinical.outcomes.practice.estimates import Estimator, Rate, Rates, rates_of
from sojourn.clinical.outcomes.practice.funnel import (
    INNER,
    OUTER,
    Funnel,
    Unit,
    funnel,
    limits,
    log_ratio_scores,
    overdispersion,
)
from sojourn.clinical.outcomes.practice.suppression import (
    LEAST,
    Suppressed,
    SuppressedChain,
    gives_away,
    suppress,
    suppress_chain,
)
from sojourn.clinical.outcomes.practice.windows import (
    USUAL_WINDOWS,
    Person,
    Reading,
    Window,
    baseline_of,
    reading_in,
)

__all__ = [
    "INNER",
    "LEAST",
    "OUTER",
    "USUAL_WINDOWS",
    "Chain",
    "ClaimCard",
    "Definition",
    "Estimator",
    "Funnel",
    "Link",
    "Outcome",
    "Person",
    "Rate",
    "Rates",
    "Reading",
    "Suppressed",
    "SuppressedChain",
    "Unit",
    "Window",
    "baseline_of",
    "chain_of",
    "claim_card",
    "funnel",
    "gives_away",
    "limits",
    "log_ratio_scores",
    "overdispersion",
    "rates_of",
    "reading_in",
    "suppress",
    "suppress_chain",
]  # fmt: skip
