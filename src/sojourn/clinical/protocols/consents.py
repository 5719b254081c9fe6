"""Consent documents: the very words a patient signs, and the questions that show they were understood."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from importlib.resources.abc import Traversable

from sojourn.clinical.evidence import Citation, read_citations, read_table, toml_files
from sojourn.clinical.evidence.comprehension import Question, read_questions
from sojourn.clinical.protocols.questions import DATA

CONSENTS = DATA / "consents"


class UnknownConsent(KeyError):
    """No consent document has that id and version."""


@dataclass(frozen=True, slots=True)
class ConsentSection:
    """A titled part. `paragraphs` are plain text."""

    title: str
    paragraphs: tuple[str, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class ConsentDocument:
    """`text` is what is signed and kept; `sha256` is its hash, in hexadecimal, of the UTF-8 bytes."""

    id: str
    version: str
    valid_from: date
    title: str
    sections: tuple[ConsentSection, ...]
    questions: tuple[Question, ...]

    @property
    def text(self) -> str:
        parts = [f"{self.title}\nVersion {self.version}"]
        parts.extend("\n\n".join((section.title, *section.paragraphs)) for section in self.sections)
        return "\n\n".join(parts) + "\n"

    @property
    def sha256(self) -> str:
        return sha256(self.text.encode()).hexdigest()


@cache
def consent_documents() -> tuple[ConsentDocument, ...]:
    """Give every version of every consent document. Raises DataFileInvalid."""
    return tuple(read_consent(file) for file in toml_files(CONSENTS))


def consent_document(document_id: str, version: str | None = None) -> ConsentDocument:
    """Find a consent document: the version asked for, or the latest. Raises UnknownConsent."""
    found = [
        document
        for document in consent_documents()
        if document.id == document_id and version in {None, document.version}
    ]
    if not found:
        raise UnknownConsent(document_id)
    return max(found, key=lambda document: (document.valid_from, document.version))


def read_consent(file: Traversable) -> ConsentDocument:
    """Read one consent document from its file. Raises DataFileInvalid."""
    table = read_table(
        file, allowed=(), required=("id", "version", "valid_from", "title", "section", "question")
    )
    return ConsentDocument(
        id=table.text("id"),
        version=table.text("version"),
        valid_from=table.day("valid_from"),
        title=table.text("title"),
        sections=tuple(
            ConsentSection(row.text("title"), _paragraphs(row.text("text")), read_citations(row))
            for row in table.tables("section", allowed=(), required=("title", "text", "citations"))
        ),
        questions=read_questions(table),
    )


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))
