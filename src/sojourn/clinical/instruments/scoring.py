"""Turns answers into a score: a value, a prorated value, or why there is none. Blank is never zero."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sojourn.clinical.instruments.answers import Answers, points_of
from sojourn.clinical.instruments.bands import band_of
from sojourn.clinical.instruments.definition import Band, Instrument, Scale
from sojourn.clinical.instruments.skipping import not_asked


@dataclass(frozen=True)
class Score:
    """An exact value. `answered` of `of` questions counted; `missing_rule` says how blanks were treated.

    `blank` are the items that were left out although the score stands: prorated, or one of several that are joined.
    """

    instrument_id: str
    instrument_version: str
    definition_hash: str
    scale_id: str
    value: Fraction
    prorated: bool
    answered: int
    of: int
    band: Band | None
    band_set_id: str | None
    missing_rule: str
    blank: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unscorable:
    """No score, and why. `missing` holds the items left blank."""

    instrument_id: str
    instrument_version: str
    definition_hash: str
    scale_id: str
    reason: str
    missing: tuple[str, ...]
    answered: int
    of: int


def score(instrument: Instrument, answers: Answers, *, scale_id: str | None = None) -> Score | Unscorable:
    """Score one scale, the instrument's main one by default."""
    if not instrument.scales:
        return Unscorable(*_identity(instrument, ""), "this instrument has no numeric score", (), 0, 0)
    return _scored(instrument, answers, instrument.scale(scale_id))


def scores(instrument: Instrument, answers: Answers) -> Mapping[str, Score | Unscorable]:
    """Score every scale of the instrument, by scale id."""
    return {scale.id: _scored(instrument, answers, scale) for scale in instrument.scales}


def _scored(instrument: Instrument, answers: Answers, scale: Scale) -> Score | Unscorable:
    if _holds_not_applicable(instrument, answers, scale):
        if scale.otherwise:
            return _scored(instrument, answers, instrument.scale(scale.otherwise))
        return _unscorable(instrument, answers, scale, "an answer is “not applicable”")
    skipped = not_asked(instrument, answers)
    points = [_group_points(instrument, answers, group, skipped) for group in scale.groups]
    given = [p for p in points if p is not None]
    blanks = len(points) - len(given)
    if blanks and (blanks > scale.missing.at_most or not given):
        return _unscorable(instrument, answers, scale, _too_many_blanks(scale, len(given)))
    value = _value(scale, given)
    bands = instrument.band_set(scale.id)
    return Score(
        *_identity(instrument, scale.id),
        value=value,
        prorated=blanks > 0,
        answered=len(given),
        of=len(points),
        band=band_of(instrument, value, scale_id=scale.id),
        band_set_id=bands.id if bands else None,
        missing_rule=scale.missing.id,
        blank=_left_out(scale, answers, skipped),
    )


def _value(scale: Scale, given: list[int]) -> Fraction:
    if scale.op == "count":
        return Fraction(sum(points >= (scale.count_from or 0) for points in given) * scale.multiplier)
    mean = Fraction(sum(given), len(given))
    return (mean if scale.op == "mean" else mean * len(scale.groups)) * scale.multiplier


def _group_points(
    instrument: Instrument, answers: Answers, group: tuple[str, ...], skipped: frozenset[str]
) -> int | None:
    """Give the highest points of joined items; a question that was not asked adds nothing."""
    given = (0 if i in skipped else points_of(instrument, answers, i) for i in group)
    return max((p for p in given if p is not None), default=None)


def _left_out(scale: Scale, answers: Answers, skipped: frozenset[str]) -> tuple[str, ...]:
    excused = {
        item_id
        for part in scale.either_or
        if any(answers[other] is not None for other in part)
        for item_id in part
    }
    return tuple(
        item_id
        for group in scale.groups
        for item_id in group
        if answers[item_id] is None and item_id not in skipped | excused
    )


def _holds_not_applicable(instrument: Instrument, answers: Answers, scale: Scale) -> bool:
    return any(
        answers[item_id] is not None and points_of(instrument, answers, item_id) is None
        for group in scale.groups
        for item_id in group
    )


def _too_many_blanks(scale: Scale, answered: int) -> str:
    allowed = len(scale.groups) - scale.missing.at_most
    return f"{answered} of {len(scale.groups)} questions answered; a score needs {allowed}"


def _unscorable(instrument: Instrument, answers: Answers, scale: Scale, reason: str) -> Unscorable:
    skipped = not_asked(instrument, answers)
    blank = _left_out(scale, answers, skipped)
    answered = sum(any(answers[i] is not None or i in skipped for i in group) for group in scale.groups)
    return Unscorable(*_identity(instrument, scale.id), reason, blank, answered, len(scale.groups))


def _identity(instrument: Instrument, scale_id: str) -> tuple[str, str, str, str]:
    return instrument.id, instrument.version, instrument.definition_hash, scale_id
