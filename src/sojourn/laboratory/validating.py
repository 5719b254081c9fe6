"""`./sojourn pharmacology validate`: the model beside what was published, row by row."""

import sys
from collections.abc import Iterable
from textwrap import wrap

from sojourn.clinical.pharmacology.validation import Comparison, compare
from sojourn.clinical.pharmacology.version import VERSION

NOTE_WIDTH = 96
HEAD = f"{'row':<16}{'published':>10}{'predicted':>11}{'ratio':>7}  {'tolerance':<14}{'verdict':<8}{'sample':<7}what"


def validate(words: list[str]) -> int:
    """Print every row; returns 1 where a row fails. `--sources` adds notes and citations."""
    sys.stdout.write(
        f"Model {VERSION}. In-sample rows were used to choose or fit the model: they prove only the fit.\n\n"
    )
    sys.stdout.write(HEAD + "\n")
    done = []
    for comparison in compare():
        sys.stdout.writelines(line + "\n" for line in _lines(comparison, with_sources="--sources" in words))
        sys.stdout.flush()
        done.append(comparison)
    sys.stdout.write("\n" + _summed_up(done) + "\n")
    return 0 if all(comparison.holds for comparison in done) else 1


def _lines(comparison: Comparison, *, with_sources: bool) -> Iterable[str]:
    row = comparison.observation
    published = "-" if row.published is None else f"{row.published:g}"
    ratio = "-" if comparison.ratio is None else f"{comparison.ratio:.2f}"
    yield (
        f"{row.id:<16}{published:>10}{comparison.predicted:>11.4g}{ratio:>7}  {row.tolerance:<14}"
        f"{'holds' if comparison.holds else 'FAILS':<8}{'in' if row.in_sample else 'out':<7}{row.what} [{row.unit}]"
    )
    if with_sources or not comparison.holds:
        said = [row.note] if row.note else []
        said += [cited.in_words for cited in row.citations]
        for text in said:
            yield from (f"{'':<16}{line}" for line in wrap(text, NOTE_WIDTH))


def _summed_up(done: list[Comparison]) -> str:
    failing = [comparison.observation.id for comparison in done if not comparison.holds]
    outside = [comparison for comparison in done if not comparison.observation.in_sample]
    held_outside = sum(comparison.holds for comparison in outside)
    words = f"{len(done) - len(failing)} of {len(done)} rows hold; out of sample {held_outside} of {len(outside)}."
    return words + (f" Failing: {', '.join(failing)}." if failing else "")
