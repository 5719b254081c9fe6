"""Reads data files strictly: what is not understood is refused, with the file, the key and the remedy."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources.abc import Traversable
from math import isfinite
from typing import TypeVar

Value = TypeVar("Value")


class DataFileInvalid(Exception):
    """A data file breaks its own rules. The message names the file, the key and what to do."""


@dataclass(frozen=True)
class Table:
    """One TOML table that knows where it stands, so that each refusal can say so."""

    where: str
    values: Mapping[str, object]

    def refuse(self, key: str, remedy: str) -> DataFileInvalid:
        """Build the error for a key of this table; the caller raises it."""
        return DataFileInvalid(f"{self.where}: `{key}`: {remedy}")

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def text(self, key: str) -> str:
        """Give a text that is not blank."""
        value = self._typed(key, str, "give a text in quotes")
        if not value.strip():
            raise self.refuse(key, "give a text that is not blank")
        return value

    def text_or_none(self, key: str) -> str | None:
        """Give a text, or None where the key is absent."""
        return self.text(key) if key in self.values else None

    def choice(self, key: str, allowed: Collection[str]) -> str:
        """Give one of the allowed words."""
        value = self.text(key)
        if value not in allowed:
            raise self.refuse(key, f"use one of {', '.join(allowed)}")
        return value

    def whole(self, key: str) -> int:
        """Give a whole number."""
        value = self._typed(key, int, "give a whole number")
        if isinstance(value, bool):
            raise self.refuse(key, "give a whole number")
        return value

    def whole_or_none(self, key: str) -> int | None:
        """Give a whole number, or None where the key is absent."""
        return self.whole(key) if key in self.values else None

    def number(self, key: str) -> float:
        """Give a number, whole or not."""
        value = self._typed(key, object, "give a number")
        if not isinstance(value, int | float) or isinstance(value, bool) or not isfinite(value):
            raise self.refuse(key, "give a number")
        return value

    def number_or_none(self, key: str) -> float | None:
        """Give a number, or None where the key is absent."""
        return self.number(key) if key in self.values else None

    def flag(self, key: str) -> bool:
        """Give true or false."""
        return self._typed(key, bool, "give true or false")

    def day(self, key: str) -> date:
        """Give a calendar day."""
        value = self._typed(key, date, "give a day such as 2026-11-23")
        if isinstance(value, datetime):
            raise self.refuse(key, "give a day without a time, such as 2026-11-23")
        return value

    def day_or_none(self, key: str) -> date | None:
        """Give a calendar day, or None where the key is absent."""
        return self.day(key) if key in self.values else None

    def texts(self, key: str) -> tuple[str, ...]:
        """Give a list of texts, each not blank; empty where the key is absent."""
        found = self._list(key, "give a list of texts")
        if not all(isinstance(value, str) and value.strip() for value in found):
            raise self.refuse(key, "give a list of texts that are not blank")
        return tuple(str(value) for value in found)

    def wholes(self, key: str) -> tuple[int, ...]:
        """Give a list of whole numbers; empty where the key is absent."""
        found = self._list(key, "give a list of whole numbers")
        if not all(isinstance(value, int) and not isinstance(value, bool) for value in found):
            raise self.refuse(key, "give a list of whole numbers")
        return tuple(value for value in found if isinstance(value, int))

    def table(self, key: str, *, allowed: Collection[str], required: Collection[str] = ()) -> "Table":
        """Give the table under the key, checked."""
        value = self._typed(key, dict, "give a table")
        return checked_table(f"{self.where} [{key}]", value, allowed=allowed, required=required)

    def tables(
        self, key: str, *, allowed: Collection[str], required: Collection[str] = ()
    ) -> tuple["Table", ...]:
        """Give the list of tables under the key, each checked; empty where the key is absent."""
        found: list[Table] = []
        for place, value in enumerate(self._list(key, "give a list of tables"), 1):
            if not isinstance(value, dict):
                raise self.refuse(key, "give a list of tables")
            name = value.get("id", place)
            found.append(
                checked_table(f"{self.where} [{key} {name}]", value, allowed=allowed, required=required)
            )
        return tuple(found)

    def _list(self, key: str, remedy: str) -> list[object]:
        return self._typed(key, list, remedy) if key in self.values else []

    def _typed(self, key: str, kind: type[Value], remedy: str) -> Value:
        if key not in self.values:
            raise self.refuse(key, f"is missing: {remedy}")
        value = self.values[key]
        if not isinstance(value, kind):
            raise self.refuse(key, remedy)
        return value


def checked_table(
    where: str,
    values: Mapping[str, object],
    *,
    allowed: Collection[str],
    required: Collection[str] = (),
) -> Table:
    """Wrap a table after refusing every key outside `allowed` and every absent key of `required`.

    Required keys need not be repeated in `allowed`.
    """
    table = Table(where, values)
    known = {*allowed, *required}
    for key in values:
        if key not in known:
            raise table.refuse(key, f"is not known here; use {', '.join(sorted(known))}, or remove it")
    for key in required:
        if key not in values:
            raise table.refuse(key, "is missing; add it")
    return table


def read_table(path: Traversable, *, allowed: Collection[str], required: Collection[str] = ()) -> Table:
    """Read one TOML file as a checked table. Raise DataFileInvalid for bad TOML, unknown or missing keys.

    A byte order mark, which some editors put first, is passed over.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise DataFileInvalid(f"{path.name}: is not UTF-8 text; save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise DataFileInvalid(f"{path.name}: is not valid TOML ({error}); correct that line") from error
    return checked_table(path.name, values, allowed=allowed, required=required)


def toml_files(folder: Traversable) -> tuple[Traversable, ...]:
    """List the TOML files of a data folder by name."""
    return tuple(sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name))
