"""A finished report as one long table, for CSV, Parquet and PDF: each number with the part, window and group it is of."""

import csv
import io
from collections.abc import Iterator
from typing import Any, NamedTuple

from sojourn.clinical.outcomes.practice import ClaimCard
from sojourn.clinical.quantities import how_many
from sojourn.design.papers.pdf import Paper, PaperLine, PaperSection
from sojourn.program.results.reporting import ReportRow
from sojourn.workspace.results.exports import rows_of_card
from sojourn.workspace.results.parquet import Kind, parquet


class Cell(NamedTuple):
    """One number, or words where there is none."""

    part: str
    window: str
    of: str
    what: str
    value: float | None
    says: str | None = None


COLUMNS = ("part", "window", "of", "what", "value", "says")


def cells_of(row: ReportRow, card: ClaimCard, sites: dict[str, str]) -> list[Cell]:
    """Lay the card and everything that was found out in one order."""
    assert row.found is not None
    found = row.found
    cells = [Cell("card", "", "", name, None, value) for name, value in rows_of_card(card.as_json())]
    cells.append(Cell("card", "", "", "hash of this card", None, card.hash))
    for each in found["windows"]:
        cells += [
            Cell("counts", each["window"], "", name, float(n)) for name, n in each.items() if name != "window"
        ]
    for each in found["missing by baseline severity"]:
        cells += [
            Cell("missing", each["window"], each["baseline"], name, float(each[name]))
            for name in ("answered", "missing")
        ]
    cells += _estimates("change", found["change"], "visits", "window")
    cells += _estimates("imputed", found["imputed"], "by penalty", "penalty")
    if rate := found["imputed"].get("rate"):
        cells += _estimates("imputed rate", rate, "by penalty", "penalty")
    cells += _curve(found["time in response"])
    cells += _sites(found["case mix"], sites)
    cells += [Cell("harms", "", "", name, float(n)) for name, n in found["harms"].items()]
    return cells


def as_csv(cells: list[Cell]) -> bytes:
    """Write the table as CSV; numbers as Python writes them, so that none is rounded twice."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(("" if value is None else value for value in cell) for cell in cells)
    return stream.getvalue().encode()


def as_parquet(cells: list[Cell], card: ClaimCard) -> bytes:
    """Write the table as Parquet, with the card in the file's own notes."""
    return parquet(
        [
            (name, Kind.NUMBER if name == "value" else Kind.WORDS, [getattr(cell, name) for cell in cells])
            for name in COLUMNS
        ],
        about={"claim card": card.as_json(), "claim card hash": card.hash},
    )


def as_paper(cells: list[Cell], card: ClaimCard, *, practice: str, mark: str) -> Paper:
    """Set the table as a document: the card first, then each part."""
    sections = []
    for part in dict.fromkeys(cell.part for cell in cells):
        lines = [
            PaperLine(label=" · ".join(filter(None, (cell.window, cell.of, cell.what))), says=_words(cell), lacks="unknown")
            for cell in cells if cell.part == part
        ]  # fmt: skip
        sections.append(PaperSection(part.capitalize(), tuple(lines)))
    return Paper(
        title="Results, with the missing people in",
        about=card.headline,
        practice=practice,
        sections=tuple(sections),
        headings=("What", "Value"),
        made_from=f"Definition {card.definition.hash[:16]}, software {card.software}",
        seal=card.hash,
        mark=mark,
    )


def _words(cell: Cell) -> str:
    return cell.says or "" if cell.value is None else f"{cell.value:g}"


def _estimates(part: str, found: dict[str, Any], rows: str, key: str) -> Iterator[Cell]:
    if "unsaid" in found:
        yield Cell(part, "", "", "not said", None, found["unsaid"])
        return
    for name, value in found.items():
        if name != rows and not isinstance(value, list | dict):
            number = isinstance(value, int | float)
            yield Cell(part, "", "", name, float(value) if number else None, None if number else value)
    for each in found[rows]:
        window = each[key] if key == "window" else ""
        of = "" if key == "window" else f"{how_many(each[key], 'point')} worse"
        for name in ("value", "error", "low", "high", "freedom"):
            if name in each:
                yield Cell(part, window, of, name, each[name])


def _curve(found: dict[str, Any]) -> Iterator[Cell]:
    part = "time in response"
    if "unsaid" in found:
        yield Cell(part, "", "", "not said", None, found["unsaid"])
        return
    yield Cell(part, "", "", "people", float(found["people"]))
    yield Cell(
        part,
        "",
        "",
        "median days",
        found["median"],
        None if found["median"] is not None else "more than half stayed",
    )
    for day, share, low, high in found["steps"]:
        for name, value in (("share", share), ("low", low), ("high", high)):
            yield Cell(part, "", f"day {day:g}", name, value)
    for day, n in found["at_risk"]:
        yield Cell(part, "", f"day {day:g}", "still followed", float(n))


def _sites(found: dict[str, Any], sites: dict[str, str]) -> Iterator[Cell]:
    """By site; prescribers are not named outside the practice's own pages."""
    if "unsaid" in found:
        yield Cell("case mix", "", "", "not said", None, found["unsaid"])
        return
    sums: dict[str, dict[str, float]] = {}
    for unit in found["units"]:
        of_site = sums.setdefault(unit["site"], {"due": 0.0, "met": 0.0, "expected": 0.0})
        for name in of_site:
            of_site[name] += unit[name]
    for site, values in sorted(sums.items()):
        for name, value in values.items():
            yield Cell("case mix", "", sites.get(site, site), name, round(value, 6))
