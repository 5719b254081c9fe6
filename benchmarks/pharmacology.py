"""The pharmacology beside solvers that people would use instead, on the same equations, each answer checked.

`./sojourn pharmacology bench [--quick]`. CPU seconds, medians of five, each engine on one thread; ratios hold elsewhere,
seconds do not. Peers that are not installed are named, with what to install.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "XLA_FLAGS"):
    os.environ.setdefault(name, "--xla_cpu_multi_thread_eigen=false" if name == "XLA_FLAGS" else "1")

import numpy as np  # noqa: E402 - threads are set before anything counts them

from benchmarks import solvers  # noqa: E402
from sojourn.clinical.pharmacology import Dose, Drug, People, Route, compiled  # noqa: E402
from sojourn.clinical.pharmacology.absorption import Entry, Site  # noqa: E402
from sojourn.clinical.pharmacology.bodies import dosed  # noqa: E402
from sojourn.clinical.pharmacology.chain import AMOUNTS, Modes, Signal, modes_of  # noqa: E402
from sojourn.clinical.pharmacology.exponentials import quadratic_poles, residues  # noqa: E402
from sojourn.clinical.pharmacology.levels import highest_and_areas, levels  # noqa: E402

REPEATS = 5
BLOCK = 4000  # people at a time for the compiled path
ASKED = 1e-8  # the largest error allowed us (P14), and the one a peer is held to
SIGNALS = tuple(signal for signal in Signal if signal not in AMOUNTS)


@dataclass(frozen=True)
class Measured:
    """An engine, how many people a second, and how far from a solver at 1e-10."""

    engine: str
    per_second: float
    error: float
    note: str = ""


def main(words: list[str]) -> int:
    """Measure and print; returns 1 where an answer is wrong."""
    parser = argparse.ArgumentParser(prog="./sojourn pharmacology bench")
    parser.add_argument("--quick", action="store_true", help="a smoke test; no figures to quote")
    quick = parser.parse_args(words).quick
    print(
        f"numpy {np.__version__}, numba {'there' if compiled.IS_THERE else 'not installed'}, one thread each\n"
    )
    one = two_compartments(quick=quick)
    show("2 compartments, first-order uptake, 8 doses, 200 times: highest level and area", one)
    whole = whole_system(quick=quick)
    show("whole system (racemate by muscle, 6 signals of both forms), 200 times, every level kept", whole)
    memory_limit(whole, quick=quick)
    million(quick=quick)
    for absent in solvers.missing():
        print(f"  {absent}")
    return 0 if all(row.error < (1e-4 if "solver" in row.note else ASKED) for row in one + whole) else 1


def seconds(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median CPU seconds, after one run to warm up."""
    work()
    found = []
    for _ in range(repeats):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return statistics.median(found)


# Two compartments ------------------------------------------------------------------------------------------------------


def two_compartments(*, quick: bool) -> list[Measured]:
    """Eight doses, 12 hours apart; the parameters of each person differ by 30 %."""
    many, some, few = (2_000, 20, 2) if quick else (100_000, 1_000, 20)
    rng = np.random.default_rng(1)
    people = np.stack(
        [base * np.exp(0.3 * rng.standard_normal(many)) for base in (50.0, 10.0, 80.0, 15.0, 1.2)]
    )
    starts, times = 12.0 * np.arange(8), np.linspace(0, 96, 200)

    def exact(count: int, *, is_compiled: bool) -> np.ndarray:
        out = []
        for first in range(0, count, BLOCK):
            v, cl, v2, q, ka = people[:, first : min(first + BLOCK, count)]
            k10, k12, k21 = cl / v, q / v, q / v2
            poles = (ka, *quadratic_poles(total=k10 + k12 + k21, product=k10 * k21))
            found = np.stack(residues(zeros=[k21], poles=poles)) * ka / v
            modes = Modes(np.stack(poles), {Site.DEPOT: found[None]}, {Site.DEPOT: np.zeros((1, len(v)))})
            entries = [Entry(Site.DEPOT, np.full(len(v), 100.0), start) for start in starts]
            top, area = highest_and_areas(
                entries=entries, modes=modes, times_h=times, until_h=96.0, is_compiled=is_compiled
            )
            out.append(np.stack([top[:, 0], area[:, 0]]))
        return np.concatenate(out, axis=1)

    def by_scipy(count: int, method: str, tolerance: float) -> np.ndarray:
        return solvers.doses_by_scipy(people[:, :count], starts, times, method=method, tolerance=tolerance)

    truth = by_scipy(few, "DOP853", 1e-12)

    def error(found: np.ndarray) -> float:
        return float(np.abs(found[:, :few] / truth - 1).max())

    rows = closed_forms(lambda count, is_compiled: exact(count, is_compiled=is_compiled), many, few, error)
    rows += solver_rows("scipy LSODA", lambda tolerance: by_scipy(few, "LSODA", tolerance), few, error)
    by_cyrk = solvers.doses_by_cyrk(people[:, :some], starts, times)
    return rows + cyrk_rows(by_cyrk, some, error)


def closed_forms(
    work: Callable[[int, bool], np.ndarray], many: int, few: int, error: Callable[[np.ndarray], float]
) -> list[Measured]:
    """Measure our own engines."""
    engines = {"closed form, numpy": False} | ({"closed form, numba": True} if compiled.IS_THERE else {})
    return [
        Measured(name, many / seconds(lambda is_fast=is_fast: work(many, is_fast)), error(work(few, is_fast)))
        for name, is_fast in engines.items()
    ]


