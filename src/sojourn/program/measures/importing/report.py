"""Tells what became of a file: a summary without any score for the terminal, and a private file with each refused row."""

import csv
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sojourn.program.measures.importing.counting import counted
from sojourn.program.measures.importing.reading import Reading
from sojourn.program.measures.importing.recording import Outcome
from sojourn.program.measures.importing.visits import Refusal
from sojourn.program.people.roster import SiteRow

NAMED_ON_TERMINAL = 100
FORMULA_SIGNS = ("=", "@", "\t", "\r", "+", "-")


def written_lines(reading: Reading, outcome: Outcome, site: SiteRow) -> Iterator[str]:
    """Write the summary, then each refused row by line, column and reason. Scores are left to the report file."""
    of = reading.import_map
    dry = outcome.dry_run
    rows = counted(reading.rows, "row")
    yield f"{rows} about {counted(len(reading.people), 'person', 'people')}, {of.source}, at {site.name}."
    scores = counted(outcome.new_scores, f"{of.instrument.title} score")
    yield f"{scores} {_were(outcome.new_scores, dry)} added; {outcome.known_scores:,} known already."
    people = counted(outcome.new_people, "person", "people")
    yield f"{people} {_were(outcome.new_people, dry)} added as imported research records."
    missing = counted(reading.missing, "row")
    gaps = counted(outcome.new_gaps, "gap")
    yield f"{missing} without a score; {gaps} {_were(outcome.new_gaps, dry)} noted for the charts."
    if reading.left_out:
        left_out = counted(reading.left_out, "row")
        yield f"{left_out} of visits the map leaves out, {reading.left_out_with_score:,} with a score."
    if reading.repeated:
        yield f"{counted(reading.repeated, 'row')} repeating what another row says."
    yield from reading.remarks
    if of.first_visit_on:
        yield f"Days are not the file's: each person's first visit was put on {of.first_visit_on}, as the map says."
    yield from _listed("refused", reading.refused)
    yield from _listed("in conflict with what is recorded", outcome.conflicts)
    if dry:
        yield "This was a dry run: no record was changed."


def write_report(path: Path, reading: Reading, outcome: Outcome) -> None:
    """Write each row that was not taken, with the value it holds, to a file that only its owner can read."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
        sheet = csv.writer(stream)
        sheet.writerow(("line", "what", "column", "value", "reason"))
        for what, rows in (("refused", reading.refused), ("conflict", outcome.conflicts)):
            for row in rows:
                sheet.writerow((row.line, what, row.column, _harmless(row.value), row.reason))


def _listed(what: str, rows: tuple[Refusal, ...]) -> Iterator[str]:
    if not rows:
        yield f"0 rows {what}."
        return
    yield f"{counted(len(rows), 'row')} {what}:"
    for reason, count in Counter(_kind(row.reason) for row in rows).most_common():
        yield f"  {count:>7,}  {reason}"
    for row in rows[:NAMED_ON_TERMINAL]:
        place = f"line {row.line}, {row.column}" if row.column else f"line {row.line}"
        yield f"    {place}: {row.reason}"
    if len(rows) > NAMED_ON_TERMINAL:
        yield f"    and {len(rows) - NAMED_ON_TERMINAL:,} more; the report names each."


def _were(number: int, dry: bool) -> str:  # noqa: FBT001 - one word of a sentence
    if dry:
        return "would be"
    return "was" if number == 1 else "were"


def _kind(reason: str) -> str:
    """Cut a reason down to what rows have in common."""
    return "contradicts another row" if reason.startswith("contradicts line") else reason


def _harmless(value: str) -> str:
    """Keep a spreadsheet from taking a cell of the file for a formula; numbers stay as they are."""
    if not value.startswith(FORMULA_SIGNS):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value
