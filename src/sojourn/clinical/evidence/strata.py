"""What may be pooled with what, and what it comes to."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from sojourn.clinical.evidence.meta_analysis import Effect, Measure, Method, Pooled, effect_of, pool
from sojourn.clinical.evidence.studies import Comparator, Design, Result
from sojourn.clinical.evidence.study_files import results

TRIED_IN_PARALLEL = frozenset({Design.DOUBLE_BLIND, Design.RATER_BLIND, Design.OPEN_LABEL, Design.WITHDRAWAL})


class NotPoolable(Exception):
    """These results must not be averaged. The message says why."""


@dataclass(frozen=True, kw_only=True)
class Synthesis:
    """Results of one stratum pooled by one measure. `left_out` names those a ratio says nothing about."""

    results: tuple[Result, ...]
    effects: tuple[Effect, ...]
    left_out: tuple[str, ...]
    by_method: tuple[Pooled, ...]

    @property
    def people(self) -> int:
        return sum(result.people for result in self.results)

    @property
    def headline(self) -> Pooled:
        """The pooled effect that is printed: REML, with the wider of the plain and the Hartung-Knapp interval.

        With two or three studies that happen to agree, Hartung-Knapp alone would claim to know more than they can say.
        """
        plain, careful = (
            next(each for each in self.by_method if each.method is method)
            for method in (Method.REML, Method.REML_HARTUNG_KNAPP)
        )
        return max(careful, plain, key=lambda each: each.quantile * each.standard_error)


@dataclass(frozen=True, kw_only=True)
class Stratum:
    """Results that ask the same question: same outcome, definition, drug, route, comparator, condition and time."""

    id: str
    title: str
    results: tuple[Result, ...]

    @property
    def is_pooled(self) -> bool:
        return len(self.results) > 1

    @property
    def is_compared(self) -> bool:
        return self.results[0].control is not None

    @property
    def about(self) -> str:
        """Who was treated and what was counted."""
        says = dict.fromkeys(result.definition.says for result in self.results)
        return f"{self.results[0].condition.capitalize()}. {' '.join(says)}"

    @property
    def synthesis(self) -> Synthesis | None:
        """The difference of the shares, or the share of a single group, pooled; None for one study."""
        if not self.is_pooled:
            return None
        return synthesize(
            self.results, measure=Measure.RISK_DIFFERENCE if self.is_compared else Measure.SHARE
        )


def why_not_alone(result: Result) -> str:
    """Say why a result enters no pool at all; empty when it may."""
    if result.hold:
        return result.hold
    if result.design is Design.CROSSOVER:
        return (
            "In a crossover trial the same people stand in both groups; the printed counts cannot be pooled."
        )
    if result.design is Design.POOLED_TRIALS:
        return (
            "Its authors pooled these trials themselves; the people are counted in the single trials already."
        )
    return ""


def why_not_together(chosen: Iterable[Result]) -> str:
    """Say why these results must not be averaged; empty when they may be."""
    found = tuple(chosen)
    for result in found:
        if why := why_not_alone(result):
            return f"{result.title}: {why}"
    if len({result.control is None for result in found}) > 1:
        return "A group without control is never pooled with a trial: it has no effect, only a course."
    ids = {result.id for result in found}
    for result in found:
        if beside := sorted(ids & set(result.never_with)):
            return f"{result.id} stands beside {', '.join(beside)}, never averaged with it."
        if again := sorted(ids & set(result.repeats)):
            return f"{result.id} counts the people of {', '.join(again)} again."
    for what, kept in (
        ("outcomes", {r.outcome.value for r in found}),
        ("definitions", {r.definition.pools_as for r in found}),
        ("comparators", {r.comparator.value for r in found}),
        ("drugs", {r.drug for r in found}),
        ("routes", {r.route for r in found}),
        ("conditions", {r.condition for r in found}),
        ("time points", {r.time_point.value for r in found}),
    ):
        if len(kept) > 1:
            return f"Different {what} are not pooled: {', '.join(sorted(kept))}."
    return ""


def synthesize(chosen: tuple[Result, ...], *, measure: Measure) -> Synthesis:
    """Pool results by every method. Raise NotPoolable, or NothingToPool for fewer than two usable ones."""
    if why := why_not_together(chosen):
        raise NotPoolable(why)
    found = [(result, effect_of(result.comparison, measure)) for result in chosen]
    effects = tuple(effect for _, effect in found if effect is not None)
    return Synthesis(
        results=chosen,
        effects=effects,
        left_out=tuple(result.title for result, effect in found if effect is None),
        by_method=tuple(pool(effects, method=method) for method in Method),
    )


@cache
def strata() -> tuple[Stratum, ...]:
    """Sort every result that may be pooled into its stratum. None that qualifies can be left out of one."""
    found: dict[str, list[Result]] = {}
    for result in results().values():
        if not why_not_alone(result):
            found.setdefault(_key(result), []).append(result)
    return tuple(
        Stratum(id=key, title=_title(several[0]), results=tuple(several)) for key, several in found.items()
    )


def stratum(stratum_id: str) -> Stratum:
    """Find one stratum. Raise KeyError."""
    return {each.id: each for each in strata()}[stratum_id]


def _key(result: Result) -> str:
    parts = (
        result.outcome, result.definition.pools_as, result.condition, result.drug, result.route, result.comparator,
        result.time_point,
    )  # fmt: skip
    return ".".join(re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-") for part in parts)


def _title(result: Result) -> str:
    against = f", {result.comparator}"
    if result.comparator is not Comparator.NOTHING:
        against = f" against {result.comparator}"
    return f"{result.outcome.capitalize()}, {result.time_point}: {result.drug} ({result.route}){against}"
