"""From a dose to a level: which rates and weights each signal has for drug put at each site.

A signal is what can be read off the body: a level, or the level at an effect site. For drug put at a site it is a
sum of terms gain · Π(s+z) / Π(s+p); partial fractions turn them into one weight for each rate. Signals of S- and
R-ketamine add up, so both stand side by side in one list of rates.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from sojourn.clinical.pharmacology.absorption import Absorption, Entry, Site
from sojourn.clinical.pharmacology.exponentials import Array, crowding, residues
from sojourn.clinical.pharmacology.otto_2021 import Disposition
from sojourn.clinical.pharmacology.parameters import model

Value = TypeVar("Value", Disposition, Absorption, Entry)
NG_PER_ML = 1000.0  # mg/L in ng/mL


class Signal(StrEnum):
    """Levels in ng/mL, both mirror forms together; effect sites weigh R-ketamine as their effect does."""

    VENOUS = "venous"
    ARTERIAL = "arterial"
    NORKETAMINE = "norketamine"
    DISSOCIATION_SITE = "dissociation site"
    TOLERANCE = "tolerance"
    PRESSURE_SITE = "pressure site"
    # Amounts in mg, for the balance of mass.
    IN_DEPOT = "in depot"
    IN_GUT = "in gut"
    IN_BLOOD = "in blood"
    IN_SECOND = "in second volume"
    IN_THIRD = "in third volume"
    AS_NORKETAMINE = "as norketamine"
    AS_NORKETAMINE_2 = "as norketamine in second volume"


AMOUNTS = tuple(Signal)[6:]
PARENT = ("first", "second", "third")
METABOLITE = ("norketamine first", "norketamine second")
OF_METABOLITE = {Signal.NORKETAMINE, Signal.AS_NORKETAMINE, Signal.AS_NORKETAMINE_2}
WEIGHTED = {
    Signal.DISSOCIATION_SITE: "dissociation_r_weight",
    Signal.TOLERANCE: "dissociation_r_weight",
    Signal.PRESSURE_SITE: "pressure_r_weight",
}
LINGERS = {
    Signal.DISSOCIATION_SITE: ("dissociation",),
    Signal.TOLERANCE: ("dissociation", "tolerance"),
    Signal.PRESSURE_SITE: ("pressure",),
}


@dataclass(frozen=True)
class Body:
    """A block of people with one session's dose in them. Rates per hour, flow in L/h, one place a person."""

    s_ketamine: Disposition
    r_ketamine: Disposition
    absorption: Absorption
    flow: Array
    effect_rates: dict[str, Array]

    def __len__(self) -> int:
        return len(self.flow)

    def only(self, where: npt.NDArray[np.bool_]) -> "Body":
        """Give some of these people."""
        dose = _chosen(self.absorption, where)
        return Body(
            s_ketamine=_chosen(self.s_ketamine, where),
            r_ketamine=_chosen(self.r_ketamine, where),
            absorption=replace(dose, entries=tuple(_chosen(entry, where) for entry in dose.entries)),
            flow=self.flow[where],
            effect_rates={name: rate[where] for name, rate in self.effect_rates.items()},
        )

    def shifted(self, step: float) -> "Body":
        """Give the same people with rates moved apart by multiples of a relative step, see `levels`."""
        dose = self.absorption
        moved = {"dissociation": 2, "tolerance": -2, "pressure": 3}
        return replace(
            self,
            s_ketamine=_with_faster_norketamine(self.s_ketamine, 1 - 3 * step),
            r_ketamine=_with_faster_norketamine(self.r_ketamine, 1 - 3 * step),
            absorption=replace(dose, ka=dose.ka * (1 + step), kg=dose.kg * (1 - step)),
            effect_rates={name: rate * (1 + moved[name] * step) for name, rate in self.effect_rates.items()},
        )


@dataclass(frozen=True)
class Modes:
    """Rates `(P, n)`; for each site weights `(signals, P, n)` and what passes straight through `(signals, n)`.

    The rates of S-ketamine come first; those of R-ketamine, where there is any, follow in the same order.
    """

    rates: Array
    weights: dict[Site, Array]
    straight: dict[Site, Array]
    forms: int = 1

    def crowding(self) -> Array:
        """Say how nearly equal the rates of one form are, see `exponentials.crowding`."""
        found: Array = np.min([crowding(rates) for rates in np.split(self.rates, self.forms)], axis=0)
        return found


@dataclass(frozen=True)
class _Term:
    gain: Array | float
    zeros: Sequence[Array]
    poles: Sequence[str]


def effect_rates(count: int) -> dict[str, Array]:
    """Give the rates of the effect sites and of acute tolerance, per hour, the same for everybody."""
    effects = model("effects")
    half_lives = {
        "dissociation": effects["dissociation_ke0_half_life_h"],
        "tolerance": effects["acute_tolerance_half_life_h"],
        "pressure": effects["pressure_ke0_half_life_h"],
    }
    return {name: np.full(count, np.log(2) / half_life) for name, half_life in half_lives.items()}


def modes_of(body: Body, signals: Sequence[Signal]) -> Modes:
    """Work out rates and weights of the wanted signals."""
    dose = body.absorption
    forms = [(body.s_ketamine, dose.f_oral_s, False)]
    if dose.is_racemate:
        forms.append((body.r_ketamine, dose.f_oral_r, True))
    built = [
        _of_one_form(body, disposition, f_oral, signals, is_r=is_r) for disposition, f_oral, is_r in forms
    ]
    return Modes(
        rates=np.concatenate([one.rates for one in built]),
        weights={
            site: np.concatenate([one.weights[site] for one in built], axis=1) / len(forms)
            for site in dose.sites
        },
        straight={
            site: np.sum([one.straight[site] for one in built], axis=0) / len(forms) for site in dose.sites
        },
        forms=len(forms),
    )


