"""The reference page says what the data say."""

from pathlib import Path

from sojourn.clinical.evidence.claim_files import claims
from sojourn.clinical.evidence.page import evidence_page
from sojourn.clinical.evidence.study_files import studies

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "evidence.md"


def test_the_page_is_as_the_data_say():
    assert PAGE.read_text() == evidence_page(), "run tools/reference"


def test_every_card_and_every_study_stands_on_the_page():
    page = evidence_page()
    for card in claims().values():
        assert card.truth in page
    for study in studies().values():
        assert f"`{study.id}`" in page
        for result in study.results:
            for flag in result.flags:
                assert flag in page
