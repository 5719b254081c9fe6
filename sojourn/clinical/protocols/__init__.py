"""Eligibility rules, courses of treatment, dose limits, policies and consents: cited data, pure functions."""

from sojourn.clinical.protocols.evaluation import Disposition, Evaluation, Finding, evaluate, replay
from sojourn.clinical.protocols.evaluation_json import evaluation_from_json
from sojourn.clinical.protocols.facts import Facts, FactsInvalid, facts_from_json, read_facts, refuse_future
from sojourn.clinical.protocols.questions import Kind, Question, questions
from sojourn.clinical.protocols.rule_set import rule_set
from sojourn.clinical.protocols.rules import Setting, Severity

__all__ = [
    "Disposition", "Evaluation", "Facts", "FactsInvalid", "Finding", "Kind", "Question", "Setting",
    "Severity", "evaluate", "evaluation_from_json", "facts_from_json", "questions", "read_facts",
    "refuse_future", "replay", "rule_set",
]  # fmt: skip
