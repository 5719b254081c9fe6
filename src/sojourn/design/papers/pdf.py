"""Sets a document as a tagged PDF (PDF/UA-1). What it says is handed over as data and is never read as markup."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from importlib.resources import as_file, files
from typing import Any, Literal

import typst

DESIGN = files("sojourn.design")
FONTS = DESIGN / "static" / "vendor" / "fonts"


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One line: what, what is on record, and in small print which events say so. `lacks`: why nothing is said."""

    label: str
    says: str
    cites: str = ""
    lacks: str = ""


@dataclass(frozen=True, slots=True)
class PaperSection:
    """Lines under one heading."""

    title: str
    lines: tuple[PaperLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """Everything that is printed. `mark` stands at the head of each page, for invented data.

    `boxes` is said only where a letter cannot be printed and stands as a box.
    """

    title: str
    about: str
    practice: str
    sections: tuple[PaperSection, ...]
    headings: tuple[str, str]
    made_from: str
    seal: str
    source: str = ""
    mark: str = ""
    boxes: str = ""


def paper_pdf(paper: Paper) -> bytes:
    """Set a paper. The same paper gives the same bytes: no clock is read.

    A letter that the fonts of Sojourn lack (Chinese) is taken from a font of the machine. Where that has none either, the
    PDF is tagged all the same and says so, but does not claim PDF/UA-1, which asks that every letter can be shown.
    """
    told = {name.replace("_", "-"): value for name, value in asdict(replace(paper, boxes="")).items()}
    for fonts_of_the_machine in (False, True):
        try:
            return _set(told, standard="ua-1", fonts_of_the_machine=fonts_of_the_machine)
        except typst.TypstError as refused:
            if "could not be displayed" not in str(refused):
                raise
    return _set(told | {"boxes": paper.boxes}, standard=None, fonts_of_the_machine=True)


def _set(told: Mapping[str, Any], *, standard: Literal["ua-1"] | None, fonts_of_the_machine: bool) -> bytes:
    with as_file(DESIGN / "papers" / "paper.typ") as layout, as_file(FONTS) as fonts:
        made: bytes = typst.compile(
            layout,
            format="pdf",
            font_paths=[fonts],
            ignore_system_fonts=not fonts_of_the_machine,
            sys_inputs={"paper": json.dumps(told)},
            pdf_standards=standard,
            timestamp=0,
        )
    return made
