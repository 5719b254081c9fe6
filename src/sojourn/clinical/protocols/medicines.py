"""From the names on a medicine list to the classes that interact. A name that is not known is said to be unknown."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from sojourn.clinical.evidence import Citation, read_citations, read_table
from sojourn.clinical.protocols.conditions import NONE_OF_THESE
from sojourn.clinical.protocols.questions import DATA, question


@dataclass(frozen=True, slots=True)
class MedicineClass:
    """`id` is the answer to the question about medicines that the class stands for; names are in lower case."""

    id: str
    names: tuple[str, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class MedicinesRead:
    """`classes` that interact; `recognized` each known name with its classes; `not_recognized` the other names."""

    classes: frozenset[str]
    recognized: tuple[tuple[str, tuple[str, ...]], ...]
    not_recognized: tuple[str, ...]


def medicines_named(names: Iterable[str]) -> MedicinesRead:
    """Find the classes of each entry; strength and directions behind or before a name do not matter.

    An entry is known where it holds the name of a medicine as whole words: "Lorazepam 1 mg at night".
    """
    recognized: list[tuple[str, tuple[str, ...]]] = []
    unknown: list[str] = []
    for entry in names:
        found = _classes_in(entry)
        if found:
            recognized.append((entry, found))
        else:
            unknown.append(entry)
    classes = {each for _, found in recognized for each in found}
    return MedicinesRead(
        classes=frozenset(classes - {NONE_OF_THESE}),
        recognized=tuple(recognized),
        not_recognized=tuple(unknown),
    )


@cache
def medicine_classes() -> tuple[MedicineClass, ...]:
    """Give every class, in the order of the file. Raises DataFileInvalid."""
    table = read_table(DATA / "medicine_classes.toml", allowed=(), required=("class",))
    asked = question("medicines")
    allowed = [option.value for option in asked.options] if asked else []
    found = tuple(
        MedicineClass(row.choice("id", allowed), row.texts("names"), read_citations(row))
        for row in table.tables("class", allowed=(), required=("id", "names", "citations"))
    )
    for group in found:
        if not group.names:
            raise table.refuse(group.id, "list at least one name")
        for name in group.names:
            if name != name.lower():
                raise table.refuse(group.id, f"write {name} in lower case")
    return found


@cache
def _by_name() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for group in medicine_classes():
        for name in group.names:
            found[name] = (*found.get(name, ()), group.id)
    return MappingProxyType(found)


def _classes_in(entry: str) -> tuple[str, ...]:
    words = re.findall(r"[a-z0-9'-]+", entry.lower().replace("’", "'").replace("st. ", "st "))
    most = max(len(name.split()) for name in _by_name())
    found: dict[str, None] = {}
    for start in range(len(words)):
        for length in range(1, most + 1):
            found |= dict.fromkeys(_by_name().get(" ".join(words[start : start + length]), ()))
    return tuple(found)
