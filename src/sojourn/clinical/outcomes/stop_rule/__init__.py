"""The stop rule agreed at consent: what may be agreed, where it stands, and the choices that remain."""

from sojourn.clinical.outcomes.stop_rule.judging import (
    Standing,
    Verdict,
    chance_of_conversation,
    judge,
    least_fall,
    standard_error,
)
from sojourn.clinical.outcomes.stop_rule.policy import (
    Choice,
    NotOffered,
    OfferedScale,
    StopRulePolicy,
    Terms,
    stop_rule_policy,
    usual_terms,
)
from sojourn.clinical.outcomes.stop_rule.words import plain_standing, sentence, signed_words

__all__ = [
    "Choice",
    "NotOffered",
    "OfferedScale",
    "Standing",
    "StopRulePolicy",
    "Terms",
    "Verdict",
    "chance_of_conversation",
    "judge",
    "least_fall",
    "plain_standing",
    "sentence",
    "signed_words",
    "standard_error",
    "stop_rule_policy",
    "usual_terms",
]
