"""What always holds: statements of label, law and policy that are no question about one person."""

from dataclasses import dataclass
from functools import cache

from sojourn.clinical.evidence import Basis, Citation, read_citations, read_table
from sojourn.clinical.evidence.validity import Validity, read_validity, rows_with_defaults
from sojourn.clinical.protocols.questions import DATA
from sojourn.clinical.protocols.rules import Setting


@dataclass(frozen=True, slots=True)
class Statement:
    """`kept_by` says what in the program keeps it, or which person does."""

    id: str
    family: str
    says: str
    patient_says: str
    settings: tuple[Setting, ...]
    kept_by: str
    basis: Basis
    citations: tuple[Citation, ...]
    validity: Validity


@cache
def statements() -> tuple[Statement, ...]:
    """Give every statement, in the order of the file. Raises DataFileInvalid."""
    table = read_table(DATA / "standing.toml", allowed=("defaults",), required=("statement",))
    rows = rows_with_defaults(
        table,
        "statement",
        allowed=(),
        required=("id", "family", "says", "patient_says", "settings", "kept_by", "basis", "citations"),
    )
    for row in rows:
        named = set(row.texts("settings"))
        if not named or named - set(Setting):
            raise row.refuse("settings", f"name at least one of {', '.join(Setting)}, and nothing else")
    return tuple(
        Statement(
            id=row.text("id"),
            family=row.text("family"),
            says=row.text("says"),
            patient_says=row.text("patient_says"),
            settings=tuple(Setting(name) for name in row.texts("settings")),
            kept_by=row.text("kept_by"),
            basis=Basis(row.choice("basis", tuple(Basis))),
            citations=read_citations(row),
            validity=read_validity(row),
        )
        for row in rows
    )