def solver_rows(
    name: str, work: Callable[[float], np.ndarray], people: int, error: Callable[[np.ndarray], float]
) -> list[Measured]:
    """Measure a solver at everyday tolerance, and held to the error that is asked of the closed form."""
    held = solvers.tolerance_for(ASKED, lambda tolerance: error(work(tolerance)))
    tolerances = {solvers.LOOSE: "solver, 1e-6", held: f"solver, held to our error ({held:.0e})"}
    return [
        Measured(name, people / seconds(lambda at=at: work(at), 3), error(work(at)), note)
        for at, note in tolerances.items()
    ]


def cyrk_rows(
    solve: Callable[..., np.ndarray] | None, people: int, error: Callable[[np.ndarray], float]
) -> list[Measured]:
    """Measure both methods of CyRK, where it is installed."""
    return [
        row
        for method in ("RK45", "DOP853")
        if solve is not None
        for row in solver_rows(
            f"CyRK {method}",
            lambda tolerance, method=method: solve(people, method=method, tolerance=tolerance),
            people,
            error,
        )
    ]


# The whole system ------------------------------------------------------------------------------------------------------


def whole_system(*, quick: bool) -> list[Measured]:
    """Ketamine in three volumes, norketamine in two, depot, effect sites and tolerance, for S and R."""
    many, few, some = (500, 2, 20) if quick else (10_000, 5, 1_000)
    dose, times = Dose(Route.INTRAMUSCULAR, Drug.RACEMATE, mg_per_kg=0.5), np.linspace(0, 6, 200)
    kept = np.zeros((many, len(SIGNALS), len(times)))

    def exact(count: int, is_compiled: bool) -> np.ndarray:  # noqa: FBT001 - two engines
        for block in People(count=count, seed=1).blocks(BLOCK if is_compiled else 1024):
            into = kept[block.first : block.first + len(block)]
            levels(dosed(block, dose), times_h=times, signals=SIGNALS, is_compiled=is_compiled, into=into)
        return kept[:count]

    crowd = People(count=many, seed=1)
    first, sample = (dosed(crowd.draw(first=0, count=count), dose) for count in (few, some))

    def by_scipy(method: str, tolerance: float) -> np.ndarray:
        everybody = zip(*solvers.as_matrices(first), strict=True)
        return np.stack(
            [solvers.by_scipy(*one, times, method=method, tolerance=tolerance) for one in everybody]
        )

    truth = by_scipy("DOP853", 1e-12)

    def error(found: np.ndarray) -> float:
        return float((np.abs(found[:few] - truth).max(axis=-1) / truth.max(axis=-1)).max())

    rows = closed_forms(exact, many, few, error)
    rows += solver_rows("scipy LSODA", lambda tolerance: by_scipy("LSODA", tolerance), few, error)
    by_diffrax, by_cyrk = solvers.by_diffrax(sample, times), solvers.by_cyrk(sample, times)
    if by_diffrax is not None:
        rows += solver_rows("diffrax Tsit5, vmap", by_diffrax, some, error)
    return rows + cyrk_rows(by_cyrk, some, error)


# Limits and a million ----------------------------------------------------------------------------------------------------


def memory_limit(rows: list[Measured], *, quick: bool) -> None:
    """Say how near the fastest engine comes to merely writing its result."""
    people = 500 if quick else 10_000
    result = np.zeros((people, len(SIGNALS), 200))
    writes = people / seconds(lambda: result.fill(1.0))
    best = max(rows, key=lambda row: row.per_second)
    share = best.per_second / writes
    print(
        f"Writing {len(SIGNALS)} x 200 numbers a person: {writes:,.0f} people/s; {best.engine}: {share:.1%} of it."
    )


def million(*, quick: bool) -> None:
    """Venous quantiles of the peak over a population, in blocks."""
    import resource

    many = 5_000 if quick else 1_000_000
    dose, times = Dose(Route.INTRAVENOUS, Drug.RACEMATE, mg_per_kg=0.5, over_min=40), np.linspace(0, 6, 200)
    began, cpu = time.perf_counter(), time.process_time()
    tops = []
    for block in People(count=many, seed=1).blocks(BLOCK):
        body = dosed(block, dose)
        top, _ = highest_and_areas(
            entries=body.absorption.entries,
            modes=modes_of(body, [Signal.VENOUS]),
            times_h=times,
            until_h=0.0,
            is_compiled=compiled.IS_THERE,
        )
        tops.append(top[:, 0])
    found = np.quantile(np.concatenate(tops), [0.05, 0.5, 0.95])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{many:,} people, 0.5 mg/kg by vein, highest venous level: 5/50/95 % {found.round(0)} ng/mL in "
        f"{time.perf_counter() - began:.1f} s ({time.process_time() - cpu:.1f} s CPU, drawing people included); "
        f"highest memory of the whole run, peers and all: {peak:.0f} MB."
    )


def show(title: str, rows: list[Measured]) -> None:
    """Print the engines of one problem, fastest first."""
    print(title)
    fastest = max(row.per_second for row in rows)
    for row in sorted(rows, key=lambda row: -row.per_second):
        print(
            f"  {row.engine:<32}{row.per_second:>14,.0f} people/s   1/{fastest / row.per_second:<10,.1f}"
            f"largest relative error {row.error:.0e}  {row.note}"
        )
    print()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
