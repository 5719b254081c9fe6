"""Solvers that people would use instead of the closed forms, on the same equations; each optional but scipy.

A peer is never weakened: right-hand sides are compiled where the solver takes compiled ones, and written without the zeros
of the matrix. `LOOSE` is the tolerance of everyday use.
"""

import importlib.util
from collections.abc import Callable

import numpy as np

LOOSE = 1e-6
WANTED = {"diffrax": "pip install diffrax", "CyRK": "pip install CyRK"}


def missing() -> list[str]:
    """Name the peers that cannot be measured here."""
    return [
        f"{name}: not installed ({how})" for name, how in WANTED.items() if not importlib.util.find_spec(name)
    ]


def tolerance_for(most: float, error_at: Callable[[float], float]) -> float:
    """Find the loosest tolerance, in powers of ten, at which a solver errs no more than that."""
    for digits in range(6, 13):
        if error_at(10.0**-digits) <= most:
            return 10.0**-digits
    return 1e-13


# Two compartments with uptake, a dose each 12 hours; people (5, n): v, clearance, v2, q, ka -------------------------------


def doses_by_scipy(
    people: np.ndarray, starts: np.ndarray, times: np.ndarray, *, method: str, tolerance: float
) -> np.ndarray:
    """Give highest level and area, `(2, n)`."""
    from scipy.integrate import solve_ivp

    def right_hand_side(_: float, y: np.ndarray, v: float, cl: float, v2: float, q: float, ka: float) -> list:
        return [
            -ka * y[0],
            ka * y[0] - (cl + q) / v * y[1] + q / v2 * y[2],
            q / v * y[1] - q / v2 * y[2],
            y[1] / v,
        ]

    found = np.zeros((2, people.shape[1]))
    for i, one in enumerate(people.T):
        y, top = np.zeros(4), 0.0
        for begin, end, at in _between(starts, times):
            y = y + np.array([100.0, 0, 0, 0])
            run = solve_ivp(
                right_hand_side, (begin, end), y, method=method, t_eval=at, args=tuple(one), rtol=tolerance,
                atol=tolerance,
            )  # fmt: skip
            top = max(top, run.y[1].max() / one[0])
            y = run.y[:, -1]
        found[:, i] = top, y[3]
    return found


def _between(starts: np.ndarray, times: np.ndarray) -> list[tuple[float, float, np.ndarray]]:
    """List the stretches between doses with the times in each and its end."""
    ends = [*starts[1:], times[-1]]
    return [
        (begin, end, np.unique([*times[(times >= begin) & (times <= end)], end]))
        for begin, end in zip(starts, ends, strict=True)
    ]


def doses_by_cyrk(  # noqa: ANN201 - a compiled function
    people: np.ndarray, starts: np.ndarray, times: np.ndarray
):
    """Give the same by CyRK, a compiled solver with a compiled right-hand side; None where it is not installed."""
    if importlib.util.find_spec("CyRK") is None:
        return None
    from CyRK import nb_diffeq_addr, nbsolve2_ivp
    from numba import njit

    def right_hand_side(dy, _, y, k):  # noqa: ANN001, ANN202
        dy[0] = -k[4] * y[0]
        dy[1] = k[4] * y[0] - (k[1] + k[3]) / k[0] * y[1] + k[3] / k[2] * y[2]
        dy[2] = k[3] / k[0] * y[1] - k[3] / k[2] * y[2]
        dy[3] = y[1] / k[0]

    @njit
    def solve(address, people, spans, at, found, tolerance, method):  # noqa: ANN001, ANN202
        for i in range(len(people)):
            y, top = np.zeros(4), 0.0
            for begin, end, first, last in spans:
                y[0] += 100.0
                run = nbsolve2_ivp(
                    address, (begin, end), y, method, at[int(first) : int(last)], False, people[i], tolerance,
                    tolerance,
                )  # fmt: skip
                top = max(top, run.y[1].max() / people[i, 0])
                y = run.y[:, -1].copy()
                run.free()
            found[0, i], found[1, i] = top, y[3]

    address, stretches = nb_diffeq_addr(right_hand_side), _between(starts, times)
    lasts = np.cumsum([len(at) for _, _, at in stretches])
    spans = np.array(
        [(begin, end, last - len(at), last) for (begin, end, at), last in zip(stretches, lasts, strict=True)]
    )
    every, of_each = np.concatenate([at for _, _, at in stretches]), np.ascontiguousarray(people.T)

    def run(count: int, *, method: str, tolerance: float) -> np.ndarray:
        found = np.zeros((2, count))
        solve(address, of_each[:count], spans, every, found, tolerance, method)
        return found

    return run


