"""Eligibility rules, courses of treatment, dose limits, policies and consents: cited data, pure functions."""

from sojourn.clinical.protocols.answers import Said, answers_in_words
from sojourn.clinical.protocols.breaches import Breach, Visit, breaches, dose_hold
from sojourn.clinical.protocols.consents import ConsentDocument, consent_document, consent_documents
from sojourn.clinical.protocols.course_files import UnknownCourse, course_protocol, course_protocols
from sojourn.clinical.protocols.courses import CourseProtocol, VisitKind
from sojourn.clinical.protocols.doses import DoseRange, check_dose, dose_range
from sojourn.clinical.protocols.doses_apart import GivenDose, dose_now
from sojourn.clinical.protocols.evaluation import Disposition, Evaluation, evaluate, replay
from sojourn.clinical.protocols.evaluation_json import evaluation_from_json
from sojourn.clinical.protocols.facts import (
    Facts,
    FactsInvalid,
    as_raw,
    facts_from_json,
    read_day,
    read_facts,
    refuse_future,
)
from sojourn.clinical.protocols.findings import Finding
from sojourn.clinical.protocols.policies import policies, policy
from sojourn.clinical.protocols.questions import Kind, Question, all_questions, questions
from sojourn.clinical.protocols.rule_set import rule_set
from sojourn.clinical.protocols.rules import Setting, Severity
from sojourn.clinical.protocols.series import PlannedVisit, complete_series, propose_series, shift_series
from sojourn.clinical.protocols.slips import Slip, likely_slip

__all__ = [
    "Breach", "ConsentDocument", "CourseProtocol", "Disposition", "DoseRange", "Evaluation",
    "Facts", "FactsInvalid", "Finding", "GivenDose", "Kind", "PlannedVisit", "Question", "Said", "Setting", "Severity",
    "Slip", "UnknownCourse", "Visit", "VisitKind", "all_questions", "answers_in_words", "as_raw",
    "breaches", "check_dose", "complete_series", "consent_document",
    "consent_documents", "course_protocol", "course_protocols", "dose_hold", "dose_now", "dose_range", "evaluate",
    "evaluation_from_json", "facts_from_json", "likely_slip", "policies", "policy", "propose_series",
    "questions", "read_day", "read_facts", "refuse_future", "replay", "rule_set", "shift_series",
]  # fmt: skip
