"""The ledger as one page to read: docs/reference/rules.md."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from sojourn.clinical.protocols.ledger.entries import Entry, Where

HEAD = """# Rules

Every rule of the program, with its words for clinician and patient, what it weighs and where, what that rests on, its
source and how that source is known. Written from the data by `tools/reference`; do not edit it here.

A rule is *program policy* where no label, trial, guideline or law says so. *[from memory]* means that the place has to
be read again before it counts as verified; `./sojourn rules check` lists these, and what expires.
"""


def rules_page(entries: Iterable[Entry]) -> str:
    """Write the page; entries of one family stand together."""
    entries = tuple(entries)
    families = [(family, tuple(group)) for family, group in groupby(entries, key=lambda entry: entry.family)]
    return "\n".join(_lines(families)) + "\n"


def _lines(families: list[tuple[str, tuple[Entry, ...]]]) -> Iterator[str]:
    yield HEAD
    yield "| family | rules |"
    yield "|---|---|"
    for family, group in families:
        yield f"| {family} | {len(group)} |"
    for family, group in families:
        yield f"\n## {family}"
        for entry in group:
            yield from _entry(entry)


def _entry(entry: Entry) -> Iterator[str]:
    yield f"\n### {entry.id}\n"
    yield f"{entry.says}\n"
    yield f"> {entry.patient_says}\n"
    for weighed, group in groupby(entry.where, key=lambda where: (where.weight, where.basis)):
        yield f"- **{weighed[0]}** ({weighed[1]}): {_places(group)}"
    if entry.unknown:
        yield f"- Not known: {entry.unknown}"
    if entry.would_change:
        yield f"- Would change it: {entry.would_change}"
    if entry.note:
        yield f"- {entry.note}"
    for cited in entry.citations:
        yield f"- Source: {cited.in_words}"
    if entry.examples:
        yield f"- Examples: {'; '.join(entry.examples)}"
    yield f"- {_holds(entry)}"


def _places(group: Iterable[Where]) -> str:
    return ", ".join(each.label for each in group)


def _holds(entry: Entry) -> str:
    dates = f"from {entry.validity.valid_from.isoformat()}"
    if entry.validity.valid_to is not None:
        dates += f" to {entry.validity.valid_to.isoformat()}"
    return f"Version {entry.validity.version}, {entry.validity.jurisdiction}, {dates}"
