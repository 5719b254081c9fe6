"""Prints the figures: each page beside the bare ceilings, and beside its target with the distance to it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.figures import Figure

MET, MISSED = "met", "missed"


@dataclass(frozen=True)
class StartUp:
    """Seconds from starting the web process to its first 200 (median), and memory at rest in MB."""

    seconds: float
    web_mb: float
    worker_mb: float


@dataclass(frozen=True)
class Target:
    """One target: `wanted` beside `measured`; `lower_is_better` says which way it counts."""

    name: str
    says: str
    wanted: float
    measured: float
    lower_is_better: bool = False

    @property
    def is_met(self) -> bool:
        return self.measured <= self.wanted if self.lower_is_better else self.measured >= self.wanted

    @property
    def distance(self) -> str:
        """How far it is, as a factor."""
        if self.is_met:
            return MET
        if not self.wanted:
            return MISSED
        factor = self.measured / self.wanted if self.lower_is_better else self.wanted / self.measured
        return f"{MISSED}: {factor:.1f}x away"


def table(figures: Sequence[Figure], queries: dict[str, int]) -> Iterator[str]:
    """One line a path, then the same as ratios."""
    yield (
        f"{'':24}{'req/s':>9}{'p50':>8}{'p99':>8}{'p50 alone':>11}{'p99 alone':>11}"
        f"{'web':>8}{'+ db':>8}{'= CPU':>8}{'queries':>9}{'others':>8}"
    )
    yield f"{'':24}{'':>9}{'ms':>8}{'ms':>8}{'ms':>11}{'ms':>11}{'ms':>8}{'ms':>8}{'ms/req':>8}{'':>9}{'cores':>8}"
    for one in figures:
        yield (
            f"{one.name:24}{one.per_s:9,.0f}{one.p50_ms:8.1f}{one.p99_ms:8.1f}{one.alone_p50_ms:11.1f}"
            f"{one.alone_p99_ms:11.1f}{one.web_ms:8.2f}{one.database_ms:8.2f}{one.cpu_ms:8.2f}"
            f"{queries.get(one.name, ''):>9}{one.others_cores:8.1f}"
        )
    ceilings = [one for one in figures if one.is_bare]
    yield ""
    yield f"{'ratios: req/s | CPU':24}" + "".join(f"{'/ ' + ceiling.name:>24}" for ceiling in ceilings)
    for one in (one for one in figures if not one.is_bare):
        yield f"{one.name:24}" + "".join(
            f"{f'{one.per_s / ceiling.per_s:.3f}x | {_times(one.cpu_ms, ceiling.cpu_ms)}':>24}"
            for ceiling in ceilings
        )


def _times(measured: float, ceiling: float) -> str:
    return f"{measured / ceiling:.1f}x" if ceiling else "?"


def targets(figures: Sequence[Figure], queries: dict[str, int]) -> list[Target]:
    """P1 and P8 as far as one machine without the compared products can tell."""
    by_name = {one.name: one for one in figures}
    submit, chart = by_name["questionnaire submit"], by_name["patient chart"]
    insert = by_name["bare one-row insert"]
    return [
        Target("P1", "submissions/s at 16 connections", 1530, submit.per_s),
        Target("P1", "p99 ms at 16 connections", 20, submit.p99_ms, lower_is_better=True),
        Target("P1", "submissions per bare one-row insert", 0.8, submit.per_s / insert.per_s),
        Target("P1", "CPU ms, web + database", 1.0, submit.cpu_ms, lower_is_better=True),
        Target("P8", "chart pages/s a core (1000 / CPU ms)", 150, 1000 / chart.cpu_ms),
        Target("P8", "chart p50 ms, one reader", 10, chart.alone_p50_ms, lower_is_better=True),
        Target("P8", "chart p99 ms, one reader", 30, chart.alone_p99_ms, lower_is_better=True),
        Target("P8", "queries", 8, queries["patient chart"], lower_is_better=True),
        Target("RULE", "free assessment: queries", 0, queries["free assessment"], lower_is_better=True),
    ]


def growth_targets(small: Sequence[Figure], large: Sequence[Figure]) -> list[Target]:
    """How much more CPU the same page costs with more patients."""
    names = {"questionnaire submit": "P1", "patient chart": "P8", "inbox": "", "director page": ""}
    before = {one.name: one for one in small}
    return [
        Target(
            names[one.name], f"{one.name}: growth of CPU", 1.15, one.cpu_ms / before[one.name].cpu_ms, True
        )
        for one in large
        if one.name in names
    ]


def start_targets(start: StartUp) -> list[Target]:
    """P16 for the two programs there are; the hub for live streams is not built yet."""
    return [
        Target("P16", "s from start to first 200", 2.0, start.seconds, lower_is_better=True),
        Target("P16", "MB at rest, web + worker", 350, start.web_mb + start.worker_mb, lower_is_better=True),
    ]


def target_lines(found: Sequence[Target]) -> Iterator[str]:
    """One line a target."""
    for one in found:
        sign = "<=" if one.lower_is_better else ">="
        yield f"{one.name:5}{one.says:44}{sign} {one.wanted:<8g}{one.measured:>10,.2f}   {one.distance}"
