"""Bands: the named range a score falls into."""

from fractions import Fraction
from math import floor

from sojourn.clinical.instruments.definition import Band, Instrument


def half_up(value: Fraction) -> int:
    """Round to the nearest whole number, halves upward: 4.5 is 5."""
    return floor(value + Fraction(1, 2))


def band_of(
    instrument: Instrument,
    value: Fraction | float,
    *,
    scale_id: str | None = None,
    band_set_id: str | None = None,
) -> Band | None:
    """Find the band of a score, rounded half-up; None where the scale has no published bands.

    Raise ValueError outside the range of the scale.
    """
    bands = instrument.band_set(scale_id, band_set_id)
    if bands is None:
        return None
    whole = half_up(Fraction(value))
    for band in bands.bands:
        if band.low <= whole <= band.high:
            return band
    raise ValueError("outside the range of the scale")
