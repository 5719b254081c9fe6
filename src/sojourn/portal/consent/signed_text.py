"""Sets the signed words in paragraphs. The words come from the record, never from today's document."""

from dataclasses import dataclass

from sojourn.clinical.outcomes.stop_rule import stop_rule_policy
from sojourn.clinical.protocols.consents import UnknownConsent, consent_document
from sojourn.program.intake.queries import ConsentRow


@dataclass(frozen=True)
class SignedParagraph:
    text: str
    is_heading: bool


def signed_paragraphs(signed: ConsentRow) -> tuple[SignedParagraph, ...]:
    """Split the signed text; a paragraph that was a section's title in that very version is a heading."""
    headings = _headings(signed)
    _title_and_version, *paragraphs = signed.text.strip().split("\n\n")
    return tuple(SignedParagraph(paragraph, paragraph in headings) for paragraph in paragraphs)


def _headings(signed: ConsentRow) -> frozenset[str]:
    try:
        document = consent_document(signed.document_id, signed.version)
    except UnknownConsent:
        return frozenset()
    if not signed.text.startswith(document.text):
        return frozenset()
    return frozenset({section.title for section in document.sections} | {stop_rule_policy().title})
