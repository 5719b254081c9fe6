"""Numbers with a unit. The only place that converts one unit into another.

The bounds keep typing errors and swapped units out of the record. They are program policy, not medicine: a
value inside them may still be dangerous, and the rules say so.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import isfinite
from typing import Self

KG_PER_LB = 0.45359237
CM_PER_IN = 2.54
IN_PER_FT = 12

LEAST_PULSE_PRESSURE_MMHG = 5
GREATEST_PULSE_PRESSURE_MMHG = 200  # 250/80 and 300/100 can be recorded, 300/20 cannot
OLDEST_YEARS = 120


class Implausible(ValueError):
    """The value cannot be true of an adult. The message says what is accepted and never repeats the value."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def _within(value: float, lowest: float, highest: float, message: str) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not isfinite(value) or not lowest <= value <= highest:
        raise Implausible(message)


def _whole_within(value: int, lowest: int, highest: int, message: str) -> None:
    if not isinstance(value, int):
        raise Implausible(message)
    _within(value, lowest, highest, message)


@dataclass(frozen=True, slots=True, order=True)
class Weight:
    """An adult's body weight, 25 to 350 kg."""

    kg: float

    def __post_init__(self) -> None:
        _within(self.kg, 25, 350, "Give a weight between 25 and 350 kg (56 and 771 lb).")

    @classmethod
    def from_lb(cls, lb: float) -> Self:
        """Convert from pounds."""
        _within(lb, 25 / KG_PER_LB, 350 / KG_PER_LB, "Give a weight between 56 and 771 lb (25 and 350 kg).")
        return cls(lb * KG_PER_LB)

    @property
    def lb(self) -> float:
        return self.kg / KG_PER_LB


@dataclass(frozen=True, slots=True, order=True)
class Height:
    """An adult's height, 100 to 250 cm."""

    cm: float

    def __post_init__(self) -> None:
        _within(self.cm, 100, 250, "Give a height between 100 and 250 cm (3 ft 4 in and 8 ft 2 in).")

    @classmethod
    def from_ft_in(cls, ft: int, inches: float) -> Self:
        """Convert from whole feet and inches; inches beyond 11.9 belong to the next foot and are refused."""
        message = "Give a height between 3 ft 4 in and 8 ft 2 in, with less than 12 inches after the feet."
        _whole_within(ft, 3, 8, message)
        _within(inches, 0, IN_PER_FT, message)
        if inches == IN_PER_FT:
            raise Implausible(message)
        return cls((ft * IN_PER_FT + inches) * CM_PER_IN)

    @property
    def ft_in(self) -> tuple[int, float]:
        """Whole feet and the inches left over."""
        feet, inches = divmod(self.cm / CM_PER_IN, IN_PER_FT)
        return int(feet), inches


def body_mass_index(*, weight: Weight, height: Height) -> float:
    """Divide weight by squared height, in kg/m²."""
    return weight.kg / (height.cm / 100) ** 2


@dataclass(frozen=True, slots=True)
class BloodPressure:
    """One reading, the upper number 5 to 200 mmHg above the lower; else they were mistyped, misread or swapped."""

    systolic_mmhg: int
    diastolic_mmhg: int

    def __post_init__(self) -> None:
        _whole_within(
            self.systolic_mmhg, 50, 300,
            "Give the upper number (systolic) as a whole number between 50 and 300 mmHg.",
        )  # fmt: skip
        _whole_within(
            self.diastolic_mmhg, 20, 200,
            "Give the lower number (diastolic) as a whole number between 20 and 200 mmHg.",
        )  # fmt: skip
        if self.systolic_mmhg - self.diastolic_mmhg < LEAST_PULSE_PRESSURE_MMHG:
            raise Implausible(
                "The upper number (systolic) must be at least 5 mmHg above the lower one (diastolic). "
                "Check that the two are not swapped."
            )
        if self.systolic_mmhg - self.diastolic_mmhg > GREATEST_PULSE_PRESSURE_MMHG:
            raise Implausible(
                "The upper number (systolic) can be at most 200 mmHg above the lower one (diastolic). "
                "Measure again."
            )

    def __str__(self) -> str:
        return f"{self.systolic_mmhg}/{self.diastolic_mmhg} mmHg"


@dataclass(frozen=True, slots=True, order=True)
class HeartRate:
    """Beats per minute, 20 to 250."""

    per_min: int

    def __post_init__(self) -> None:
        _whole_within(
            self.per_min, 20, 250, "Give a heart rate as a whole number between 20 and 250 beats per minute."
        )


@dataclass(frozen=True, slots=True, order=True)
class RespiratoryRate:
    """Breaths per minute, 0 to 80; 0 is a person who does not breathe and must be recordable."""

    per_min: int

    def __post_init__(self) -> None:
        _whole_within(
            self.per_min, 0, 80, "Give a breathing rate as a whole number between 0 and 80 per minute."
        )


@dataclass(frozen=True, slots=True, order=True)
class OxygenSaturation:
    """SpO2 from a pulse oximeter, 50 to 100 percent."""

    percent: int

    def __post_init__(self) -> None:
        _whole_within(
            self.percent, 50, 100, "Give the oxygen level (SpO2) as a whole number between 50 and 100 %."
        )


@dataclass(frozen=True, slots=True, order=True)
class Percent:
    """A share of the whole, 0 to 100."""

    value: float

    def __post_init__(self) -> None:
        _within(self.value, 0, 100, "Give a percentage between 0 and 100.")


@dataclass(frozen=True, slots=True, order=True)
class Dose:
    """An amount of drug, above 0 and up to 1000 mg; how much may be given is for the protocols to say."""

    mg: float

    def __post_init__(self) -> None:
        message = "Give a dose above 0 and up to 1000 mg."
        _within(self.mg, 0, 1000, message)
        if self.mg == 0:
            raise Implausible(message)

    def per_kg(self, weight: Weight) -> float:
        """Divide by body weight, in mg/kg."""
        return self.mg / weight.kg


def dose_for(*, mg_per_kg: float, weight: Weight) -> Dose:
    """Multiply a weight-based dose out."""
    return Dose(mg_per_kg * weight.kg)


def how_many(number: float | Fraction, one: str, many: str = "") -> str:
    """Say a number with its noun, with at most one decimal: 1 point, 1.5 points, 0 people."""
    said = f"{float(number):.1f}".removesuffix(".0")
    return f"{said} {one if said == '1' else many or one + 's'}"


def age_years(*, born_on: date, on: date) -> int:
    """Count the birthdays passed on that day. Raise Implausible for a birth after it or too long ago."""
    if born_on > on:
        raise Implausible("Give a date of birth that is not in the future.")
    had_birthday = (on.month, on.day) >= (born_on.month, born_on.day)
    years = on.year - born_on.year - (0 if had_birthday else 1)
    if years > OLDEST_YEARS:
        raise Implausible("Give a date of birth no more than 120 years ago.")
    return years
