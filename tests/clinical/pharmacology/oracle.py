"""The same equations by another way: a matrix exponential from change to change, one person at a time."""

import numpy as np
from scipy.linalg import expm

from sojourn.clinical.pharmacology.absorption import Site
from sojourn.clinical.pharmacology.chain import Signal

DEPOT, GUT, BLOOD, SECOND, THIRD, METABOLITE, METABOLITE_2, DISSOCIATION, TOLERANCE, PRESSURE = range(10)
PLACES = {Site.DEPOT: DEPOT, Site.GUT: GUT, Site.BLOOD: BLOOD}
R_WEIGHT = {Signal.DISSOCIATION_SITE: 0.3, Signal.TOLERANCE: 0.3}


def levels_by_matrix(body, times_h, signals):
    """(signals, times) of the first person."""
    of_s = _one_form(body, body.s_ketamine, body.absorption.f_oral_s, times_h, signals)
    if not body.absorption.is_racemate:
        return of_s
    of_r = _one_form(body, body.r_ketamine, body.absorption.f_oral_r, times_h, signals)
    weights = np.array([R_WEIGHT.get(signal, 1.0) for signal in signals])[:, None]
    return (of_s + weights * of_r) / 2


def _one_form(body, of, f_oral, times_h, signals):
    matrix, arterial = _matrix(body, of, f_oral)
    states = [_state_at(time, body, matrix) for time in times_h]
    rows = {
        Signal.VENOUS: lambda x, _: 1000 * x[BLOOD] / of.v1[0],
        Signal.NORKETAMINE: lambda x, _: 1000 * x[METABOLITE] / of.norketamine_v[0],
        Signal.ARTERIAL: lambda x, inflow: arterial @ x + 1000 * inflow / body.flow[0],
        Signal.DISSOCIATION_SITE: lambda x, _: x[DISSOCIATION],
        Signal.TOLERANCE: lambda x, _: x[TOLERANCE],
        Signal.PRESSURE_SITE: lambda x, _: x[PRESSURE],
    }
    return np.array([[rows[signal](*state) for state in states] for signal in signals])


def _matrix(body, of, f_oral):
    dose, rate = body.absorption, {name: value[0] for name, value in body.effect_rates.items()}
    ka, kg, into_blood = dose.ka[0], dose.kg[0], f_oral[0]
    first_pass = dose.to_norketamine(f_oral)[0]
    m = np.zeros((10, 10))
    m[DEPOT, DEPOT], m[GUT, GUT] = -ka, -kg
    m[BLOOD, DEPOT], m[BLOOD, GUT] = ka, into_blood * kg
    m[BLOOD, BLOOD] = -(of.clearance[0] + of.q2[0] + of.q3[0]) / of.v1[0]
    m[BLOOD, SECOND], m[BLOOD, THIRD] = of.q2[0] / of.v2[0], of.q3[0] / of.v3[0]
    m[SECOND, BLOOD], m[SECOND, SECOND] = of.q2[0] / of.v1[0], -of.q2[0] / of.v2[0]
    m[THIRD, BLOOD], m[THIRD, THIRD] = of.q3[0] / of.v1[0], -of.q3[0] / of.v3[0]
    m[METABOLITE, GUT], m[METABOLITE, BLOOD] = first_pass * kg, of.clearance[0] / of.v1[0]
    m[METABOLITE, METABOLITE] = -(of.norketamine_clearance[0] + of.norketamine_q[0]) / of.norketamine_v[0]
    m[METABOLITE, METABOLITE_2] = of.norketamine_q[0] / of.norketamine_v2[0]
    m[METABOLITE_2, METABOLITE] = of.norketamine_q[0] / of.norketamine_v[0]
    m[METABOLITE_2, METABOLITE_2] = -of.norketamine_q[0] / of.norketamine_v2[0]
    arterial = np.zeros(10)
    arterial[BLOOD] = 1000 / of.v1[0]
    arterial[DEPOT], arterial[GUT] = 1000 * ka / body.flow[0], 1000 * into_blood * kg / body.flow[0]
    for place, name in ((DISSOCIATION, "dissociation"), (PRESSURE, "pressure")):
        m[place] = rate[name] * arterial
        m[place, place] -= rate[name]
    m[TOLERANCE, DISSOCIATION], m[TOLERANCE, TOLERANCE] = rate["tolerance"], -rate["tolerance"]
    return m, arterial


def _state_at(time_h, body, matrix):
    """The ten states at a time, and the rate into the blood just before it."""
    entries = body.absorption.entries
    moments = sorted({e.start_h for e in entries} | {e.end_h for e in entries})
    state, inflow = np.zeros(10), 0.0
    for start, end in zip(moments, [*moments[1:], np.inf], strict=True):
        if start > time_h:
            break
        for entry in entries:
            if entry.over_h == 0 and entry.start_h == start:
                state += _put(entry.site, entry.mg[0], body)
        steady = sum(
            (_put(e.site, e.mg[0] / e.over_h, body) for e in entries if e.start_h <= start < e.end_h),
            start=np.zeros(10),
        )
        inflow = sum(
            e.mg[0] / e.over_h for e in entries if e.site is Site.BLOOD and e.start_h <= start < e.end_h
        )
        step = np.zeros((11, 11))
        step[:10, :10], step[:10, 10] = matrix, steady
        state = (expm(step * (min(time_h, end) - start)) @ np.append(state, 1))[:10]
        if time_h <= end:
            break
    return state, inflow


def _put(site, mg, body):
    """What an amount put at a site does at once; drug in the blood also reaches the effect sites ahead of mixing."""
    found = np.zeros(10)
    found[PLACES[site]] = mg
    if site is Site.BLOOD:
        found[DISSOCIATION] = body.effect_rates["dissociation"][0] * 1000 / body.flow[0] * mg
        found[PRESSURE] = body.effect_rates["pressure"][0] * 1000 / body.flow[0] * mg
    return found
