"""From a dose to a level: which rates and weights each signal has for drug put at each site.

A signal is what can be read off the body: a level, or the level at an effect site. For drug put at a site it is a
sum of dying exponentials, worked out step by step along the way the drug takes: what leaves one step goes through the
next. Signals of S- and R-ketamine add up, so both stand in one list of rates; rates that both have stand there once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from sojourn.clinical.pharmacology.absorption import Absorption, Entry, Site
from sojourn.clinical.pharmacology.exponentials import Array, after, crowding, residues
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

    def only(self, where: npt.NDArray[np.intp]) -> "Body":
        """Give the people at these places, as often as they are named."""
        dose = _chosen(self.absorption, where)
        return Body(
            s_ketamine=_chosen(self.s_ketamine, where),
            r_ketamine=_chosen(self.r_ketamine, where),
            absorption=replace(dose, entries=tuple(_chosen(entry, where) for entry in dose.entries)),
            flow=self.flow[where],
            effect_rates={name: rate[where] for name, rate in self.effect_rates.items()},
        )

    def shifted(self, step: Array) -> "Body":
        """Give the same people with rates moved apart by multiples of a relative step each, see `levels`."""
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

    `forms` are the places of the rates that each mirror form has, its own and the shared ones; without it, one has all.
    """

    rates: Array
    weights: dict[Site, Array]
    straight: dict[Site, Array]
    forms: tuple[tuple[int, ...], ...] = ()

    @property
    def shape(self) -> tuple[int, int, int]:
        """Signals, rates, people."""
        signals, count, people = next(iter(self.weights.values())).shape
        return signals, count, people

    def crowding(self) -> Array:
        """Say how nearly equal the rates of one form are, see `exponentials.crowding`."""
        forms = self.forms or (tuple(range(len(self.rates))),)
        found: Array = np.min([crowding(self.rates[list(places)]) for places in forms], axis=0)
        return found


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
    dispositions = [(body.s_ketamine, dose.f_oral_s), (body.r_ketamine, dose.f_oral_r)]
    forms = [
        _Form(body, of, f_oral, _own_rates(of, signals), _shared_rates(body, signals))
        for of, f_oral in dispositions[: 2 if dose.is_racemate else 1]
    ]
    places, rates = _in_one_list(forms)
    weights, straight = {}, {}
    for site in dose.sites:
        weights[site] = np.zeros((len(signals), len(rates), len(body)))
        straight[site] = np.zeros((len(signals), len(body)))
        for number, form in enumerate(forms):
            way = _Way(form, site)
            for row, signal in enumerate(signals):
                part = _part(signal, is_r=number == 1) / len(forms)
                for name, weight in way.to(signal).items():
                    here = weights[site][row, places[number][name]]
                    if name in form.own:
                        np.multiply(weight, part, out=here)
                    else:
                        here += part * weight
                if signal is Signal.ARTERIAL and site is Site.BLOOD:
                    straight[site][row] += part * NG_PER_ML / body.flow
    return Modes(np.stack(rates), weights, straight, tuple(tuple(named.values()) for named in places))


def _part(signal: Signal, *, is_r: bool) -> float:
    """Say how much R-ketamine counts beside S-ketamine."""
    return model("effects")[WEIGHTED[signal]] if is_r and signal in WEIGHTED else 1.0


@dataclass(frozen=True)
class _Form:
    """One mirror form in a block of people, with the rates that are its own and those it shares."""

    body: Body
    of: Disposition
    f_oral: Array
    own: Mapping[str, Array]
    shared: Mapping[str, Array]

    @property
    def rates(self) -> dict[str, Array]:
        return {**self.own, **self.shared}


def _own_rates(of: Disposition, signals: Sequence[Signal]) -> dict[str, Array]:
    rates = dict(zip(PARENT, of.ketamine_poles(), strict=True))
    if OF_METABOLITE & set(signals):
        rates |= dict(zip(METABOLITE, of.norketamine_poles(), strict=True))
    return rates


def _shared_rates(body: Body, signals: Sequence[Signal]) -> dict[str, Array]:
    gates = {Site.DEPOT: body.absorption.ka, Site.GUT: body.absorption.kg}
    wanted = {name for signal in signals for name in LINGERS.get(signal, ())}
    lags = {name: rate for name, rate in body.effect_rates.items() if name in wanted}
    return {**{site: rate for site, rate in gates.items() if site in body.absorption.sites}, **lags}


def _in_one_list(forms: Sequence[_Form]) -> tuple[list[dict[str, int]], list[Array]]:
    """List every rate once, and say for each form where its rates stand."""
    rates: list[Array] = []
    places: list[dict[str, int]] = []
    for form in forms:
        places.append({name: len(rates) + number for number, name in enumerate(form.own)})
        rates += form.own.values()
    for name, rate in forms[0].shared.items():
        for named in places:
            named[name] = len(rates)
        rates.append(rate)
    return places, rates


