"""What the program set for itself is shown as its policy, never as more."""

from datetime import timedelta

import pytest

from sojourn.clinical.evidence import Basis
from sojourn.clinical.protocols import policies, policy
from sojourn.clinical.protocols.policies import UnknownPolicy


def test_every_policy_is_marked_as_program_policy():
    assert all(known.basis is Basis.PROGRAM_POLICY for known in policies())
    assert all(cited.source_id == "program-policy" for known in policies() for cited in known.citations)


def test_the_more_urgent_the_alarm_the_less_time_to_acknowledge_it():
    times = [
        policy(f"alarm-acknowledge-{severity}").within
        for severity in ("emergency", "red", "session-amber", "amber")
    ]
    assert times == sorted(times)
    assert times[-1] <= timedelta(hours=24)


def test_an_unknown_policy_is_refused():
    with pytest.raises(UnknownPolicy):
        policy("coffee-break")
