"""From single runs to medians and ratios."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median

from benchmarks.driver import Tally
from benchmarks.processes import Spent


@dataclass(frozen=True)
class Run:
    """One path under load once: requests a second, latencies, CPU of web and database for one request."""

    per_s: float
    p50_ms: float
    p99_ms: float
    web_ms: float
    database_ms: float
    others_cores: float  # how many cores other work of the machine kept busy meanwhile


@dataclass(frozen=True)
class Figure:
    """The median of several runs of one path."""

    name: str
    is_bare: bool
    per_s: float
    p50_ms: float
    p99_ms: float
    web_ms: float
    database_ms: float
    others_cores: float
    alone_p50_ms: float  # with one connection: the time a single reader waits
    alone_p99_ms: float

    @property
    def cpu_ms(self) -> float:
        return self.web_ms + self.database_ms


def run_of(tally: Tally, spent: Spent) -> Run:
    """Turn what was counted and spent into the figures of one run."""
    count = len(tally.latencies_ms)
    others = spent.machine_ms - spent.web_ms - spent.database_ms - spent.own_ms
    return Run(
        per_s=count / tally.seconds,
        p50_ms=share(tally.latencies_ms, 0.50),
        p99_ms=share(tally.latencies_ms, 0.99),
        web_ms=spent.web_ms / count,
        database_ms=spent.database_ms / count,
        others_cores=max(0.0, others / 1000 / tally.seconds),
    )


def share(values: Sequence[float], of: float) -> float:
    """Give the value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[ceil(of * len(ordered)) - 1]


def figure_of(name: str, runs: Sequence[Run], alone: Sequence[Run], *, is_bare: bool) -> Figure:
    """Take the median of each figure over the runs."""
    return Figure(
        name=name,
        is_bare=is_bare,
        per_s=median(run.per_s for run in runs),
        p50_ms=median(run.p50_ms for run in runs),
        p99_ms=median(run.p99_ms for run in runs),
        web_ms=median(run.web_ms for run in runs),
        database_ms=median(run.database_ms for run in runs),
        others_cores=median(run.others_cores for run in runs),
        alone_p50_ms=median(run.p50_ms for run in alone),
        alone_p99_ms=median(run.p99_ms for run in alone),
    )
