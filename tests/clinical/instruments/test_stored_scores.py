"""Scores survive being stored as JSON, exactly."""

import json

import pytest

from sojourn.clinical.instruments import get, score, score_as_json, score_from_json, score_from_total
from tests.clinical.instruments.answering import answered

PHQ_9 = get("phq-9")


@pytest.mark.parametrize(
    "result",
    [
        score(PHQ_9, answered(PHQ_9, 2, 2, 2, 2, 1, 1, 2, 0, 0)),
        score(PHQ_9, answered(PHQ_9, 1, 1, 1, 1, 0, 0, 0, None, None)),
        score(PHQ_9, answered(PHQ_9, 1)),
        score_from_total(PHQ_9, 23),
    ],
    ids=["score", "prorated", "unscorable", "total only"],
)
def test_a_stored_score_comes_back_the_same(result):
    assert score_from_json(json.loads(json.dumps(score_as_json(result)))) == result


@pytest.mark.parametrize("stored", [{}, {"kind": "guess"}, {"kind": "score", "value": "1"}])
def test_anything_else_is_not_a_score(stored):
    with pytest.raises(ValueError, match="not a stored score"):
        score_from_json(stored)
