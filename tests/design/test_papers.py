"""A paper is a real, tagged PDF, and nothing in it is read as markup."""

import time
from dataclasses import replace

import pytest

from sojourn.design.papers.pdf import Paper, PaperLine, PaperSection, paper_pdf

PAPER = Paper(
    title="Session note",
    about="Ada Núñez, session 1",
    practice="Bay Practice",
    sections=(PaperSection("In short", (PaperLine("Dose", "56 mg", "event 12"), PaperLine("Sex", "", lacks="By hand"))),),
    headings=("What", "On record"),
    made_from="Made from 30 events.",
    seal="ab" * 32,
)  # fmt: skip


def with_words(words):
    return replace(PAPER, sections=(PaperSection("Notes", (PaperLine("10:40", words),)),))


def test_a_paper_is_tagged_and_claims_pdf_ua():
    made = paper_pdf(PAPER)
    assert made.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in made
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made


def test_the_same_paper_gives_the_same_bytes_and_another_value_others():
    assert paper_pdf(PAPER) == paper_pdf(PAPER)
    assert paper_pdf(with_words("165/92 mmHg")) != paper_pdf(with_words("165/93 mmHg"))


@pytest.mark.parametrize(
    "words", ["#panic()", "$x", "*b", '#read("/etc/passwd")', "[", "\\u{", "<label>", "`", "= H"]
)
def test_what_somebody_typed_is_never_read_as_markup(words):
    assert paper_pdf(with_words(words)).startswith(b"%PDF-")


@pytest.mark.parametrize("name", ["ليلى", "李娜", "Łukasz Żółć", "Ωmega", "O’Brien", "e\u0301", "😀"])
def test_a_name_in_any_script_can_be_set(name):
    made = paper_pdf(replace(PAPER, about=name))
    assert b"/StructTreeRoot" in made


def test_a_long_session_is_set_in_well_under_a_second():
    lines = tuple(PaperLine(f"10:{n:03}", "165/92 mmHg, heart rate 80/min", f"event {n}") for n in range(300))
    paper = replace(PAPER, sections=(PaperSection("What happened", lines),))
    paper_pdf(paper)
    fastest = min(_seconds(paper) for _ in range(3))
    assert fastest < 1


def _seconds(paper):
    began = time.perf_counter()
    paper_pdf(paper)
    return time.perf_counter() - began
