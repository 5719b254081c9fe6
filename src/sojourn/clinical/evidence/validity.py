"""Says where and since when a statement of the data files holds."""

from dataclasses import dataclass
from datetime import date

from sojourn.clinical.evidence.data_files import Table

VALIDITY_KEYS = ("version", "jurisdiction", "valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class Validity:
    """From `valid_from` to `valid_to`, both included; `version` names the wording."""

    version: str
    jurisdiction: str
    valid_from: date
    valid_to: date | None

    def is_in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


def read_validity(row: Table) -> Validity:
    """Read version, jurisdiction and dates of a row. Raise DataFileInvalid, also for dates in the wrong order."""
    if "valid_to" in row and row.day("valid_to") < row.day("valid_from"):
        raise row.refuse("valid_to", "give a day on or after `valid_from`")
    return Validity(
        version=row.text("version"),
        jurisdiction=row.text("jurisdiction"),
        valid_from=row.day("valid_from"),
        valid_to=row.day_or_none("valid_to"),
    )


def rows_with_defaults(
    table: Table, key: str, *, allowed: tuple[str, ...], required: tuple[str, ...]
) -> tuple[Table, ...]:
    """Give the rows of a file, each completed by the version, place and dates of its `[defaults]`."""
    defaults = table.table("defaults", allowed=VALIDITY_KEYS).values if "defaults" in table else {}
    rows = table.tables(key, allowed=(*VALIDITY_KEYS, *allowed), required=required)
    return tuple(Table(row.where, {**defaults, **row.values}) for row in rows)


def above_zero(row: Table, *keys: str) -> None:
    """Raise DataFileInvalid where a number of these keys that is present is not above zero."""
    for key in keys:
        if key in row and row.number(key) <= 0:
            raise row.refuse(key, "give a number above 0")
