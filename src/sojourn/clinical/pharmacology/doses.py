"""One session's dose: what is given, how, when; and what is wrong with it, said in a sentence."""

from dataclasses import dataclass

import numpy as np

from sojourn.clinical.pharmacology import chong_2006, clements_1982, perez_ruixo_2021, rolan_2014, simons_2022
from sojourn.clinical.pharmacology.absorption import Absorption, Draws, Entry, Site, absorption
from sojourn.clinical.pharmacology.exponentials import Array
from sojourn.clinical.pharmacology.parameters import Confidence, model
from sojourn.clinical.pharmacology.refusals import CannotSimulate, number_within
from sojourn.clinical.pharmacology.routes import Drug, Route, StudiedRoute, studied_routes

MOST_MG = 1000.0
MOST_MG_PER_KG = 15.0
LONGEST_INFUSION_MIN = 24 * 60
LONGEST_HOLD_MIN = 60


@dataclass(frozen=True, slots=True)
class Step:
    """One stretch of a pump's program: an amount in the dose's unit, from a minute on, over minutes (0: a push)."""

    amount: float
    from_min: float
    over_min: float


@dataclass(frozen=True, slots=True)
class Dose:
    """One session's dose of one drug by one route, in mg or in mg per kg of each person's weight.

    By vein: `over_min` is the length of the infusion (0 for a push), or `steps` are the program of a pump that is
    stepped or paused; their amounts add up to the dose. Under the tongue: `spat_out` and for how long it was held.
    Raises CannotSimulate, naming the field.

    >>> Dose(Route.INTRAVENOUS, Drug.RACEMATE, mg_per_kg=0.5, over_min=40).in_words
    '0.5 mg/kg ketamine into a vein over 40 min'
    """

    route: Route
    drug: Drug
    mg: float | None = None
    mg_per_kg: float | None = None
    over_min: float = 0.0
    steps: tuple[Step, ...] = ()
    spat_out: bool = False
    hold_min: float | None = None

    def __post_init__(self) -> None:
        _check_amount(self)
        if self.drug not in self.studied.drugs:
            usual = " or ".join(self.studied.drugs)
            raise CannotSimulate(
                "drug", f"{self.drug} {self.studied.title} was never modelled; use {usual}, or another route"
            )
        _check_infusion(self)
        _check_mouth(self)
        _check_devices(self)

    @property
    def studied(self) -> StudiedRoute:
        return studied_routes()[self.route]

    @property
    def amount(self) -> float:
        """The number that was given, in `unit`."""
        return self.mg if self.mg is not None else self.mg_per_kg or 0.0

    @property
    def unit(self) -> str:
        return "mg" if self.mg is not None else "mg/kg"

    def in_mg(self, weight_kg: Array) -> Array:
        """Give what each person gets, in mg."""
        return self.amount * self._per_unit(weight_kg)

    def _per_unit(self, weight_kg: Array) -> Array:
        return weight_kg if self.mg is None else np.ones_like(weight_kg)

    @property
    def confidence(self) -> Confidence:
        """Say how sure the model is of this drug by this route."""
        if self.route is Route.INTRANASAL:
            return Confidence.HIGH if self.drug is Drug.ESKETAMINE else Confidence.LOW
        return self.studied.confidence

    @property
    def is_pushed(self) -> bool:
        """Whether some of it goes into a vein at once."""
        if self.route is not Route.INTRAVENOUS or not self.amount:
            return False
        return any(not step.over_min for step in self.steps) if self.steps else not self.over_min

    @property
    def in_words(self) -> str:
        """Name the dose in one line."""
        how = f" over {self.over_min:g} min" if self.over_min else ""
        how = f" in {len(self.steps)} steps" if self.steps else how
        how += ", spat out" if self.spat_out else ""
        return f"{self.amount:g} {self.unit} {self.drug} {self.studied.title}{how}"

    def check_for(self, weight_kg: float) -> str | None:
        """Warn of a dose outside the studied range of its route; refuse one far outside (CannotSimulate)."""
        studied = self.studied
        mg = float(self.in_mg(np.array([weight_kg]))[0])
        amount = mg / weight_kg if studied.unit == "mg/kg" else mg
        if amount > studied.refuse_above:
            raise CannotSimulate(
                "dose_mg" if self.mg is not None else "dose_mg_per_kg",
                f"{amount:.3g} {studied.unit} {studied.title} is above {studied.refuse_above:g} {studied.unit}, far "
                "outside anything studied; check amount and unit",
            )
        if studied.studied_low <= amount <= studied.studied_high:
            return None
        low, high = f"{studied.studied_low:g}", f"{studied.studied_high:g}"
        span = f"{low} {studied.unit} only" if low == high else f"{low} to {high} {studied.unit}"
        return (
            f"{amount:.3g} {studied.unit} {studied.title} lies outside the doses studied ({span}): "
            "this is an extrapolation."
        )

    def absorbed_by(self, draws: Draws, *, weight_kg: Array) -> Absorption:
        """Give what enters these people, where and when, from the start of the session on."""
        is_racemate = self.drug is Drug.RACEMATE
        mg = self.in_mg(weight_kg)
        match self.route:
            case Route.INTRAVENOUS:
                return absorption(entries=self._into_vein(weight_kg), is_racemate=is_racemate, draws=draws)
            case Route.INTRAMUSCULAR:
                return clements_1982.into_muscle(mg=mg, is_racemate=is_racemate, draws=draws)
            case Route.SUBCUTANEOUS:
                return clements_1982.under_the_skin(mg=mg, is_racemate=is_racemate, draws=draws)
            case Route.INTRANASAL if is_racemate:
                return perez_ruixo_2021.racemic_spray(mg=mg, draws=draws)
            case Route.INTRANASAL:
                devices = round(self.amount / model("perez_ruixo_2021")["device_mg"])
                return perez_ruixo_2021.esketamine_devices(devices=devices, draws=draws)
            case Route.SUBLINGUAL:
                return rolan_2014.under_the_tongue(
                    mg=mg, draws=draws, spat_out=self.spat_out, hold_min=self.hold_min
                )
            case Route.ORAL_FILM:
                return simons_2022.film(mg=mg, is_racemate=is_racemate, draws=draws)
            case Route.ORAL:
                return chong_2006.swallowed(mg=mg, is_racemate=is_racemate, draws=draws)

    def _into_vein(self, weight_kg: Array) -> list[Entry]:
        steps = self.steps or (Step(self.amount, 0.0, self.over_min),)
        per_unit = self._per_unit(weight_kg)
        return [
            Entry(Site.BLOOD, step.amount * per_unit, step.from_min / 60, step.over_min / 60)
            for step in steps
        ]


