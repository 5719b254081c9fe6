"""Each script, run in fast time through the real actions: a good response passes, a negligent one is told what it missed."""

from random import Random

import pytest
from django.db import connection

from sojourn.clinical.rehearsal import drill_scripts
from sojourn.program.measures.models import Notice
from sojourn.program.people.models import User
from sojourn.program.rehearsals import queries
from sojourn.program.rehearsals.world import in_rehearsal
from sojourn.program.safety import watch
from sojourn.program.safety.models import Alarm, MissedStep
from sojourn.program.safety.queries import open_alarms_for
from sojourn.program.treatment.floor import sessions_today
from sojourn.program.treatment.models import SessionEvent
from tests.program.rehearsals.responders import GOOD, MEASURE, NEGLIGENT, Rehearsing, outcomes
from tests.support.rehearsing import in_both_databases

pytestmark = [in_both_databases, pytest.mark.usefixtures("rehearsal_database")]
SCRIPTS = [script.id for script in drill_scripts()]


@pytest.mark.parametrize("script_id", SCRIPTS)
def test_a_good_response_passes(ward, script_id):
    drill = Rehearsing(ward.mona, script_id).follow(GOOD[script_id])
    assert set(outcomes(drill).values()) <= {"in time", "not done, rightly"}, drill.report
    assert drill.percent == 100
    assert drill.passed


@pytest.mark.parametrize("script_id", SCRIPTS)
def test_a_negligent_response_is_marked_with_exactly_what_it_missed(ward, script_id):
    steps, marked = NEGLIGENT[script_id]
    drill = Rehearsing(ward.mona, script_id).follow(steps)
    kept = {"in time", "not done, rightly"}
    assert {item: said for item, said in outcomes(drill).items() if said not in kept} == marked
    assert not drill.passed


def test_every_table_of_the_practice_is_byte_for_byte_the_same_after_all_of_them(ward):
    before = every_row()
    for script_id in SCRIPTS:
        Rehearsing(ward.mona, script_id).follow((*GOOD[script_id][:2], *NEGLIGENT[script_id][0]))
    assert every_row() == before
    assert any(rows for rows in before.values())
    with in_rehearsal():
        assert SessionEvent.objects.count() > 100
        assert Alarm.objects.exists()


def test_no_message_leaves_a_drill(ward, mailoutbox):
    for script_id in ("pressure_190", "silent_sitter"):
        Rehearsing(ward.mona, script_id).follow(GOOD[script_id])
    assert mailoutbox == []
    assert Notice.objects.count() == 0


def test_no_account_of_a_drill_can_be_signed_in_to(ward):
    Rehearsing(ward.mona, "panic")
    with in_rehearsal():
        opens = [account for account in User.objects.all() if account.has_usable_password()]
        made = User.objects.filter(patient__name__startswith="Simulated").count()
    assert made == 1
    assert opens == []


def test_a_drill_is_not_on_the_floor_nor_in_the_inbox_of_the_practice(ward):
    rehearsing = Rehearsing(ward.mona, "pressure_190")
    rehearsing.do(40, MEASURE, {})
    shown = rehearsing.at(41)
    for member in (ward.mona, ward.ben, ward.dora):
        assert sessions_today(member, now=shown) == ()
        assert open_alarms_for(member) == ()
    played = queries.played(rehearsing.drill_id, shown=shown)
    with in_rehearsal(shown=shown):
        assert len(sessions_today(played.actor, now=shown)) == 1
        assert len(open_alarms_for(played.actor)) >= 1


def test_the_rehearsals_own_watch_is_really_stopped_and_the_practices_is_not(ward, monkeypatch):
    rehearsing = Rehearsing(ward.mona, "worker_killed")

    def is_living(minute):
        monkeypatch.setattr(watch, "SILENT_AFTER_S", 15.0)
        with in_rehearsal(shown=rehearsing.at(minute)):
            return watch.watch_state().is_living

    minutes = (10, 21.9, 22.1, 23, 40, 56)
    assert [is_living(minute) for minute in minutes] == [True, True, True, False, False, True]
    monkeypatch.setattr(watch, "SILENT_AFTER_S", 3600.0)
    assert watch.watch_state().is_living
    assert {each.worker for each in watch.watch_state().workers} == {"the watch of the tests"}


def test_who_does_not_look_is_missed_by_the_ladder_of_the_practice(ward):
    rehearsing = Rehearsing(ward.mona, "silent_sitter")
    rehearsing.at(36.5)
    with in_rehearsal():
        rungs = list(MissedStep.objects.order_by("taken_at").values_list("rung", flat=True))
    assert rungs[:4] == [0, 1, 2, 3]
    assert not MissedStep.objects.exists()


def test_a_sitter_who_sleeps_is_missed_by_the_ladder_of_sitters(ward):
    rehearsing = Rehearsing(ward.mona, "sitter_asleep")
    rehearsing.do(20, MEASURE, {})
    rehearsing.do(40, MEASURE, {})
    rehearsing.at(50)
    with in_rehearsal():
        raised = set(
            Alarm.objects.filter(missed_step__ladder="missed_sitter_look").values_list("reason", flat=True)
        )
    assert "SITTER-LATE" in raised


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_done_in_whatever_order_there_is_a_score(ward, seed):
    rng = Random(seed)
    script = rng.choice(drill_scripts())
    rehearsing = Rehearsing(ward.mona, script.id, seed=seed)
    steps = [step for each in (*GOOD.values(), *(steps for steps, _ in NEGLIGENT.values())) for step in each]
    steps = [(kind, facts) for _, kind, facts in steps if "taken" not in facts]
    chosen = [(rng.uniform(0, script.lasts_minutes - 1), *step) for step in rng.sample(steps, 14)]
    drill = rehearsing.follow(tuple(sorted(chosen, key=lambda step: step[0])))
    assert 0 <= drill.percent <= 100
    assert drill.report["items"]


def every_row() -> dict[str, list[str]]:
    """Every row of every table of the practice, as the database writes it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
            found[table] = [row for (row,) in cursor.fetchall()]
        cursor.execute(
            "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"
        )
        return found | {"sequences": [str(row) for row in cursor.fetchall()]}
