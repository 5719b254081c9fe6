"""All instruments as one page of the reference, in Markdown."""

from collections.abc import Iterable

from sojourn.clinical.instruments.calendar import calendar
from sojourn.clinical.instruments.definition import Instrument
from sojourn.clinical.instruments.sheet import Sheet, Stated, sheet_of

HEAD = """# What is known: instruments

Made from the data files in `src/sojourn/clinical/instruments/` by `tools/reference`; do not edit it here.
Each statement names its source, the place in it, and how it is known: read, excerpt, *from memory* (to be read again
before it counts as verified) or *program policy* (nobody else says so). A blank is never zero, an answer that is not
offered is refused, bands round half-up, and a total is recomputed from its answers wherever there are any.
"""


def instruments_page(instruments: Iterable[Instrument]) -> str:
    """Write the page: contents, calendar, and a section for each instrument."""
    sheets = [sheet_of(instrument) for instrument in instruments]
    contents = "\n".join(f"- [{sheet.title}](#{_anchor(sheet.title)}): {sheet.measures}" for sheet in sheets)
    return "\n".join((HEAD, contents, "", _calendar(), *(_section(sheet) for sheet in sheets)))


def _anchor(title: str) -> str:
    kept = "".join(c for c in title.lower() if c.isalnum() or c in " -")
    return kept.replace(" ", "-")


def _calendar() -> str:
    known = calendar()
    lines = [
        "## Calendar",
        "",
        f"{known.tie} {known.link.says}",
        "",
        "| point | from | opens | closes | reminders |",
        "|---|---|---|---|---|",
    ]
    for point in known.points.values():
        days = ", ".join(map(str, point.on_days)) or "the instrument’s rhythm"
        reminders = ", ".join(f"day {day:+d}" for day in point.remind_on_days) or "none"
        lines.append(
            f"| {point.id} | {point.anchor}, day {days} | {point.opens_before.days} days before | "
            f"{point.closes_after.days} days after | {reminders} |"
        )
    return "\n".join((*lines, ""))


def _section(sheet: Sheet) -> str:
    lines = [f"## {sheet.title}", "", f"Measures {sheet.measures}.", "", "| | |", "|---|---|"]
    lines += [f"| {label} | {value} |" for label, value in sheet.facts]
    lines += ["", *(f"- {item}" for item in sheet.items)]
    for section in sheet.sections:
        lines += ["", f"**{section.title}**", "", *(f"- {_statement(one)}" for one in section.statements)]
    return "\n".join((*lines, ""))


def _statement(one: Stated) -> str:
    return f"{one.says} — {'; '.join(one.sources)}"
