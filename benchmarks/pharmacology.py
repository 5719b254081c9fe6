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

from sojourn.clinical.pharmacology import Dose, Drug, People, Route, compiled  # noqa: E402
from sojourn.clinical.pharmacology.absorption import Entry, Site  # noqa: E402
from sojourn.clinical.pharmacology.bodies import dosed  # noqa: E402
from sojourn.clinical.pharmacology.chain import AMOUNTS, Modes, Signal, modes_of  # noqa: E402
from sojourn.clinical.pharmacology.exponentials import quadratic_poles, residues  # noqa: E402
from sojourn.clinical.pharmacology.levels import highest, levels, stretches  # noqa: E402

REPEATS = 5
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
    memory_limit(whole)
    million(quick=quick)
    return 0 if all(row.error < (1e-4 if "solver" in row.note else 1e-8) for row in one + whole) else 1


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
    many, few = (2_000, 2) if quick else (100_000, 20)
    rng = np.random.default_rng(1)
    v, cl, v2, q, ka = (
        base * np.exp(0.3 * rng.standard_normal(many)) for base in (50.0, 10.0, 80.0, 15.0, 1.2)
    )
    starts = 12.0 * np.arange(8)
    times = np.linspace(0, 96, 200)

    def exact(count: int, *, is_compiled: bool) -> np.ndarray:
        out = []
        for first in range(0, count, 4096):
            some = slice(first, min(first + 4096, count))
            k10, k12, k21 = cl[some] / v[some], q[some] / v[some], q[some] / v2[some]
            poles = (ka[some], *quadratic_poles(total=k10 + k12 + k21, product=k10 * k21))
            found = np.stack(residues(zeros=[k21], poles=poles)) * ka[some] / v[some]
            modes = Modes(np.stack(poles), {Site.DEPOT: found[None]}, {Site.DEPOT: np.zeros((1, len(k10)))})
            entries = [Entry(Site.DEPOT, np.full(len(k10), 100.0), start) for start in starts]
            top = highest(entries=entries, modes=modes, times_h=times, is_compiled=is_compiled)[:, 0]
            out.append(np.stack([top, _area(entries, modes)]))
        return np.concatenate(out, axis=1)

    def right_hand_side(_: float, y: np.ndarray, i: int) -> list[float]:
        k10, k12, k21 = cl[i] / v[i], q[i] / v[i], q[i] / v2[i]
        return [
            -ka[i] * y[0],
            ka[i] * y[0] - (k10 + k12) * y[1] + k21 * y[2],
            k12 * y[1] - k21 * y[2],
            y[1] / v[i],
        ]

    def by_scipy(count: int, method: str, tolerance: float) -> np.ndarray:
        from scipy.integrate import solve_ivp

        found = np.zeros((2, count))
        for i in range(count):
            y, top = np.zeros(4), 0.0
            for begin, end in zip(starts, [*starts[1:], 96.0], strict=True):
                y = y + np.array([100.0, 0, 0, 0])
                inside = times[(times >= begin) & (times <= end)]
                run = solve_ivp(
                    right_hand_side, (begin, end), y, method=method, t_eval=np.unique([*inside, end]), args=(i,),
                    rtol=tolerance, atol=tolerance,
                )  # fmt: skip
                top = max(top, run.y[1].max() / v[i])
                y = run.y[:, -1]
            found[:, i] = top, y[3]
        return found

    truth = by_scipy(few, "DOP853", 1e-10)

    def error(found: np.ndarray) -> float:
        return float(np.abs(found[:, :few] / truth - 1).max())

    rows = [
        Measured(
            "closed form, numpy",
            many / seconds(lambda: exact(many, is_compiled=False)),
            error(exact(few, is_compiled=False)),
        )
    ]
    if compiled.IS_THERE:
        rows.append(
            Measured(
                "closed form, numba",
                many / seconds(lambda: exact(many, is_compiled=True)),
                error(exact(few, is_compiled=True)),
            )
        )
    rows.append(
        Measured(
            "scipy solve_ivp LSODA",
            few / seconds(lambda: by_scipy(few, "LSODA", 1e-6), 3),
            error(by_scipy(few, "LSODA", 1e-6)),
            "solver, 1e-6",
        )
    )
    return rows + missing_peers()


