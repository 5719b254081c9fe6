"""How long scoring one response takes, for every instrument, without web or database."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from statistics import median
from time import perf_counter

from sojourn.clinical import instruments
from sojourn.clinical.instruments import Instrument

WANTED_MS = 0.5  # "far below a millisecond", for the slowest instrument
LEFT_BLANK = 0.05  # share of answers
RESPONSES, REPEATS = 200, 5


@dataclass(frozen=True)
class Scoring:
    """Milliseconds for one response: reading answers, critical answers, all scores, category, contradictions."""

    instrument: str
    items: int
    ms: float


def measured(*, responses: int = RESPONSES, repeats: int = REPEATS) -> tuple[Scoring, ...]:
    """Score made-up responses to each instrument; the median of the repeats, the slowest instrument first."""
    found = [
        Scoring(one.title, len(one.items), _ms(one, responses, repeats))
        for one in instruments.all_instruments()
    ]
    return tuple(sorted(found, key=lambda one: -one.ms))


def lines(found: tuple[Scoring, ...]) -> Iterator[str]:
    """Print the slowest, a typical one, and the rate."""
    slowest, typical = found[0], median(one.ms for one in found)
    met = "met" if slowest.ms <= WANTED_MS else f"missed: {slowest.ms / WANTED_MS:.1f}x away"
    rate = f"{1000 / typical:,.0f} a second a core"
    yield f"scoring one response: {typical:.3f} ms typical of {len(found)} instruments, {rate}"
    yield f"slowest: {slowest.instrument} ({slowest.items} items) {slowest.ms:.3f} ms, wanted at most {WANTED_MS} ms: {met}"


def _ms(instrument: Instrument, responses: int, repeats: int) -> float:
    rng = Random(9)
    raw = [_made_up(instrument, rng) for _ in range(responses)]
    return median(_once(instrument, raw) for _ in range(repeats))


def _once(instrument: Instrument, raw: list[dict[str, str | int | None]]) -> float:
    began = perf_counter()
    for given in raw:
        answers = instruments.read_answers(instrument, given)
        instruments.critical_answers(instrument, answers, previous=answers)
        instruments.scores(instrument, answers)
        instruments.triage(instrument, answers)
        instruments.contradictions(instrument, answers)
    return (perf_counter() - began) * 1000 / len(raw)


def _made_up(instrument: Instrument, rng: Random) -> dict[str, str | int | None]:
    return {
        item.id: None if rng.random() < LEFT_BLANK else str(rng.choice(item.options).value)
        for item in instrument.items
    }
