"""`./sojourn outcomes validate`: published figures and ours, side by side."""

import argparse
import csv
from pathlib import Path

from sojourn.clinical.outcomes.known_answers import DataSet, Verdict, judge, known_answers, ours

HEAD = ("data set", "quantity", "published", "ours", "difference", "verdict")
WIDTHS = (15, 52, 12, 12, 11, 7)


def validate(words: list[str]) -> int:
    """Print the table; 1 where a figure differs, 0 where all that could be computed agree."""
    parser = argparse.ArgumentParser(
        prog="sojourn outcomes validate",
        description="Compute published figures from their own data sets, and print them beside ours.",
    )
    parser.add_argument(
        "--data", type=Path, metavar="FOLDER", help="where the data sets lie (else shared/data beside here)"
    )
    folder = parser.parse_args(words).data or folder_beside(Path(__file__).resolve())
    print(_line(*HEAD))
    print(_line(*("-" * width for width in WIDTHS)))
    verdicts: list[Verdict] = []
    absent: list[DataSet] = []
    for data_set in known_answers():
        rows = rows_of(data_set, folder)
        if rows is None:
            absent.append(data_set)
            continue
        found = ours(data_set.id, rows)
        for answer in data_set.answers:
            verdict = judge(answer, found[answer.quantity])
            verdicts.append(verdict)
            print(_row(data_set, verdict))
    return _sum_up(verdicts, absent, folder)


def folder_beside(path: Path) -> Path | None:
    """Find a folder `shared/data` beside any folder above a path; None where there is none."""
    return next((at / "shared" / "data" for at in path.parents if (at / "shared" / "data").is_dir()), None)


def rows_of(data_set: DataSet, folder: Path | None) -> list[dict[str, str]] | None:
    """Read a data set's rows; none are needed where counts are given in the text. None where the file is absent."""
    if data_set.file is None:
        return []
    if folder is None or not (folder / data_set.file).is_file():
        return None
    with (folder / data_set.file).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _sum_up(verdicts: list[Verdict], absent: list[DataSet], folder: Path | None) -> int:
    differ = [verdict for verdict in verdicts if not verdict.agrees]
    print(f"\n{len(verdicts)} figures: {len(verdicts) - len(differ)} agree, {len(differ)} differ.")
    for data_set in absent:
        print(f"Not checked: {data_set.title}. {data_set.file} is not in {folder or 'any shared/data here'}.")
    print("Each figure's origin and tolerance: src/sojourn/clinical/outcomes/data/known_answers.toml")
    return 1 if differ else 0


def _row(data_set: DataSet, verdict: Verdict) -> str:
    return _line(
        data_set.id,
        verdict.answer.quantity,
        f"{verdict.answer.published:.8g}",
        f"{verdict.ours:.8g}",
        f"{verdict.difference:+.2g}" if verdict.difference else "0",
        "agrees" if verdict.agrees else "DIFFERS",
    )


def _line(*cells: str) -> str:
    first = [f"{cell:<{width}}" for cell, width in zip(cells[:2], WIDTHS[:2], strict=True)]
    rest = [f"{cell:>{width}}" for cell, width in zip(cells[2:5], WIDTHS[2:5], strict=True)]
    return "  ".join([*first, *rest, cells[5]]).rstrip()
