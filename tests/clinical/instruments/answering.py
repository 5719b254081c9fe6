"""Answers in the order of the questions, as a test would say them."""

from sojourn.clinical.instruments import Answers, Instrument, read_answers


def answered(instrument: Instrument, *values: int | None, **named: int | None) -> Answers:
    """Answer the questions q1, q2, ... in order; None leaves one blank."""
    return read_answers(instrument, {f"q{n}": value for n, value in enumerate(values, 1)} | named)