def _area(entries: list[Entry], modes: Modes) -> np.ndarray:
    """The area to 96 h, exact."""
    total = np.zeros(modes.rates.shape[1])
    for stretch in stretches(entries=entries, modes=modes):
        length = min(stretch.end_h, 96.0) - stretch.start_h
        total += (stretch.weights[0] * -np.expm1(-stretch.rates * length) / stretch.rates).sum(axis=0)
    return total


def missing_peers() -> list[Measured]:
    """Name the peers that cannot be measured here."""
    import importlib.util

    wanted = {
        "numbalsoda": "pip install numbalsoda, with a Fortran compiler",
        "diffrax": "pip install diffrax",
    }
    return [
        Measured(f"{name}: not installed ({how})", 0.0, 0.0)
        for name, how in wanted.items()
        if importlib.util.find_spec(name) is None
    ]


# The whole system ------------------------------------------------------------------------------------------------------


def whole_system(*, quick: bool) -> list[Measured]:
    """Ketamine in three volumes, norketamine in two, depot, effect sites and tolerance, for S and R."""
    many, few, some = (500, 2, 20) if quick else (10_000, 5, 1_000)
    dose, times = Dose(Route.INTRAMUSCULAR, Drug.RACEMATE, mg_per_kg=0.5), np.linspace(0, 6, 200)
    crowd = People(count=many, seed=1)

    def exact(*, is_compiled: bool) -> None:
        for block in crowd.blocks(4096 if is_compiled else 1024):
            levels(dosed(block, dose), times_h=times, signals=SIGNALS, is_compiled=is_compiled)

    first = dosed(crowd.draw(first=0, count=few), dose)
    matrices, outputs, starts = as_matrices(first)
    truth = np.stack(
        [
            by_solver(m, o, y, times, "DOP853", 1e-10)
            for m, o, y in zip(matrices, outputs, starts, strict=True)
        ]
    )

    def error(found: np.ndarray) -> float:
        return float((np.abs(found - truth).max(axis=-1) / truth.max(axis=-1)).max())

    rows = [
        Measured(
            "closed form, numpy",
            many / seconds(lambda: exact(is_compiled=False)),
            error(levels(first, times_h=times, signals=SIGNALS)),
        )
    ]
    if compiled.IS_THERE:
        fast = levels(first, times_h=times, signals=SIGNALS, is_compiled=True)
        rows.append(
            Measured("closed form, numba", many / seconds(lambda: exact(is_compiled=True)), error(fast))
        )

    def by_lsoda() -> np.ndarray:
        return np.stack(
            [
                by_solver(m, o, y, times, "LSODA", 1e-6)
                for m, o, y in zip(matrices, outputs, starts, strict=True)
            ]
        )

    rows.append(
        Measured("scipy solve_ivp LSODA", few / seconds(by_lsoda, 3), error(by_lsoda()), "solver, 1e-6")
    )
    compiled_solver = by_diffrax(dosed(crowd.draw(first=0, count=some), dose), times)
    if compiled_solver is not None:
        work, found = compiled_solver
        rows.append(
            Measured(
                "diffrax Tsit5, vmap, compiled", some / seconds(work, 3), error(found[:few]), "solver, 1e-6"
            )
        )
    return rows + missing_peers()


