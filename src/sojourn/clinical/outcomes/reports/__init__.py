"""All that can honestly be said of one scale over many people."""

from sojourn.clinical.outcomes.reports.report import Report, VisitOutcomes, report_on
from sojourn.clinical.outcomes.reports.time_in_response import TimeInResponse
from sojourn.clinical.outcomes.reports.unsaid import Unsaid
from sojourn.clinical.outcomes.reports.what_if import WhatIf
from sojourn.clinical.outcomes.reports.yardstick import Grouped, Yardstick, yardstick_of

__all__ = [
    "Grouped", "Report", "TimeInResponse", "Unsaid", "VisitOutcomes", "WhatIf", "Yardstick", "report_on", "yardstick_of",
]  # fmt: skip
