"""What this program has decided for itself, where no label, trial, guideline or law says a number."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from sojourn.clinical.evidence import Basis, Citation, Table, read_citations, read_table
from sojourn.clinical.evidence.validity import Validity, above_zero, read_validity, rows_with_defaults
from sojourn.clinical.protocols.questions import DATA
from sojourn.clinical.protocols.thresholds import Adopted, Threshold, ThresholdRefused

REQUIRED = ("id", "says", "patient_says", "minutes", "basis", "citations")
OF_THE_PRACTICE = ("measure", "from_minutes", "to_minutes")


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
    threshold: Threshold | None = None  # the number of minutes, where the practice may set it


@cache
def policies() -> tuple[Policy, ...]:
    """Give every policy, in the order of the file."""
    table = read_table(DATA / "policies.toml", allowed=("defaults",), required=("policy",))
    rows = rows_with_defaults(table, "policy", allowed=OF_THE_PRACTICE, required=REQUIRED)
    return tuple(_policy_from(row) for row in rows)


def policy(policy_id: str) -> Policy:
    """Find one policy. Raises UnknownPolicy."""
    for known in policies():
        if known.id == policy_id:
            return known
    raise UnknownPolicy(policy_id)


def policy_thresholds() -> tuple[Threshold, ...]:
    """Give every length of time a practice may set, in minutes."""
    return tuple(known.threshold for known in policies() if known.threshold is not None)


def refuse_policy(wanted: Adopted) -> None:
    """Raise ThresholdRefused where the practice may not set this length of time so."""
    threshold = next((each for each in policy_thresholds() if each.key == wanted.key), None)
    why = f"{wanted.rule_id} has no such number that a practice may set."
    if threshold is not None:
        why = threshold.why_not(wanted.limit)
    if why:
        raise ThresholdRefused(why)


def _policy_from(row: Table) -> Policy:
    above_zero(row, "minutes", "from_minutes", "to_minutes")
    if any(key in row for key in OF_THE_PRACTICE) and not all(key in row for key in OF_THE_PRACTICE):
        raise row.refuse("measure", "give `measure`, `from_minutes` and `to_minutes`, or none of them")
    validity = read_validity(row)
    return Policy(
        id=row.text("id"),
        says=row.text("says"),
        patient_says=row.text("patient_says"),
        within=timedelta(minutes=row.whole("minutes")),
        basis=Basis(row.choice("basis", tuple(Basis))),
        citations=read_citations(row),
        validity=validity,
        threshold=_threshold_from(row, validity) if "measure" in row else None,
    )


def _threshold_from(row: Table, validity: Validity) -> Threshold:
    low, high = row.whole("from_minutes"), row.whole("to_minutes")
    if not low <= row.whole("minutes") <= high:
        raise row.refuse("minutes", "give a length between `from_minutes` and `to_minutes`")
    return Threshold(
        rule_id=f"POLICY-{row.text('id')}",
        rule_version=validity.version,
        says=row.text("says"),
        fact="minutes",
        measure=row.text("measure"),
        unit="minutes",
        relation="above",
        limit=row.whole("minutes"),
        low=low,
        high=high,
        only_stricter=False,
    )
