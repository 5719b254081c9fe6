"""Two devices, a lost network, a retry: whatever arrives, however late and however often, tells one story."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.clinical.monitoring import KINDS, in_order, kind_of, monitoring_plans, told_with
from sojourn.clinical.monitoring.events import Struck
from tests.clinical.monitoring.sessions import CALM, Told
from tests.clinical.monitoring.test_event_reading import GOOD

PLANS = [plan.id for plan in monitoring_plans()]
WORDS = st.sampled_from(["", "quiet", "with Nils"])


@st.composite
def anything(draw, plan):
    """One event of any kind that is not yet bound to another."""
    kind = draw(st.sampled_from(sorted(set(KINDS) - {"struck", "corrected", "alarmed", "acknowledged"})))
    words = draw(WORDS)
    facts = {
        "checked": lambda: {
            "item": draw(st.sampled_from([item.id for item in plan.checklist])), "passed": draw(st.booleans())
        },
        "dose_checked": lambda: GOOD["dose_checked"],
        "accounted": lambda: GOOD["accounted"],
        "witnessed": lambda: {"about_id": "1"},
        "dosed": lambda: {"mg": draw(st.sampled_from(["28", "56", "84"]))},
        "vital_taken": lambda: CALM | {
            "systolic": str(draw(st.integers(100, 195))), "spo2": str(draw(st.integers(86, 99)))
        },
        "rated": lambda: {"moaas": draw(st.integers(0, 5)), "dissociation": draw(st.integers(0, 10))},
        "called": lambda: {"whom": "Nils", "reached": draw(st.booleans())},
        "medicated": lambda: {"drug": "ondansetron", "amount": 4, "unit": "mg"},
        "missed": lambda: {"step": "HOME-SOUND", "does": "sound", "look_due_at": "2026-11-24T10:20:00+00:00"},
        "noticed": lambda: {"sign": draw(st.sampled_from([sign.id for sign in plan.signs]))},
        "next_morning": lambda: {"slept": draw(st.booleans()), "well": draw(st.booleans())},
        "serious": lambda: {
            "happened": draw(st.booleans()), "what": "fell", "treatment": "none", "hospital": False, "outcome": "well"
        },
        "refused": lambda: {"of": "vital_taken", "typed": "spo2 140", "why": "Measure again."},
        "confirmed": lambda: {
            "criterion": draw(st.sampled_from([each.id for each in plan.criteria])), "words": words or "Ann"
        },
    }.get(kind, lambda: {"words": words or "said"})()  # fmt: skip
    return kind, facts


@st.composite
def tellings(draw):
    """A session of any kinds of event, some of them at one moment, struck out, corrected, alarmed and taken on."""
    told = Told(draw(st.sampled_from(PLANS))).prepared().dosed()
    for _ in range(draw(st.integers(0, 10))):
        kind, facts = draw(anything(told.plan))
        told.at(draw(st.integers(-30, 200)), kind, **facts)
    for _ in range(draw(st.integers(0, 3))):
        wrong = draw(st.sampled_from(told.events)).event_id
        minute = draw(st.integers(-30, 210))
        if draw(st.booleans()):
            told.at(minute, "struck", struck_id=wrong, words="mistake")
        else:
            kind, facts = draw(anything(told.plan))
            told.at(minute, kind, **facts)
            right = told.events[-1].event_id
            told.at(minute, "corrected", struck_id=wrong, replaced_by=right, words="mistake")
    for _ in range(draw(st.integers(0, 2))):
        about = draw(st.sampled_from(told.events)).event_id
        told.at(draw(st.integers(0, 200)), "alarmed", limit_id="L", severity="red", about_id=about)
        if draw(st.booleans()):
            told.at(draw(st.integers(0, 200)), "acknowledged", limit_id="L", about_id=about)
    return told


@given(tellings(), st.integers(-10, 260), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_shuffled_and_doubled_events_tell_the_same_session(told, minute, rng):
    expected = told.state_at(minute)
    arrived = told.events + rng.sample(told.events, len(told.events) // 2)
    rng.shuffle(arrived)
    told.events = arrived
    assert told.state_at(minute) == expected


@given(tellings(), st.data())
@settings(max_examples=100, deadline=None)
def test_an_event_that_arrives_late_ends_in_the_state_it_would_have_made_in_time(told, data):
    expected = told.state_at(260)
    late = data.draw(st.integers(0, len(told.events) - 1))
    event = told.events.pop(late)
    told.state_at(260)  # what the screens showed meanwhile changes nothing
    told.events.append(event)
    assert told.state_at(260) == expected


@given(tellings())
@settings(max_examples=60, deadline=None)
def test_two_devices_with_halves_of_a_session_merge_to_the_whole(told):
    expected = told.state_at(260)
    told.events = told.events[1::2] + told.events[::2] + told.events[1::2]
    assert told.state_at(260) == expected


@given(tellings(), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_what_came_later_is_told_as_if_all_had_come_at_once(told, rng):
    arrived = told.events + rng.sample(told.events, len(told.events) // 3)
    rng.shuffle(arrived)
    known = in_order(())
    while arrived:
        some, arrived = arrived[: rng.randint(1, 3)], arrived[rng.randint(1, 3) :]
        before, known = known, told_with(known, some)
        whole = in_order((*before.every.values(), *some))
        assert known == whole
        assert vars(known) == vars(whole)


def test_the_tellings_are_of_every_kind():
    kinds = set()

    @given(tellings())
    @settings(max_examples=200, deadline=None, database=None, derandomize=True)
    def gather(told):
        kinds.update(kind_of(event) for event in told.events)

    gather()
    assert kinds == set(KINDS)


def test_a_strike_that_arrives_before_what_it_strikes_still_counts():
    told = Told().prepared().dosed().at(20, "vital_taken", **{**CALM, "spo2": "70"})
    wrong = told.events.pop()
    told.at(21, "struck", struck_id=wrong.event_id, words="Finger out of the clip.")
    strike = told.events.pop()
    told.events += [
        Struck(taken_at=strike.taken_at, event_id="s", struck_id=wrong.event_id, words="x"),
        wrong,
    ]
    assert told.state_at(22).alarms == ()


def test_conflicting_readings_of_two_devices_stand_side_by_side():
    """Clocks three minutes apart: both readings stay, and the later one is the last seen."""
    told = (
        Told()
        .prepared()
        .dosed()
        .at(40, "vital_taken", **CALM)
        .at(43, "vital_taken", **{**CALM, "systolic": "150"})
    )
    state = told.state_at(45)
    pressure = next(each for each in state.seen if each.signal == "systolic")
    assert pressure.value == 150
    assert pressure.taken_at - told.events[-2].taken_at == timedelta(minutes=3)
