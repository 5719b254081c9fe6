"""What this program has decided for itself, where no label, trial, guideline or law says a number."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from sojourn.clinical.evidence import Basis, Citation, read_citations, read_table
from sojourn.clinical.evidence.validity import Validity, above_zero, read_validity, rows_with_defaults
from sojourn.clinical.protocols.questions import DATA


class UnknownPolicy(KeyError):
    """No policy has that id."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A length of time the program sets. It is shown as program policy, never as a guideline."""

    id: str
    says: str
    patient_says: str
    within: timedelta
    basis: Basis
    citations: tuple[Citation, ...]
    validity: Validity


@cache
def policies() -> tuple[Policy, ...]:
    """Give every policy, in the order of the file."""
    table = read_table(DATA / "policies.toml", allowed=("defaults",), required=("policy",))
    rows = rows_with_defaults(
        table, "policy", allowed=(), required=("id", "says", "patient_says", "minutes", "basis", "citations")
    )
    for row in rows:
        above_zero(row, "minutes")
    return tuple(
        Policy(
            id=row.text("id"),
            says=row.text("says"),
            patient_says=row.text("patient_says"),
            within=timedelta(minutes=row.whole("minutes")),
            basis=Basis(row.choice("basis", tuple(Basis))),
            citations=read_citations(row),
            validity=read_validity(row),
        )
        for row in rows
    )


def policy(policy_id: str) -> Policy:
    """Find one policy. Raises UnknownPolicy."""
    for known in policies():
        if known.id == policy_id:
            return known
    raise UnknownPolicy(policy_id)
