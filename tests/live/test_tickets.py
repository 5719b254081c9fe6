"""Tickets: who holds one is told what it says and no more; nobody makes or changes one without the secret."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.live.tickets import GUEST_STREAM_S, STAFF_STREAM_S, Ticket, TicketRefused, opened, signed

SECRET, NOW = "secret", 1_800_000_000.0
MONA = Ticket(user_id="u1", roles=("session_monitor",), sites=("s1", "s2"), given_at=NOW)


def test_a_ticket_reads_as_it_was_given():
    for ticket in (MONA, Ticket(user_id="u2", sites=None, given_at=NOW), Ticket(visit_id="v1", given_at=NOW)):
        assert opened(signed(ticket, secret=SECRET), secret=SECRET, now=NOW) == ticket


@pytest.mark.parametrize("now", [NOW - 31, NOW + 31, NOW + 86_400])
def test_a_ticket_opens_only_within_half_a_minute(now):
    word = signed(MONA, secret=SECRET)
    assert opened(word, secret=SECRET, now=NOW + 30) == MONA
    with pytest.raises(TicketRefused):
        opened(word, secret=SECRET, now=now)


def test_a_ticket_of_another_secret_is_refused():
    with pytest.raises(TicketRefused):
        opened(signed(MONA, secret="other"), secret=SECRET, now=NOW)


@given(st.integers(0, 400), st.characters(min_codepoint=33, max_codepoint=126))
def test_no_ticket_with_one_character_changed_says_anything_else(place, character):
    word = signed(MONA, secret=SECRET)
    place %= len(word)
    changed = word[:place] + character + word[place + 1 :]
    with suppress(TicketRefused):
        assert opened(changed, secret=SECRET, now=NOW) == MONA  # unused last bits of base64 may differ


@given(st.text())
def test_anything_else_is_no_ticket(word):
    with pytest.raises(TicketRefused):
        opened(word, secret=SECRET, now=NOW)


def test_a_guest_has_to_come_back_sooner():
    assert MONA.lasts_s == STAFF_STREAM_S
    assert Ticket(visit_id="v1").lasts_s == GUEST_STREAM_S < STAFF_STREAM_S