def as_matrices(body) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # noqa: ANN001
    """Write both forms of each person as one linear system of 18 states, with the six signals as rows."""
    n, ka = len(body), body.absorption.ka
    rate = body.effect_rates
    matrices, outputs, starts = np.zeros((n, 18, 18)), np.zeros((n, 6, 18)), np.zeros((n, 18))
    for form, of in enumerate((body.s_ketamine, body.r_ketamine)):
        o = 9 * form
        depot, blood, two, three, metabolite, metabolite2, site, tolerance, pressure = range(o, o + 9)
        m = matrices
        m[:, depot, depot], m[:, blood, depot] = -ka, ka
        m[:, blood, blood] = -(of.clearance + of.q2 + of.q3) / of.v1
        m[:, blood, two], m[:, blood, three] = of.q2 / of.v2, of.q3 / of.v3
        m[:, two, blood], m[:, two, two] = of.q2 / of.v1, -of.q2 / of.v2
        m[:, three, blood], m[:, three, three] = of.q3 / of.v1, -of.q3 / of.v3
        m[:, metabolite, blood] = of.clearance / of.v1
        m[:, metabolite, metabolite] = -(of.norketamine_clearance + of.norketamine_q) / of.norketamine_v
        m[:, metabolite, metabolite2] = of.norketamine_q / of.norketamine_v2
        m[:, metabolite2, metabolite] = of.norketamine_q / of.norketamine_v
        m[:, metabolite2, metabolite2] = -of.norketamine_q / of.norketamine_v2
        for place, name in ((site, "dissociation"), (pressure, "pressure")):
            m[:, place, blood], m[:, place, depot] = (
                rate[name] * 1000 / of.v1,
                rate[name] * 1000 * ka / body.flow,
            )
            m[:, place, place] = -rate[name]
        m[:, tolerance, site], m[:, tolerance, tolerance] = rate["tolerance"], -rate["tolerance"]
        weight = 0.3 if form else 1.0
        outputs[:, 0, blood] = 1000 / of.v1
        outputs[:, 1, blood], outputs[:, 1, depot] = 1000 / of.v1, 1000 * ka / body.flow
        outputs[:, 2, metabolite] = 1000 / of.norketamine_v
        outputs[:, 3, site], outputs[:, 4, tolerance], outputs[:, 5, pressure] = weight, weight, 1.0
        starts[:, depot] = body.absorption.entries[0].mg / 2
    return matrices, outputs, starts


def by_solver(
    m: np.ndarray, outputs: np.ndarray, y: np.ndarray, times: np.ndarray, method: str, tolerance: float
) -> np.ndarray:
    """One person by scipy."""
    from scipy.integrate import solve_ivp

    run = solve_ivp(
        lambda _, state: m @ state, (0, times[-1]), y, method=method, t_eval=times, rtol=tolerance, atol=tolerance
    )  # fmt: skip
    return outputs @ run.y


def by_diffrax(body, times: np.ndarray):  # noqa: ANN001, ANN201
    """All people by diffrax, compiled; None where it is not installed."""
    try:
        import diffrax
        import jax
        import jax.numpy as jnp
    except ImportError:
        return None
    jax.config.update("jax_enable_x64", True)
    matrices, outputs, starts = (jnp.asarray(one) for one in as_matrices(body))
    at = jnp.asarray(times)

    def one(m, o, y):  # noqa: ANN001, ANN202
        run = diffrax.diffeqsolve(
            diffrax.ODETerm(lambda _, state, __: m @ state), diffrax.Tsit5(), 0.0, at[-1], 0.01, y,
            saveat=diffrax.SaveAt(ts=at), stepsize_controller=diffrax.PIDController(rtol=1e-6, atol=1e-6),
        )  # fmt: skip
        return o @ run.ys.T

    every = jax.jit(jax.vmap(one))
    return lambda: every(matrices, outputs, starts).block_until_ready(), np.asarray(
        every(matrices, outputs, starts)
    )


# Limits and a million ----------------------------------------------------------------------------------------------------


def memory_limit(rows: list[Measured]) -> None:
    """Say how near the fastest engine comes to merely writing its result."""
    people = 4096
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
    for block in People(count=many, seed=1).blocks(4096):
        body = dosed(block, dose)
        built = modes_of(body, [Signal.VENOUS])
        entries = body.absorption.entries
        tops.append(highest(entries=entries, modes=built, times_h=times, is_compiled=compiled.IS_THERE)[:, 0])
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
        if not row.per_second:
            print(f"  {row.engine}")
            continue
        print(
            f"  {row.engine:<32}{row.per_second:>14,.0f} people/s   1/{fastest / row.per_second:<10,.1f}"
            f"largest relative error {row.error:.0e}  {row.note}"
        )
    print()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
