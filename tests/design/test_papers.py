"""A paper is a real, tagged PDF, and nothing in it is read as markup."""

import io
import time
from dataclasses import replace

import pypdf
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


def structure(made):
    """The tags of a PDF in reading order with their depth, as another library reads them."""
    root = pypdf.PdfReader(io.BytesIO(made)).trailer["/Root"]
    found = []

    def walk(element, depth):
        if isinstance(element, int) or element is None:
            return
        element = element.get_object()
        if isinstance(element, list):
            for each in element:
                walk(each, depth)
            return
        if "/S" in element:
            found.append((depth, str(element["/S"]).lstrip("/"), element))
        walk(element.get("/K"), depth + 1)

    walk(root["/StructTreeRoot"].get("/K"), 0)
    return root, found


def test_another_library_finds_the_tags_the_language_and_the_title():
    made = paper_pdf(PAPER)
    root, found = structure(made)
    assert bool(root["/MarkInfo"]["/Marked"])
    assert root["/Lang"].startswith("en")
    assert bool(root["/ViewerPreferences"]["/DisplayDocTitle"])
    assert pypdf.PdfReader(io.BytesIO(made)).metadata.title == PAPER.title
    tags = [tag for _depth, tag, _element in found]
    assert tags.count("H1") == 1
    assert tags.index("H1") < tags.index("H2") < tags.index("Table") < tags.index("TD")
    assert tags.count("TH") == 2
    assert tags.count("TR") == 3
    for _depth, tag, element in found:
        if tag == "Figure":
            assert element.get("/Alt")


def test_the_words_stand_on_the_page_in_the_order_in_which_they_are_read():
    text = pypdf.PdfReader(io.BytesIO(paper_pdf(PAPER))).pages[0].extract_text()
    told = ["Session note", "Ada Núñez", "In short", "Dose", "56 mg", "event 12", "By hand"]
    places = [text.index(each) for each in told]
    assert places == sorted(places)


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


def words_of(paper):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper_pdf(paper))).pages]


def test_a_letter_that_no_font_has_is_not_left_out_in_silence():
    told = replace(PAPER, boxes="A letter stands as a box.")
    assert "stands as a box" not in words_of(told)[0]
    unprintable = replace(told, about="Name \U000f0000")
    assert "stands as a box" in words_of(unprintable)[0]
    assert b"pdfuaid" not in paper_pdf(unprintable)


@pytest.mark.parametrize("rows", range(20, 60, 3))
def test_the_source_never_stands_alone_on_a_page(rows):
    lines = tuple(PaperLine(f"10:{n:02}", "165/92 mmHg", f"event {n}") for n in range(rows))
    closing = PaperSection("Until tomorrow", (PaperLine("Driving", "No driving."),))
    sections = (PaperSection("What happened", lines), closing)
    paper = replace(PAPER, sections=sections, source="Source: the label of the medicine.")
    (page,) = [page for page in words_of(paper) if "Source: the label" in page]
    assert "No driving." in page


def test_a_paper_without_sections_can_be_set():
    assert "Source: S" in words_of(replace(PAPER, sections=(), source="Source: S"))[0]


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
