"""Otto 2021 with Fanta 2015: where ketamine and norketamine go once they are in venous blood.

Ketamine has a central volume (1) with two others (2, 3); all of its clearance becomes norketamine, which has a volume
and one more behind it. Norketamine is carried in the mass of ketamine it came from, as in the published model.
"""

from dataclasses import dataclass, replace

import numpy as np

from sojourn.clinical.pharmacology.exponentials import Array, cubic_poles, quadratic_poles
from sojourn.clinical.pharmacology.parameters import model

KETAMINE_POLES = 3


@dataclass(frozen=True)
class Disposition:
    """Volumes in L and flows in L/h, each an array with one place a person."""

    v1: Array
    clearance: Array
    v2: Array
    q2: Array
    v3: Array
    q3: Array
    norketamine_v: Array
    norketamine_clearance: Array
    norketamine_v2: Array
    norketamine_q: Array

    @property
    def k2(self) -> Array:
        """Rate back from the second volume, per hour."""
        return self.q2 / self.v2

    @property
    def k3(self) -> Array:
        """Rate back from the third volume, per hour."""
        return self.q3 / self.v3

    @property
    def norketamine_k2(self) -> Array:
        """Rate back from norketamine's second volume, per hour."""
        return self.norketamine_q / self.norketamine_v2

    def ketamine_poles(self) -> tuple[Array, Array, Array]:
        """Give the three rates of ketamine, per hour, fastest first."""
        out, to2, to3 = self.clearance / self.v1, self.q2 / self.v1, self.q3 / self.v1
        return cubic_poles(
            a=out + to2 + to3 + self.k2 + self.k3,
            b=out * (self.k2 + self.k3) + to2 * self.k3 + to3 * self.k2 + self.k2 * self.k3,
            c=out * self.k2 * self.k3,
        )

    def norketamine_poles(self) -> tuple[Array, Array]:
        """Give the two rates of norketamine, per hour, fastest first."""
        out, to2 = self.norketamine_clearance / self.norketamine_v, self.norketamine_q / self.norketamine_v
        return quadratic_poles(total=out + to2 + self.norketamine_k2, product=out * self.norketamine_k2)

    def with_clearance(self, factor: float | Array) -> "Disposition":
        """Give the same person with another clearance of ketamine."""
        return replace(self, clearance=self.clearance * factor)


def disposition(*, weight_kg: Array, z: Array | None = None) -> Disposition:
    """Build S-ketamine's disposition. `z (n, 4)` are standard normal draws; without them, typical people."""
    otto = model("otto_2021")
    size = weight_kg / otto["reference_weight_kg"]
    volume, flow = size ** otto["volume_exponent"], size ** otto["flow_exponent"]
    draws = np.zeros((len(weight_kg), 4)) if z is None else z
    v1, clearance = _correlated(
        draws[:, 0],
        draws[:, 1],
        otto["variance_v1"],
        otto["variance_clearance"],
        otto["covariance_v1_clearance"],
    )
    v, norketamine_clearance = _correlated(
        draws[:, 2],
        draws[:, 3],
        otto["variance_norketamine_v"],
        otto["variance_norketamine_clearance"],
        otto["covariance_norketamine"],
    )
    return Disposition(
        v1=otto["v1_l"] * volume * v1,
        clearance=otto["clearance_l_per_h"] * flow * clearance,
        v2=otto["v2_l"] * volume,
        q2=otto["q2_l_per_h"] * flow,
        v3=otto["v3_l"] * volume,
        q3=otto["q3_l_per_h"] * flow,
        norketamine_v=otto["norketamine_v_l"] * volume * v,
        norketamine_clearance=otto["norketamine_clearance_l_per_h"] * flow * norketamine_clearance,
        norketamine_v2=otto["norketamine_v2_l"] * volume,
        norketamine_q=otto["norketamine_q_l_per_h"] * flow,
    )


def share_of_clearance_at(age_years: float) -> float:
    """Give the factor on clearance for age, a choice after perez-ruixo-2021, used only where asked for.

    >>> share_of_clearance_at(70), share_of_clearance_at(40)
    (0.9, 1.0)
    """
    otto = model("otto_2021")
    lost = otto["clearance_loss_per_year_over_60"] * max(0.0, age_years - 60)
    return max(otto["least_share_of_clearance"], 1 - lost)


def _correlated(
    first: Array, second: Array, variance1: float, variance2: float, covariance: float
) -> tuple[Array, Array]:
    """Turn two independent draws into two log-normal factors with that covariance of their logarithms."""
    sd1 = variance1**0.5
    along = covariance / sd1
    rest = (variance2 - along * along) ** 0.5
    return np.exp(sd1 * first), np.exp(along * first + rest * second)
