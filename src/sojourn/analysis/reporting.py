"""`./sojourn outcomes FILE.csv`: one table in, one page out."""

import argparse
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django
import numpy as np

django.setup()  # the page is drawn with the pages' own templates

# These need Django set up, so they stand below.
from sojourn import __version__  # noqa: E402
from sojourn.analysis.guessing import guessed_map  # noqa: E402
from sojourn.analysis.missing_made_worse import in_short  # noqa: E402
from sojourn.analysis.page import page_of  # noqa: E402
from sojourn.analysis.reading import TableRead, points, read_table  # noqa: E402
from sojourn.analysis.remarks import remarks_on  # noqa: E402
from sojourn.analysis.table_map import MapUnusable, TableMap, read_map, yardstick  # noqa: E402
from sojourn.clinical.outcomes.practice import ClaimCard, Definition, Window, claim_card  # noqa: E402
from sojourn.clinical.outcomes.reports import Report, Yardstick, report_on  # noqa: E402
from sojourn.clinical.quantities import how_many  # noqa: E402
from sojourn.program.measures.importing.progress import Progress  # noqa: E402
from sojourn.program.measures.importing.score_file import FileUnusable, open_scores  # noqa: E402

SEED = 20_260_101
PARTS = 4


def report(words: list[str]) -> int:
    """Read the table, compute, write the page; 2 where the table or the map cannot be used."""
    asked = _asked(words)
    try:
        table_map, scale = _map_and_scale(asked)
        today = datetime.now(tz=UTC).date()
        size = asked.file.stat().st_size if asked.file.is_file() else 0
        reading = Progress(sys.stderr, "Reading", size)
        read = read_table(asked.file, table_map, scale, today=today, tell=reading.tell)
        reading.end()
        primary = _primary(asked.at or table_map.primary, read)
    except (MapUnusable, FileUnusable) as unusable:
        print(unusable, file=sys.stderr)
        return 2
    found = _computed(read, scale, primary, table_map) if primary and read.people else None
    cards = _cards(found, scale, read, asked.author) if found else ()
    page = page_of(
        read=replace(read, remarks=(*read.remarks, *remarks_on(read, scale, found))),
        report=found,
        cards=cards,
        yardstick=scale,
        facts=_facts(asked, table_map, read, scale, primary),
    )
    out = asked.out or asked.file.with_suffix(".outcomes.html")
    out.write_text(page, encoding="utf-8")
    _say(read, cards, found, out)
    return 0


def _asked(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="sojourn outcomes", description="Report on a table of scores, with the missing people in."
    )
    parser.add_argument("file", type=Path, metavar="FILE.csv")
    parser.add_argument(
        "--instrument", metavar="ID", help="phq-9, gad-7, ...; or describe [scale] in the map"
    )
    parser.add_argument("--map", type=Path, metavar="MAP.toml", help="what the columns mean")
    parser.add_argument("--at", metavar="VISIT", help="the visit of the headline; the last one if left out")
    parser.add_argument("--author", default="", metavar="NAME", help="who stands behind the report")
    parser.add_argument("--out", type=Path, metavar="REPORT.html")
    return parser.parse_args(words)


def _map_and_scale(asked: argparse.Namespace) -> tuple[TableMap, Yardstick]:
    if asked.map:
        table_map, table = read_map(asked.map)
        return table_map, yardstick(asked.instrument, table)
    scale = yardstick(asked.instrument, None)
    return guessed_map(open_scores(asked.file, ()).header, scale.id), scale


def _primary(wanted: str | None, read: TableRead) -> Window | None:
    if wanted is None:
        return read.visits[-1] if read.visits else None
    found = next((visit for visit in read.visits if visit.id == wanted), None)
    if found is None:
        known = ", ".join(visit.id for visit in read.visits) or "none"
        raise MapUnusable(f"There is no visit {wanted!r} after the first day. The visits are: {known}.")
    return found


def _computed(read: TableRead, scale: Yardstick, primary: Window, table_map: TableMap) -> Report:
    progress = Progress(sys.stderr, "Computing", PARTS)
    done = iter(range(PARTS + 1))
    found = report_on(
        people=read.people,
        yardstick=scale,
        visits=read.visits,
        primary=primary,
        as_of=read.as_of,
        rng=np.random.default_rng(SEED),
        baseline_within=timedelta(days=table_map.baseline_within_days),
        tell=lambda _: progress.tell(next(done)),
    )
    progress.end()
    return found


def _cards(found: Report, scale: Yardstick, read: TableRead, author: str) -> tuple[ClaimCard, ...]:
    """One card for each group at the primary visit; none where response has no meaning on the scale."""
    floor = "any" if scale.baseline_at_least is None else points(scale.baseline_at_least)
    cards = tuple(
        claim_card(
            definition=Definition(
                instrument=scale.id,
                instrument_hash=scale.definition_hash,
                outcome=f"fell by {scale.response_percent} % or more",
                population=f"everybody in the table (sha256 {read.file_hash[:12]})"
                + (f" in the group {each.group}" if each.group else ""),
                baseline_at_least=floor,
                window=each.visit,
            ),
            chain=each.response,
            as_of=read.as_of,
            software=__version__,
            author=author or "not named",
        )
        for each in found.at_primary()
        if each.response is not None
    )
    return tuple(replace(card, comparison=_comparison(card, cards)) for card in cards)


def _comparison(card: ClaimCard, cards: tuple[ClaimCard, ...]) -> str:
    """Set the other groups beside a card, counted the same way; alone it keeps its own words."""
    others = [f"{other.chain.met} of {other.chain.due}" for other in cards if other is not card]
    if not others:
        return card.comparison
    return (
        f"In the other {'group' if len(others) == 1 else 'groups'}, with the missing counted as not: {', '.join(others)}. "
        "How people came into their groups is not known here."
    )


def _facts(
    asked: argparse.Namespace, table_map: TableMap, read: TableRead, scale: Yardstick, primary: Window | None
) -> dict[str, str]:
    moment = f"visit {table_map.visit}" if table_map.visit else f"day {table_map.day}" if table_map.day else (
        f"date {table_map.date}" if table_map.date else "a column for each visit"
    )  # fmt: skip
    return {
        "Table": table_map.study or asked.file.name,
        "Columns": f"patient {table_map.patient}, {moment}, score {table_map.score or 'in each'}"
        + (f", group {table_map.group}" if table_map.group else ", no group"),
        "Visits": "; ".join(f"{v.id} (day {v.opens} to {v.closes})" for v in read.visits) or "none",
        "Headline at": primary.id if primary else "no visit",
        "Baseline": f"column {table_map.baseline}"
        if table_map.baseline
        else f"last score on or up to {table_map.baseline_within_days} days before the first day",
        "Data cut": read.cut_says + (f", {read.as_of:%b} {read.as_of.day}, {read.as_of.year}" if table_map.date else ""),
        "Table, sha256": read.file_hash,
        "Definition, sha256": scale.definition_hash,
        "Software": __version__,
        "Seed of imputation": str(SEED),
    }  # fmt: skip


def _say(read: TableRead, cards: tuple[ClaimCard, ...], found: Report | None, out: Path) -> None:
    print(
        f"{how_many(len(read.people), 'person', 'people')}, {how_many(read.scores, 'score')} counted, "
        f"{read.missing} missing, {len(read.set_aside)} set aside, {read.repeated} repeated."
    )
    for card in cards:
        print(f"{card.definition.population}: {card.headline}")
    for sentence in in_short(found.what_if) if found else ():
        print(sentence)
    print(f"Written to {out}")
