"""Response and remission, as the instrument's own data file defines them."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from sojourn.clinical.instruments import Instrument, half_up

PARTIAL_PERCENT = 25  # program policy: from 25 to below the response percent


class ResponseVerdict(StrEnum):
    RESPONSE = "response"
    PARTIAL = "partial response"
    NONE = "no response"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True)
class Response:
    """The verdict, and why it was not judged where it was not."""

    verdict: ResponseVerdict
    because: str


class RemissionVerdict(StrEnum):
    REMISSION = "remission"
    NOT_IN_REMISSION = "not in remission"
    NOT_JUDGED = "not judged"


def response(
    *, instrument: Instrument, baseline: Fraction, value: Fraction, prorated: bool = False
) -> Response:
    """Judge a fall from the baseline; exactly 50 % is a response.

    Not judged: a scale without percent change, a baseline below the floor, and a prorated score that would
    prove a response alone.
    """
    rule = instrument.outcome_rule()
    if rule is None or rule.response_percent is None or rule.baseline_at_least is None:
        return Response(ResponseVerdict.NOT_JUDGED, "percent change is not defined on this scale")
    if baseline < rule.baseline_at_least:
        return Response(ResponseVerdict.NOT_JUDGED, f"the baseline is below {rule.baseline_at_least}")
    fallen = 100 * (baseline - value)
    if fallen >= rule.response_percent * baseline:
        if prorated:
            return Response(ResponseVerdict.NOT_JUDGED, "a score with blanks does not prove a response alone")
        return Response(ResponseVerdict.RESPONSE, f"fell by {rule.response_percent} % or more")
    if fallen >= PARTIAL_PERCENT * baseline:
        return Response(ResponseVerdict.PARTIAL, f"fell by {PARTIAL_PERCENT} to {rule.response_percent} %")
    return Response(ResponseVerdict.NONE, f"fell by less than {PARTIAL_PERCENT} %")


def remission(*, instrument: Instrument, value: Fraction, prorated: bool = False) -> RemissionVerdict:
    """Judge one score, rounded half-up as its band is; a prorated score does not prove remission alone."""
    rule = instrument.outcome_rule()
    if rule is None or rule.remission_below is None:
        return RemissionVerdict.NOT_JUDGED
    if half_up(value) >= rule.remission_below:
        return RemissionVerdict.NOT_IN_REMISSION
    return RemissionVerdict.NOT_JUDGED if prorated else RemissionVerdict.REMISSION
