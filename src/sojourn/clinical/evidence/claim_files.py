"""Reads claim cards. A number typed into a text, a missing source, grade or date stops the build."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources.abc import Traversable

from sojourn.clinical.evidence.claims import Claim, Counter, Figure, Speaker, Strength, Topic, Verdict
from sojourn.clinical.evidence.data_files import Table, read_table, toml_files
from sojourn.clinical.evidence.figures import read_figures
from sojourn.clinical.evidence.sources import CITATION_KEYS, DATA, read_citation, read_citations

CLAIMS = DATA / "claims"
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
TYPED_NUMBER = re.compile(r"(?<![\w-])\d")  # the 9 of PHQ-9 is a name, not a number


class UnknownClaim(KeyError):
    """No card has that id."""


@cache
def claims() -> Mapping[str, Claim]:
    """Give every card by id, the article's claims first, in their order. Raise DataFileInvalid."""
    return read_claims(toml_files(CLAIMS))


def claim(claim_id: str) -> Claim:
    """Find one card. Raise UnknownClaim."""
    try:
        return claims()[claim_id]
    except KeyError:
        raise UnknownClaim(claim_id) from None


def read_claims(paths: Iterable[Traversable]) -> dict[str, Claim]:
    """Read files of cards. Raise DataFileInvalid."""
    found: dict[str, Claim] = {}
    numbers: set[int] = set()
    for path in paths:
        for row in read_table(path, allowed=(), required=("claim",)).tables(
            "claim",
            allowed=("number", "counter", "figure", "quoted", "reviewed_by"),
            required=(
                "id", "topic", "title", "claim", "verdict", "truth", "strength", "because", "speaker", "citations",
                "checked_on", "review_by",
            ),
        ):  # fmt: skip
            card = _claim_from(row)
            if card.id in found:
                raise row.refuse("id", f"{card.id} stands twice; give each card one id")
            if card.number in numbers:
                raise row.refuse(
                    "number", f"{card.number} stands twice; number each claim of the article once"
                )
            numbers |= {card.number} if card.number else set()
            found[card.id] = card
    last = len(found) + max(numbers, default=0)
    return dict(sorted(found.items(), key=lambda item: item[1].number or last))


def _claim_from(row: Table) -> Claim:
    figures = read_figures(row)
    counter = row.tables("counter", allowed=(), required=("says", *CITATION_KEYS))
    truth, because = filled(row, "truth", figures), filled(row, "because", figures)
    against = tuple(
        Counter(says=filled(each, "says", figures), citation=read_citation(each)) for each in counter
    )
    _refuse_unused(row, figures, (row.text("truth"), row.text("because"), *(c.text("says") for c in counter)))
    if row.day("review_by") <= row.day("checked_on"):
        raise row.refuse("review_by", "give a day after `checked_on`")
    return Claim(
        id=row.text("id"),
        number=row.whole_or_none("number"),
        topic=Topic(row.choice("topic", tuple(Topic))),
        title=row.text("title"),
        claim=row.text("claim"),
        verdict=Verdict(row.choice("verdict", tuple(Verdict))),
        truth=truth,
        strength=Strength(row.choice("strength", tuple(Strength))),
        because=because,
        speaker=Speaker(row.choice("speaker", tuple(Speaker))),
        citations=read_citations(row),
        counter=against,
        figures=figures,
        checked_on=row.day("checked_on"),
        review_by=row.day("review_by"),
        reviewed_by=row.text_or_none("reviewed_by") or "",
    )


def _refuse_unused(row: Table, figures: Iterable[Figure], texts: Iterable[str]) -> None:
    unused = {figure.name for figure in figures} - {
        name for text in texts for name in PLACEHOLDER.findall(text)
    }
    if unused:
        raise row.refuse("figure", f"{', '.join(sorted(unused))} stands in no text; use it or remove it")


def filled(row: Table, key: str, figures: Iterable[Figure]) -> str:
    """Put figures into a text. A number that was typed, or a figure that is not there, is refused."""
    text = " ".join(row.text(key).split())
    if typed := TYPED_NUMBER.search(text):
        near = text[max(0, typed.start() - 12) : typed.start() + 12]
        raise row.refuse(key, f"a number is typed (near “{near}”); add it under `figure` or `quoted`")
    known = {figure.name: figure.reads for figure in figures}
    for name in PLACEHOLDER.findall(text):
        if name not in known:
            raise row.refuse(key, f"{{{name}}} is not among the figures of this card; add it")
    return PLACEHOLDER.sub(lambda match: known[match.group(1)], text)
