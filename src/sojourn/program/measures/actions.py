"""What the doors and the apps above may do with questionnaires. Each verb stands in a module of its own subject."""

from sojourn.program.measures.entering import (
    AlreadyCorrected,
    AnotherEdition,
    BeforeBirth,
    Entered,
    NotYet,
    ResponseNotFound,
    WhyMissing,
    correct_response,
    enter_response,
)
from sojourn.program.measures.requesting import (
    request_before_treatment,
    request_course,
    request_questionnaire,
    withdraw_requests,
)
from sojourn.program.measures.submitting import (
    AlreadySubmitted,
    AnswersRefused,
    NotThisPatients,
    Submission,
    WindowClosed,
    save_draft,
    submit_response,
)
from sojourn.program.measures.text_packs import AlreadyInstalled, install_text_pack

__all__ = [
    "AlreadyCorrected", "AlreadyInstalled", "AlreadySubmitted", "AnotherEdition", "AnswersRefused", "BeforeBirth", "Entered",
    "NotThisPatients", "NotYet", "ResponseNotFound", "Submission", "WhyMissing", "WindowClosed",
    "correct_response", "enter_response", "install_text_pack", "request_before_treatment", "request_course",
    "request_questionnaire", "save_draft", "submit_response", "withdraw_requests",
]  # fmt: skip
