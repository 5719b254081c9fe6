"""What looks odd in the records of many people, in words. Nothing is repaired: it is said beside the figures."""

from dataclasses import dataclass
from fractions import Fraction

from sojourn.clinical.outcomes.practice.chain import Chain
from sojourn.clinical.quantities import how_many

ONE, MANY = "person", "people"


@dataclass(frozen=True)
class Odd:
    """How often each thing was found. `people` are all that were looked at, `scored` those with a score at all.

    A *low* score is the lowest of the scale; a high one lies a third of the scale above it or more.
    """

    people: int
    scored: int
    alike: int = 0  # people who share name and birth date with another
    outside: int = 0  # scores
    before_birth: int = 0
    after_today: int = 0
    doubled: int = 0  # days of a person with more than one score
    other_versions: int = 0  # people whose scores come from more than one version
    no_room: int = 0  # people with the lowest score as baseline
    low_between: int = 0  # low scores with a high one before and after
    low_last: int = 0  # people whose last score is a low one right after a high one
    not_whole: int = 0
    like_a_code: int = 0  # scores such as 99 that lie within the scale


def in_words(odd: Odd, *, low: Fraction, high: Fraction) -> tuple[str, ...]:
    """Say each thing that was found in a sentence: what it is, and what became of it."""
    first, last = (f"{float(end):g}" for end in (low, high))
    never = f"a baseline of {first}: nothing can fall from there, so they are never a response."
    asks = f"was a missing visit written as {first}?"
    between = (
        f"{how_many(odd.low_between, 'score')} of {first} {_stand(odd.low_between)} between two high ones"
    )
    last_low = f"{_people(odd.low_last)} {_have(odd.low_last)}"
    code = _scores(odd.like_a_code, "look", "looks")
    versions = f"{_people(odd.other_versions)} answered more than one version of the instrument"
    found = (
        (not odd.people, "There is nobody here."),
        (odd.people == 1, "There is one person: counts say nothing of others."),
        (odd.people and not odd.scored, f"All scores of {_people(odd.people)} are missing."),
        (odd.alike, f"{_people(odd.alike)} share name and birth date with another; are they counted twice?"),
        (odd.outside, f"{_scores(odd.outside)} outside {first} to {last}: not counted."),
        (odd.before_birth, f"{_scores(odd.before_birth)} before the person was born: not counted."),
        (odd.after_today, f"{_scores(odd.after_today)} after today: not counted."),
        (odd.doubled, f"On {how_many(odd.doubled, 'day')} one person has two scores: the later one counts."),
        (odd.other_versions, f"{versions}; their scores are compared as if they were one."),
        (odd.no_room, f"{_people(odd.no_room)} {_have(odd.no_room)} {never}"),
        (odd.low_between, f"{between}; {asks}"),
        (odd.low_last, f"{last_low} {first} as the last score, right after a high one; {asks}"),
        (odd.not_whole, f"{_scores(odd.not_whole, 'are', 'is')} not whole: counted as they stand."),
        (odd.like_a_code, f"{code} like a code for a missing visit (88, 98, 99); counted as they stand."),
    )  # fmt: skip
    return tuple(sentence for is_so, sentence in found if is_so)


def all_or_nobody(chain: Chain, window: str) -> tuple[str, ...]:
    """Say where everybody or nobody who answered met an outcome: there is no spread to learn from."""
    if not chain.observed or 0 < chain.met < chain.observed:
        return ()
    who = "Everybody" if chain.met else "Nobody"
    return (
        f"{who} who answered at {window} met the outcome: there is no difference between people to model.",
    )


def _people(n: int) -> str:
    return how_many(n, ONE, MANY)


def _have(n: int) -> str:
    return "has" if n == 1 else "have"


def _stand(n: int) -> str:
    return "stands" if n == 1 else "stand"


def _scores(n: int, many: str = "lie", one: str = "lies") -> str:
    return f"{how_many(n, 'score')} {one if n == 1 else many}"