def _of_one_form(
    body: Body, of: Disposition, f_oral: Array, signals: Sequence[Signal], *, is_r: bool
) -> Modes:
    rates = _named_rates(body, of, signals)
    places = {name: place for place, name in enumerate(rates)}
    weights, straight = {}, {}
    for site in body.absorption.sites:
        weights[site] = np.zeros((len(signals), len(rates), len(body)))
        straight[site] = np.zeros((len(signals), len(body)))
        for row, signal in enumerate(signals):
            part = model("effects")[WEIGHTED[signal]] if is_r and signal in WEIGHTED else 1.0
            for term in _terms(signal, site, body, of, f_oral):
                found = residues(zeros=term.zeros, poles=[rates[name] for name in term.poles])
                for name, residue in zip(term.poles, found, strict=True):
                    weights[site][row, places[name]] += part * term.gain * residue
            if signal is Signal.ARTERIAL and site is Site.BLOOD:
                straight[site][row] += NG_PER_ML / body.flow
    return Modes(np.stack(list(rates.values())), weights, straight)


def _named_rates(body: Body, of: Disposition, signals: Sequence[Signal]) -> dict[str, Array]:
    rates = dict(zip(PARENT, of.ketamine_poles(), strict=True))
    if OF_METABOLITE & set(signals):
        rates |= dict(zip(METABOLITE, of.norketamine_poles(), strict=True))
    if Site.DEPOT in body.absorption.sites:
        rates[Site.DEPOT] = body.absorption.ka
    if Site.GUT in body.absorption.sites:
        rates[Site.GUT] = body.absorption.kg
    wanted = {name for signal in signals for name in LINGERS.get(signal, ())}
    return rates | {name: rate for name, rate in body.effect_rates.items() if name in wanted}


def _terms(signal: Signal, site: Site, body: Body, of: Disposition, f_oral: Array) -> list[_Term]:
    dose = body.absorption
    gate = {Site.BLOOD: (), Site.DEPOT: (Site.DEPOT,), Site.GUT: (Site.GUT,)}[site]
    arrives: Array = {Site.BLOOD: np.ones(len(body)), Site.DEPOT: dose.ka, Site.GUT: dose.kg * f_oral}[site]
    in_blood = _Term(arrives, (of.k2, of.k3), (*PARENT, *gate))
    match signal:
        case Signal.IN_DEPOT | Signal.IN_GUT:
            return [_Term(1.0, (), gate)] if signal == f"in {site}" else []
        case Signal.IN_BLOOD:
            return [in_blood]
        case Signal.IN_SECOND:
            return [_Term(arrives * of.q2 / of.v1, (of.k3,), in_blood.poles)]
        case Signal.IN_THIRD:
            return [_Term(arrives * of.q3 / of.v1, (of.k2,), in_blood.poles)]
        case Signal.VENOUS:
            return [_scaled(in_blood, NG_PER_ML / of.v1)]
        case Signal.NORKETAMINE | Signal.AS_NORKETAMINE | Signal.AS_NORKETAMINE_2:
            return _as_norketamine(signal, site, in_blood, body, of, f_oral)
    feeds = [_Term(arrives * NG_PER_ML / body.flow, (), gate)] if gate else []
    if signal is Signal.ARTERIAL:
        return [_scaled(in_blood, NG_PER_ML / of.v1), *feeds]
    if not gate:
        feeds = [_Term(NG_PER_ML / body.flow, (), ())]
    return [
        _lingering(term, LINGERS[signal], body) for term in (_scaled(in_blood, NG_PER_ML / of.v1), *feeds)
    ]


def _as_norketamine(
    signal: Signal, site: Site, in_blood: _Term, body: Body, of: Disposition, f_oral: Array
) -> list[_Term]:
    """Made from ketamine in the blood, and, for what is swallowed, in the first pass."""
    zeros: tuple[Array, ...]
    if signal is Signal.AS_NORKETAMINE_2:
        size, zeros = of.norketamine_q / of.norketamine_v, ()
    else:
        size = np.ones(len(body)) if signal is Signal.AS_NORKETAMINE else NG_PER_ML / of.norketamine_v
        zeros = (of.norketamine_k2,)
    made = _Term(
        in_blood.gain * size * of.clearance / of.v1,
        (*in_blood.zeros, *zeros),
        (*in_blood.poles, *METABOLITE),
    )
    if site is not Site.GUT:
        return [made]
    first_pass = body.absorption.kg * body.absorption.to_norketamine(f_oral)
    return [made, _Term(first_pass * size, zeros, (*METABOLITE, Site.GUT))]


def _scaled(term: _Term, factor: Array) -> _Term:
    return replace(term, gain=term.gain * factor)


def _lingering(term: _Term, names: Sequence[str], body: Body) -> _Term:
    """Follow a level with a delay, so that the delayed level reaches the same height."""
    gain = term.gain
    for name in names:
        gain = gain * body.effect_rates[name]
    return _Term(gain, term.zeros, (*term.poles, *names))


def _chosen(value: Value, where: npt.NDArray[np.bool_]) -> Value:
    """Take some places out of every array of a frozen value."""
    told = {field.name: getattr(value, field.name) for field in fields(value)}
    some: dict[str, Any] = {name: one[where] for name, one in told.items() if isinstance(one, np.ndarray)}
    return replace(value, **some)


def _with_faster_norketamine(of: Disposition, factor: float) -> Disposition:
    return replace(
        of, norketamine_v=of.norketamine_v / factor, norketamine_v2=of.norketamine_v2 / factor
    )  # fmt: skip
