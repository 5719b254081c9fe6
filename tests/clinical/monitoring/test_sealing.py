"""A sealed session proves that nothing was changed, and names the first link that does not hold."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.clinical.monitoring import sealing
from sojourn.clinical.monitoring.sealing import (
    Link,
    Witness,
    chain,
    seal_of,
    sealed_file,
    verify,
    verify_file,
)

VISIT = "0195e000-0000-7000-8000-000000000001"
TOLD = [
    {"visit": VISIT, "kind": "vital_taken", "facts": {"systolic": 120 + n}, "units": {"systolic": "mmHg"}}
    for n in range(5)
]
WITNESSES = [Witness(link.sequence, link.seal) for link in chain(TOLD)]


def broken(links, witnesses=WITNESSES):
    found = verify(links, witnesses=witnesses).first_break
    return found and (found.sequence, found.why)


def changed(link, systolic):
    return replace(link, told={**link.told, "facts": {"systolic": systolic}})


def test_an_untouched_chain_is_intact_and_gives_its_head():
    links = chain(TOLD)
    verdict = verify(links, witnesses=WITNESSES)
    assert verdict.is_intact
    assert (verdict.count, verdict.head) == (5, links[-1].seal)


def test_the_seal_of_a_known_event_is_known():
    """Worked by hand with sha256sum over the canonical text, so that a change of the format cannot pass unseen."""
    seal = seal_of({"kind": "dosed", "facts": {"mg": 56.0}}, sequence=1, previous="0" * 64)
    assert seal == "e0e62e7d707505aae24dfa8dfbd70c57ef7050251a2c0e10d583aa74528cf248"


def test_one_changed_digit_is_found_where_it_was_changed():
    links = list(chain(TOLD))
    links[2] = changed(links[2], 123)
    assert broken(links) == (3, "it is not what was sealed: it was changed, moved or put in")


def test_an_event_changed_and_sealed_anew_is_found_at_the_next_link():
    links = list(chain(TOLD))
    forged = {**TOLD[1], "facts": {"systolic": 99}}
    links[1] = Link(sequence=2, told=forged, seal=seal_of(forged, sequence=2, previous=links[0].seal))
    assert broken(links)[0] == 3


def test_two_swapped_events_are_found_at_the_first_of_them():
    links = list(chain(TOLD))
    links[1], links[3] = replace(links[3], sequence=2), replace(links[1], sequence=4)
    assert broken(links)[0] == 2


def test_a_removed_event_is_found_as_missing():
    links = chain(TOLD)
    assert broken(links[:2] + links[3:]) == (3, "it is missing")


def test_a_cut_tail_is_found_by_its_witness():
    links = chain(TOLD)
    assert broken(links[:-1]) == (5, "it is missing: 5 events were witnessed")
    assert broken(()) == (1, "it is missing: 5 events were witnessed")


def test_without_a_witness_a_cut_tail_cannot_be_seen():
    """The known limit of every chain, and why the log keeps each seal."""
    assert verify(chain(TOLD)[:-1]).is_intact


def test_an_event_put_in_between_is_found():
    links = list(chain(TOLD))
    links.insert(2, replace(changed(links[2], 150), sequence=3))
    assert broken(links)[0] == 3


def test_an_event_put_in_with_a_number_already_used_is_found():
    links = list(chain(TOLD))
    links.append(links[1])
    assert broken(links) == (2, "two events bear this number")


def test_an_event_added_at_the_end_behind_everybodys_back_was_never_witnessed():
    links = chain([*TOLD, TOLD[0]])
    assert broken(links) == (6, "it was never witnessed")


def test_a_chain_made_anew_differs_from_what_was_witnessed():
    assert broken(chain([*TOLD[:3], TOLD[0], *TOLD[4:]])) == (
        4,
        "it bears another seal than the one witnessed",
    )


def test_links_read_in_any_order_are_the_same_chain():
    assert broken(tuple(reversed(chain(TOLD)))) is None


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=4))
def test_what_a_json_store_gives_back_bears_the_same_seal(told):
    again = json.loads(json.dumps(told))
    assert seal_of(told, sequence=1, previous="") == seal_of(again, sequence=1, previous="")


def test_a_whole_number_bears_the_same_seal_with_and_without_its_point():
    one, other = ({"mg": mg} for mg in (56, 56.0))
    assert seal_of(one, sequence=1, previous="") == seal_of(other, sequence=1, previous="")


@given(st.integers(0, 4), st.sampled_from(["visit", "kind", "facts", "units"]))
def test_a_change_of_any_field_of_any_event_is_named(number, field):
    links = list(chain(TOLD))
    links[number] = replace(links[number], told={**links[number].told, field: "x"})
    assert broken(links)[0] == number + 1


# ---- the file

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
TEXT = sealed_file(chain(TOLD), visit_id=VISIT, exported_at=AT)


def file_with(change):
    whole = json.loads(TEXT)
    change(whole)
    return verify_file(json.dumps(whole)).first_break


def test_a_sealed_file_verifies_without_a_database():
    assert verify_file(TEXT).is_intact
    assert verify_file(TEXT).head == WITNESSES[-1].seal


def test_one_changed_byte_in_the_file_is_named():
    verdict = verify_file(TEXT.replace('"systolic": 122', '"systolic": 112'))
    assert verdict.first_break.sequence == 3


def test_a_file_without_its_last_event_is_named():
    assert file_with(lambda whole: whole["events"].pop()).sequence == 5


def test_a_file_that_holds_another_sessions_events_is_named():
    assert file_with(lambda whole: whole.update(visit="another")).sequence == 1


@given(st.integers(0, len(TEXT.encode()) - 1), st.integers(0, 7))
def test_one_bit_changed_anywhere_in_the_file_is_found(at, bit):
    octets = bytearray(TEXT.encode())
    octets[at] ^= 1 << bit
    with suppress(sealing.NotASealedSession, UnicodeDecodeError):
        assert not verify_file(octets.decode()).is_intact


def test_when_and_of_how_many_events_a_file_was_made_cannot_be_changed():
    found = file_with(lambda whole: whole.update(exported_at="2026-11-26T09:00:00.000000+00:00"))
    assert (found.sequence, found.why) == (0, "what stands around the events was changed")
    assert file_with(lambda whole: whole.update(more=1)).sequence == 0


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "-1e999"])
def test_a_file_with_what_is_no_number_is_refused_and_breaks_nothing(number):
    for place in ('"systolic": 122', '"sequence": 2', '"count": 5'):
        name = place.partition(":")[0]
        changed = TEXT.replace(place, f"{name}: {number}", 1)
        assert changed != TEXT
        with pytest.raises(sealing.NotASealedSession):
            verify_file(changed)


def test_a_file_in_which_a_name_stands_twice_is_refused():
    """JSON keeps the last of two values, and would verify it; a reader may see the first."""
    for place, more in (('"systolic": 122', '"systolic": 92, '), ('"head"', '"head": "0", ')):
        with pytest.raises(sealing.NotASealedSession, match="twice"):
            verify_file(TEXT.replace(place, more + place, 1))


def test_an_event_with_a_number_before_the_first_is_found():
    links = [replace(chain(TOLD)[0], sequence=0), *chain(TOLD)]
    assert broken(links) == (1, "something stands before it")


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"format": "x"}', "[" * 100_000, '{"format": []}'])
def test_what_is_no_sealed_session_is_refused(text):
    with pytest.raises(sealing.NotASealedSession):
        verify_file(text)
