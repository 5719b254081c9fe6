"""Many devices at once: what is taken in together is on record once, each in its own session, whatever one of them sends."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event, Lock
from uuid import uuid4

import pytest
from django.db import connection, transaction

from benchmarks.floor_records import make_floor
from sojourn.program.plans.models import Visit
from sojourn.program.treatment import proving, receiving
from sojourn.program.treatment.models import SessionEvent
from sojourn.program.treatment.sent import Sent
from sojourn.program.treatment.tokens import TokenUnknown

pytestmark = pytest.mark.django_db(transaction=True)
SESSIONS, HANDS, ROUNDS = 4, 8, 12
WITHIN_S = 30


@pytest.fixture
def floor(transactional_db):
    return make_floor(SESSIONS, now=datetime.now(UTC))


@pytest.fixture
def batches(monkeypatch):
    """The sizes of what was taken in together."""
    sizes, lock, taken = [], Lock(), receiving._received_together

    def noted(arrays):
        with lock:
            sizes.append(len(arrays))
        return taken(arrays)

    monkeypatch.setattr(receiving.AT_ONCE, "_all_at_once", noted)
    return sizes


def readings(count=1, form_ids=()):
    now = datetime.now(UTC)
    ids = [*form_ids, *(uuid4() for _ in range(count))]
    return [Sent(form_id=each, kind="vital_taken", facts={"heart_rate": 70}, taken_at=now) for each in ids]


def send(secret, events):
    now = datetime.now(UTC)
    try:
        return [
            each.status
            for each in receiving.receive(secret=secret, sent_at=now, events=events, now=now).outcomes
        ]
    finally:
        connection.close()


def are_intact(floor):
    return all(verdict.is_intact for _, verdict in proving.proofs(floor.visits))


def test_everything_sent_by_many_hands_is_on_record_once(floor, batches):
    arrays = [
        [(floor.secrets[(hand + turn) % SESSIONS], readings(1 + turn % 3)) for turn in range(ROUNDS)]
        for hand in range(HANDS)
    ]

    def hand(mine):
        said = []
        for secret, events in mine:  # each array is sent twice, as after an answer that was lost
            said += [send(secret, events), send(secret, events)]
        return said

    with ThreadPoolExecutor(HANDS) as hands:
        said = list(hands.map(hand, arrays))
    assert {status for each in said for statuses in each[::2] for status in statuses} == {"recorded"}
    assert {status for each in said for statuses in each[1::2] for status in statuses} == {"repeat"}
    where = dict(zip(floor.secrets, floor.visits, strict=True))
    sent = {one.form_id: where[secret] for mine in arrays for secret, events in mine for one in events}
    kept = SessionEvent.objects.filter(form_id__in=sent).values_list("form_id", "visit_id")
    assert sorted(kept) == sorted(sent.items())
    assert are_intact(floor)
    assert max(batches) > 1


def test_a_forged_id_and_a_wrong_token_cost_nobody_else_anything(floor, batches):
    foreign = SessionEvent.objects.filter(visit_id=floor.visits[1]).first().form_id

    def hand(number):
        if number == 0:
            return [send(floor.secrets[0], readings(2, [foreign])) for _ in range(ROUNDS)]
        if number == 1:
            with pytest.raises(TokenUnknown):
                send("a token nobody was given", readings())
            return [["told"]]
        return [send(floor.secrets[number % SESSIONS], readings()) for _ in range(ROUNDS)]

    with ThreadPoolExecutor(HANDS) as hands:
        forger, stranger, *others = hands.map(hand, range(HANDS))
    assert forger == [["refused", "recorded", "recorded"]] * ROUNDS
    assert stranger == [["told"]]
    assert others == [[["recorded"]] * ROUNDS] * (HANDS - 2)
    assert SessionEvent.objects.filter(form_id=foreign).count() == 1
    assert are_intact(floor)


def test_a_session_that_somebody_holds_holds_up_no_other(floor):
    held, let_go = Event(), Event()

    def hold():
        with transaction.atomic():
            Visit.objects.select_for_update(no_key=True).get(pk=floor.visits[0])
            held.set()
            assert let_go.wait(WITHIN_S)
        connection.close()

    with ThreadPoolExecutor(SESSIONS + 1) as hands:
        holding = hands.submit(hold)
        assert held.wait(WITHIN_S)
        stuck = hands.submit(send, floor.secrets[0], readings())
        for _ in range(3):
            free = [hands.submit(send, secret, readings()) for secret in floor.secrets[1:]]
            assert [each.result(WITHIN_S) for each in free] == [["recorded"]] * (SESSIONS - 1)
        assert not stuck.done()
        let_go.set()
        holding.result(WITHIN_S)
        assert stuck.result(WITHIN_S) == ["recorded"]
    assert are_intact(floor)