@dataclass(frozen=True)
class _Way:
    """The way of one form from where a unit of drug is put to each signal: weights by the names of the rates."""

    form: _Form
    site: Site

    def to(self, signal: Signal) -> Mapping[str, Array]:
        match signal:
            case Signal.VENOUS:
                return self._venous
            case Signal.ARTERIAL:
                return self._arterial
            case Signal.NORKETAMINE:
                return _scaled(self._norketamine, NG_PER_ML / self.form.of.norketamine_v)
            case Signal.DISSOCIATION_SITE:
                return self._dissociation_site
            case Signal.TOLERANCE:
                return self._lagging(self._dissociation_site, "tolerance")
            case Signal.PRESSURE_SITE:
                return self._behind_arterial("pressure")
        return self._amount(signal)

    def _amount(self, signal: Signal) -> Mapping[str, Array]:
        """Say where in the body it is, in mg."""
        body, of = self.form.body, self.form.of
        match signal:
            case Signal.IN_DEPOT | Signal.IN_GUT:
                return {self.site: np.ones(len(body))} if signal == f"in {self.site}" else {}
            case Signal.IN_BLOOD:
                return self._blood
            case Signal.IN_SECOND:
                return _scaled(self._through_blood(of.k3), of.q2 / of.v1)
            case Signal.IN_THIRD:
                return _scaled(self._through_blood(of.k2), of.q3 / of.v1)
            case Signal.AS_NORKETAMINE:
                return self._norketamine
        behind = residues(zeros=[], poles=[self.form.own[name] for name in METABOLITE])
        out = _scaled(dict(zip(METABOLITE, behind, strict=True)), of.norketamine_q / of.norketamine_v)
        return after(self._made, out, self.form.rates)

    @cached_property
    def _gate(self) -> dict[str, Array]:
        """How a unit put in depot or gut comes out of it into the blood; nothing holds up what is put there at once."""
        dose = self.form.body.absorption
        match self.site:
            case Site.BLOOD:
                return {}
            case Site.DEPOT:
                return {Site.DEPOT: dose.ka}
            case Site.GUT:
                return {Site.GUT: dose.kg * self.form.f_oral}

    def _through_blood(self, *zeros: Array) -> dict[str, Array]:
        found = residues(zeros=zeros, poles=[self.form.own[name] for name in PARENT])
        stays = dict(zip(PARENT, found, strict=True))
        return after(self._gate, stays, self.form.rates) if self._gate else stays

    @cached_property
    def _blood(self) -> dict[str, Array]:
        return self._through_blood(self.form.of.k2, self.form.of.k3)

    @cached_property
    def _venous(self) -> dict[str, Array]:
        return _scaled(self._blood, NG_PER_ML / self.form.of.v1)

    @cached_property
    def _arterial(self) -> dict[str, Array]:
        """Venous level, and what has just entered, spread over the flow of blood."""
        return _added(self._venous, _scaled(self._gate, NG_PER_ML / self.form.body.flow))

    @cached_property
    def _dissociation_site(self) -> dict[str, Array]:
        return self._behind_arterial("dissociation")

    def _behind_arterial(self, name: str) -> dict[str, Array]:
        """Follow the arterial level; drug put into blood reaches the site also at once, ahead of mixing."""
        rate = self.form.shared[name]
        at_once = {} if self._gate else {name: rate * NG_PER_ML / self.form.body.flow}
        return _added(self._lagging(self._arterial, name), at_once)

    def _lagging(self, level: Mapping[str, Array], name: str) -> dict[str, Array]:
        """Follow a level with a delay, so that the delayed level reaches the same height."""
        return after(level, {name: self.form.shared[name]}, self.form.rates)

    @cached_property
    def _made(self) -> dict[str, Array]:
        """How fast norketamine is made from ketamine in the blood, and, of what is swallowed, in the first pass."""
        body, of = self.form.body, self.form.of
        made = _scaled(self._blood, of.clearance / of.v1)
        if self.site is not Site.GUT:
            return made
        return _added(made, {Site.GUT: body.absorption.kg * body.absorption.to_norketamine(self.form.f_oral)})

    @cached_property
    def _norketamine(self) -> dict[str, Array]:
        found = residues(
            zeros=[self.form.of.norketamine_k2], poles=[self.form.own[name] for name in METABOLITE]
        )
        return after(self._made, dict(zip(METABOLITE, found, strict=True)), self.form.rates)


def _scaled(weights: Mapping[str, Array], factor: Array) -> dict[str, Array]:
    return {name: weight * factor for name, weight in weights.items()}


def _added(one: Mapping[str, Array], other: Mapping[str, Array]) -> dict[str, Array]:
    both = dict(one)
    for name, weight in other.items():
        both[name] = both[name] + weight if name in both else weight
    return both


def _chosen(value: Value, where: npt.NDArray[np.intp]) -> Value:
    """Take some places out of every array of a frozen value."""
    told = {field.name: getattr(value, field.name) for field in fields(value)}
    some: dict[str, Any] = {name: one[where] for name, one in told.items() if isinstance(one, np.ndarray)}
    return replace(value, **some)


def _with_faster_norketamine(of: Disposition, factor: Array) -> Disposition:
    return replace(
        of, norketamine_v=of.norketamine_v / factor, norketamine_v2=of.norketamine_v2 / factor
    )  # fmt: skip