def _check_amount(dose: Dose) -> None:
    if (dose.mg is None) == (dose.mg_per_kg is None):
        raise CannotSimulate("dose_mg", "give either dose_mg or dose_mg_per_kg, and only one of them")
    if dose.mg is not None:
        number_within("dose_mg", dose.mg, 0, MOST_MG, f"give a dose of 0 to {MOST_MG:g} mg, in milligrams")
    else:
        remedy = f"give 0 to {MOST_MG_PER_KG:g} mg per kg of body weight; if the number is in mg, use dose_mg"
        number_within("dose_mg_per_kg", dose.mg_per_kg, 0, MOST_MG_PER_KG, remedy)


def _check_infusion(dose: Dose) -> None:
    if dose.route is not Route.INTRAVENOUS:
        if dose.over_min or dose.steps:
            raise CannotSimulate("over_min", "only a dose into a vein runs over time; remove it")
        return
    longest = f"give the length of the infusion, 0 to {LONGEST_INFUSION_MIN} minutes"
    number_within("over_min", dose.over_min, 0, LONGEST_INFUSION_MIN, longest)
    if not dose.steps:
        return
    if dose.over_min:
        raise CannotSimulate("over_min", "the steps say how long they run; remove one of the two")
    ended = 0.0
    for step in dose.steps:
        number_within("steps", step.amount, 0, MOST_MG, "give each step's amount in the unit of the dose")
        number_within(
            "steps", step.from_min, 0, LONGEST_INFUSION_MIN, "give from_min in minutes from the start"
        )
        number_within(
            "steps", step.over_min, 0, LONGEST_INFUSION_MIN, "give over_min in minutes, 0 for a push"
        )
        if step.from_min < ended:
            raise CannotSimulate("steps", "two steps overlap; begin each after the one before has ended")
        ended = step.from_min + step.over_min
    if abs(sum(step.amount for step in dose.steps) - dose.amount) > 1e-9 * max(1.0, dose.amount):
        raise CannotSimulate(
            "steps", "the amounts of the steps do not add up to the dose; correct one of them"
        )


def _check_mouth(dose: Dose) -> None:
    if dose.route is not Route.SUBLINGUAL and (dose.spat_out or dose.hold_min is not None):
        raise CannotSimulate("spat_out", "only a dose held under the tongue is spat out; remove it")
    if dose.hold_min is not None:
        remedy = f"give for how many minutes the dose was held, 0 to {LONGEST_HOLD_MIN}"
        number_within("hold_min", dose.hold_min, 0, LONGEST_HOLD_MIN, remedy)


def _check_devices(dose: Dose) -> None:
    if dose.route is not Route.INTRANASAL or dose.drug is not Drug.ESKETAMINE:
        return
    device_mg = model("perez_ruixo_2021")["device_mg"]
    if dose.mg is None or dose.mg % device_mg:
        raise CannotSimulate(
            "dose_mg", f"a device sprays {device_mg:g} mg; give a multiple of it, such as 56"
        )
