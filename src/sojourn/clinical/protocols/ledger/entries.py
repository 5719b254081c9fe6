"""One rule as it is read, whatever it is evaluated by."""

from dataclasses import dataclass

from sojourn.clinical.evidence import Basis, Citation
from sojourn.clinical.evidence.validity import Validity


@dataclass(frozen=True, slots=True)
class Where:
    """Where a rule applies, what it weighs there, and what that rests on."""

    label: str
    weight: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class Entry:
    """`is_followed`: a later version of the same rule takes over without a gap. `note`: who or what keeps it."""

    id: str
    family: str
    says: str
    patient_says: str
    where: tuple[Where, ...]
    citations: tuple[Citation, ...]
    validity: Validity
    unknown: str = ""
    would_change: str = ""
    examples: tuple[str, ...] = ()
    note: str = ""
    is_followed: bool = False

    @property
    def words(self) -> str:
        """Everything a search looks into, in lower case."""
        cited = (f"{each.source.title} {each.locator} {each.provenance}" for each in self.citations)
        told = (f"{each.label} {each.weight} {each.basis}" for each in self.where)
        parts = (
            self.id,
            self.family,
            self.says,
            self.patient_says,
            self.note,
            self.would_change,
            *cited,
            *told,
        )
        return " ".join(parts).lower()