# The whole system: 18 states, 6 signals ----------------------------------------------------------------------------------


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


def by_scipy(
    m: np.ndarray, outputs: np.ndarray, y: np.ndarray, times: np.ndarray, *, method: str, tolerance: float
) -> np.ndarray:
    """One person by scipy."""
    from scipy.integrate import solve_ivp

    run = solve_ivp(
        lambda _, state: m @ state, (0, times[-1]), y, method=method, t_eval=times, rtol=tolerance, atol=tolerance
    )  # fmt: skip
    return outputs @ run.y


def by_diffrax(body, times: np.ndarray):  # noqa: ANN001, ANN201
    """All people by diffrax, compiled; None where it is not installed."""
    if importlib.util.find_spec("diffrax") is None:
        return None
    import diffrax
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    matrices, outputs, starts = (jnp.asarray(one) for one in as_matrices(body))
    at = jnp.asarray(times)

    def one(m, o, y, tolerance):  # noqa: ANN001, ANN202
        run = diffrax.diffeqsolve(
            diffrax.ODETerm(lambda _, state, __: m @ state), diffrax.Tsit5(), 0.0, at[-1], 0.01, y,
            saveat=diffrax.SaveAt(ts=at), stepsize_controller=diffrax.PIDController(rtol=tolerance, atol=tolerance),
        )  # fmt: skip
        return o @ run.ys.T

    every = jax.jit(jax.vmap(one, in_axes=(0, 0, 0, None)))
    return lambda tolerance: np.asarray(every(matrices, outputs, starts, tolerance))


def by_cyrk(body, times: np.ndarray):  # noqa: ANN001, ANN201
    """All people by CyRK, solver and right-hand side compiled; None where it is not installed."""
    if importlib.util.find_spec("CyRK") is None:
        return None
    from CyRK import nb_diffeq_addr, nbsolve2_ivp
    from numba import njit

    def right_hand_side(dy, _, y, k):  # noqa: ANN001, ANN202
        for form in range(2):
            o, c = 9 * form, 15 * form
            enters, blood = k[c] * y[o], y[o + 1]
            arterial = k[c + 13] * blood + k[c + 14] * y[o]
            dy[o] = -enters
            dy[o + 1] = enters - k[c + 1] * blood + k[c + 2] * y[o + 2] + k[c + 3] * y[o + 3]
            dy[o + 2] = k[c + 4] * blood - k[c + 2] * y[o + 2]
            dy[o + 3] = k[c + 5] * blood - k[c + 3] * y[o + 3]
            dy[o + 4] = k[c + 6] * blood - k[c + 7] * y[o + 4] + k[c + 8] * y[o + 5]
            dy[o + 5] = k[c + 9] * y[o + 4] - k[c + 8] * y[o + 5]
            dy[o + 6] = k[c + 10] * (arterial - y[o + 6])
            dy[o + 7] = k[c + 11] * (y[o + 6] - y[o + 7])
            dy[o + 8] = k[c + 12] * (arterial - y[o + 8])

    @njit
    def solve(address, constants, outputs, starts, at, found, tolerance, method):  # noqa: ANN001, ANN202
        for i in range(len(found)):
            run = nbsolve2_ivp(
                address, (0.0, at[-1]), starts[i], method, at, False, constants[i], tolerance, tolerance
            )
            found[i] = outputs[i] @ np.ascontiguousarray(run.y)
            run.free()

    _, outputs, starts = as_matrices(body)
    address, constants = nb_diffeq_addr(right_hand_side), _constants(body)

    def run(count: int, *, method: str, tolerance: float) -> np.ndarray:
        found = np.zeros((count, outputs.shape[1], len(times)))
        solve(address, constants, outputs, starts, times, found, tolerance, method)
        return found

    return run


def _constants(body) -> np.ndarray:  # noqa: ANN001
    """List the constants of the right-hand side, `(n, 2 x 15)`."""
    ka, lags = body.absorption.ka, body.effect_rates
    listed = []
    for of in (body.s_ketamine, body.r_ketamine):
        listed += [
            ka, (of.clearance + of.q2 + of.q3) / of.v1, of.k2, of.k3, of.q2 / of.v1, of.q3 / of.v1,
            of.clearance / of.v1, (of.norketamine_clearance + of.norketamine_q) / of.norketamine_v,
            of.norketamine_k2, of.norketamine_q / of.norketamine_v, lags["dissociation"], lags["tolerance"],
            lags["pressure"], 1000 / of.v1, 1000 * ka / body.flow,
        ]  # fmt: skip
    return np.ascontiguousarray(np.stack(listed, axis=1))
