"""Takes in what is recorded by token: by monitors, patients, sitters and devices, in arrays, late, twice, or wrongly.

One extension of the chain for each array. Arrays that wait at the same time share one transaction and one wait for the
disk, where nothing is in the way of that; else each has its own.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, transaction

from sojourn.clinical.monitoring.sealing import Witness
from sojourn.program.audit.asking import put
from sojourn.program.safety import deadlines
from sojourn.program.safety.watch import asking_who_watches
from sojourn.program.treatment import alarming, remembered
from sojourn.program.treatment.arming import Looks
from sojourn.program.treatment.folded import Folded, asking_who_spoke_of_suicide
from sojourn.program.treatment.recorder import add_to_sessions
from sojourn.program.treatment.remembered import Record, asking_for_records, forms_elsewhere
from sojourn.program.treatment.sent import Received, Sent, SentArray, Tick
from sojourn.program.treatment.taking_in import OpenSession, TakenIn, as_written, open_session, take_in
from sojourn.program.treatment.together import NOT_TAKEN, Together
from sojourn.program.treatment.tokens import Token, TokenEnded, token_of, tokens_that_are_free

Arrays = Sequence[tuple[SentArray, Token]]


def tick(secret: str, *, now: datetime) -> Tick:
    """Say what a token may know. Raises TokenUnknown, TokenEnded."""
    token = token_of(secret)
    records, watch = asking_for_records([token.visit_id]), asking_who_watches()
    put(records, watch)
    of = open_session(token, records.answer[token.visit_id], now=now)
    return _tick(of.folded(now=now), is_watched=watch.answer.is_living)


def receive(*, secret: str, sent_at: datetime, events: Sequence[Sent], now: datetime) -> Received:
    """Record an array of events, and give an outcome for each, in order, and the tick after them, once it is committed.

    The same form again is the same event. `sent_at` is the sender's clock as it sent. Inside a transaction of the
    caller's, and in a rehearsal, whose clock is its own, the array is taken in by itself.
    Raises TokenUnknown, TokenEnded.
    """
    array = SentArray(secret, sent_at, events, now)
    if connection.in_atomic_block or connection.alias != DEFAULT_DB_ALIAS:
        return _received_alone(array)
    return AT_ONCE.take(array)


def _received_alone(array: SentArray) -> Received:
    try:
        return _received(array)
    except IntegrityError:
        # An id belongs to another session. Which one is asked only now, as it hardly ever happens.
        return _received(array, asks_elsewhere=True)


def _received(array: SentArray, *, asks_elsewhere: bool = False) -> Received:
    with transaction.atomic():
        token = token_of(array.secret, lock=True)
        (done,) = _take_in([(array, token)], asks_elsewhere=asks_elsewhere)
    if isinstance(done, TokenEnded):
        raise done
    return done


def _received_together(arrays: Sequence[SentArray]) -> list[Received | Exception | None]:
    """Take in those whose sessions nobody holds, of each session one array; the others are left for by itself."""
    with transaction.atomic():
        tokens = tokens_that_are_free([array.secret for array in arrays])
        once: dict[object, tuple[SentArray, Token]] = {}
        for array in arrays:
            if token := tokens.get(array.secret):
                once.setdefault(token.visit_id, (array, token))
        done = dict(
            zip((id(array) for array, _ in once.values()), _take_in(list(once.values())), strict=True)
        )
    return [done.get(id(array), NOT_TAKEN) for array in arrays]


AT_ONCE: Final = Together(_received_together, _received_alone)


def _take_in(arrays: Arrays, *, asks_elsewhere: bool = False) -> list[Received | TokenEnded]:
    """Record arrays, each of a session of its own, inside a transaction that holds these sessions."""
    if not arrays:
        return []
    visit_ids = [token.visit_id for _, token in arrays]
    records = asking_for_records(visit_ids)
    held = deadlines.asking_to_hold(visit_ids)
    suicidal = asking_who_spoke_of_suicide([token.patient_id for _, token in arrays])
    watch = asking_who_watches()
    put(records, held, suicidal, watch)
    taken = [
        _taken_in(array, token, records.answer[token.visit_id], asks_elsewhere=asks_elsewhere)
        for array, token in arrays
    ]
    looks = Looks(held.answer, suicidal.answer)
    then = iter(_keep([each for each in taken if isinstance(each, TakenIn)], looks))
    return [
        Received(tuple(each.outcomes), _tick(next(then), is_watched=watch.answer.is_living))
        if isinstance(each, TakenIn)
        else each
        for each in taken
    ]


def _taken_in(
    array: SentArray, token: Token, record: Record, *, asks_elsewhere: bool
) -> TakenIn | TokenEnded:
    try:
        of = open_session(token, record, now=array.now)
    except TokenEnded as ended:
        return ended
    return take_in(array, of, elsewhere=_elsewhere(array, of) if asks_elsewhere else frozenset())


def _elsewhere(array: SentArray, of: OpenSession) -> frozenset[UUID]:
    return forms_elsewhere(of.token.visit_id, [each.form_id for each in array.events])


def _keep(taken: Sequence[TakenIn], looks: Looks) -> list[Folded]:
    """Record what was taken in, with its alarms; give each session as it is then."""
    sessions = [each.of.folded(each.told, now=each.now) for each in taken]
    fresh = [(each, session) for each, session in zip(taken, sessions, strict=True) if each.told]
    added = add_to_sessions([each.addition(session) for each, session in fresh], looks=looks)
    for (each, _), its in zip(fresh, added, strict=True):
        for cause in each.causes:
            alarming.raise_for(
                cause,
                patient_id=each.of.token.patient_id,
                number=each.of.by.number,
                actor=each.of.token.actor,
                now=each.now,
            )
        transaction.on_commit(partial(_remember, each, its.head))
    return sessions


def _remember(taken: TakenIn, head: Witness) -> None:
    remembered.remember(
        taken.of.token.visit_id, taken.of.record, [as_written(new) for new in taken.told], head
    )


def _tick(session: Folded, *, is_watched: bool) -> Tick:
    due = session.state.next_due
    return Tick(
        next_due_at=due.due_at if due else None,
        ended=session.state.ended_at is not None,
        is_watched=is_watched,
    )
