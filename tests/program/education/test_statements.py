"""What a practice says in public passes the gate when it is published and whenever it is shown."""

from datetime import date

import pytest
from django.db import ProgrammingError, transaction

from sojourn.clinical.evidence.publishing import PracticeFigure
from sojourn.program.audit.models import Entry
from sojourn.program.education import actions, queries
from sojourn.program.education.models import PublicStatement
from sojourn.program.people.policy import NotAllowed
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
FIGURE = PracticeFigure(
    event="Score on the PHQ-9 at least halved", instrument="PHQ-9", window="4 weeks after the first dose",
    period="January to June 2026", treated=52, due=40, observed=30, events=18,
)  # fmt: skip
TEXT = "In 60% of the patients we asked, the score had halved."


def publish(ward, *, who=None, text=TEXT, claim_id="some-do-not-respond", figure=FIGURE):
    return actions.publish_statement(
        text=text, claim_id=claim_id, figure=figure, actor=who or ward.dora, now=NOW
    )


def test_a_statement_with_card_and_counts_is_published_and_shown(ward):
    statement_id = publish(ward)
    (row,) = queries.statements(on=NOW.date())
    assert row.is_shown
    assert (row.id, row.text, row.figure, row.published_by) == (statement_id, TEXT, FIGURE, "Dora Okafor")
    assert Entry.objects.filter(did="published a statement", about_id=statement_id).exists()


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"claim_id": ""}, "card"),
        ({"claim_id": "no-such-card"}, "card"),
        ({"claim_id": "sellers-own-results"}, "verdict"),
        ({"figure": None}, "denominator"),
        ({"text": "87% feel better."}, "number"),
        ({"text": "A miracle for 60%."}, "promise"),
    ],
)
def test_what_does_not_pass_the_gate_is_not_kept(ward, more, rule):
    with pytest.raises(actions.NotPublishable) as refused:
        publish(ward, **more)
    assert rule in {refusal.rule for refusal in refused.value.refusals}
    assert not PublicStatement.objects.exists()


def test_a_statement_disappears_by_itself_when_its_card_is_rechecked(ward):
    publish(ward, text="You can be treated by video.", claim_id="is-it-legal", figure=None)
    assert queries.statements(on=date(2026, 12, 31))[0].is_shown
    (row,) = queries.statements(on=date(2027, 1, 1))
    assert not row.is_shown
    assert row.refusals[0].rule == "re-checked"


def test_a_statement_taken_back_stays_on_record_and_is_not_shown(ward):
    statement_id = publish(ward)
    for _ in range(2):
        actions.withdraw_statement(statement_id=statement_id, why="Few were asked.", actor=ward.dora, now=NOW)
    (row,) = queries.statements(on=NOW.date())
    assert (row.is_shown, row.why_withdrawn) == (False, "Few were asked.")
    assert Entry.objects.filter(did="withdrew a statement").count() == 1


def test_only_the_director_publishes_and_takes_back(ward):
    statement_id = publish(ward)
    for who in (ward.ben, ward.thea, ward.cora, ward.mona, ward.ada):
        with pytest.raises(NotAllowed):
            publish(ward, who=who)
        with pytest.raises(NotAllowed):
            actions.withdraw_statement(statement_id=statement_id, why="x", actor=who, now=NOW)


def test_a_statement_is_never_edited(ward):
    publish(ward)
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        PublicStatement.objects.update(text="100% feel better.")


def test_statements_are_asked_for_in_one_query(ward, django_assert_num_queries):
    publish(ward)
    with django_assert_num_queries(1):
        queries.statements(on=NOW.date())
