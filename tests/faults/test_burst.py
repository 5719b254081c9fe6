"""Kill -9 of every program in a burst of readings, looks and taps: what was acknowledged is there, once, its chain intact."""

import psycopg
import pytest

from benchmarks.burst import burst, verdict
from benchmarks.served import practice

EVENTS, KILLS = 240, 6


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_or_doubled_when_any_program_is_killed(tmp_path):
    with practice(tmp_path / "practice", whole=True) as served:
        log, found = burst(served, events=EVENTS, kills=KILLS)
        assert found.kills == KILLS
        assert found.asked_again > 0, "nobody met a killed server: the kills missed the burst"
        assert (found.acknowledged, found.lost, found.doubled, found.is_intact) == (EVENTS, 0, 0, True)
        assert log.refused == []

        # The control: the same comparison names an acknowledged reading that is gone.
        gone = next(iter(log.acknowledged))
        with psycopg.connect(served.url, autocommit=True) as owner:
            owner.execute("ALTER TABLE treatment_sessionevent DISABLE TRIGGER USER")
            owner.execute("DELETE FROM treatment_sessionevent WHERE form_id = %s", [gone])
            owner.execute("ALTER TABLE treatment_sessionevent ENABLE TRIGGER USER")
        after = verdict(served, log)
        assert (after.lost, after.is_intact) == (1, False)
