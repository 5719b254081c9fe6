"""Totals without answers, from another practice's records; and totals that contradict their answers."""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import isfinite

from sojourn.clinical.instruments.answers import Answers
from sojourn.clinical.instruments.bands import band_of
from sojourn.clinical.instruments.definition import Band, Instrument
from sojourn.clinical.instruments.scoring import Score, score

PLAIN_NUMBER = re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]{1,20})?")


class TotalImpossible(ValueError):
    """No set of answers has this total. `reason` says why in words and never repeats the value."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class TotalOnly:
    """A total that came without answers: its critical items are unknown, and it must be shown as such."""

    instrument_id: str
    instrument_version: str
    definition_hash: str
    scale_id: str
    value: Fraction
    band: Band | None
    band_set_id: str | None


@dataclass(frozen=True)
class TotalConflict:
    """A stated total that its own answers do not give. Both are kept and shown."""

    stated: Fraction
    computed: Fraction | None
    reason: str


def score_from_total(instrument: Instrument, total: object, *, scale_id: str | None = None) -> TotalOnly:
    """Accept a total that some set of answers could give. Raise TotalImpossible; nothing is rounded."""
    scale = instrument.scale(scale_id)
    value = _number(total)
    if value < scale.low:
        raise TotalImpossible(f"is below {scale.low}, the lowest possible total")
    if value > scale.high:
        raise TotalImpossible(f"is above {scale.high}, the highest possible total")
    if value.denominator != 1:
        raise TotalImpossible("is not a whole number")
    if (value - scale.low) % scale.step:
        raise TotalImpossible(f"does not lie on a step of {scale.step}")
    bands = instrument.band_set(scale.id)
    return TotalOnly(
        instrument.id,
        instrument.version,
        instrument.definition_hash,
        scale.id,
        value,
        band_of(instrument, value, scale_id=scale.id),
        bands.id if bands else None,
    )


def stated_total_conflict(
    *, instrument: Instrument, answers: Answers, stated: object, scale_id: str | None = None
) -> TotalConflict | None:
    """Compare a stated total with its answers; None where they agree. Raise TotalImpossible for no number."""
    said = _number(stated)
    computed = score(instrument, answers, scale_id=scale_id)
    if not isinstance(computed, Score):
        return TotalConflict(said, None, f"the answers give no score: {computed.reason}")
    if computed.value == said:
        return None
    return TotalConflict(said, computed.value, "the answers give another total")


def _number(total: object) -> Fraction:
    if isinstance(total, str):
        text = total.strip()
        if not text:
            raise TotalImpossible("is blank")
        if not PLAIN_NUMBER.fullmatch(text):
            raise TotalImpossible("is not a number")
        return Fraction(text)
    if total is None:
        raise TotalImpossible("is blank")
    if isinstance(total, bool) or not isinstance(total, int | float | Decimal | Fraction):
        raise TotalImpossible("is not a number")
    if not isinstance(total, Fraction) and not isfinite(total):
        raise TotalImpossible("is not a number")
    return Fraction(total)
