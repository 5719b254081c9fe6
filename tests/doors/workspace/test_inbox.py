from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from sojourn.clinical import instruments
from sojourn.program.audit.models import Entry
from sojourn.program.people.actors import MACHINE
from sojourn.program.safety import actions
from sojourn.program.safety.escalating import escalate_overdue
from sojourn.program.safety.models import AlarmEvent
from sojourn.workspace.inbox.facts import told
from tests.support.clock import let_pass
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
INBOX = "/workspace/inbox/"
ITEM_9 = next(item.id for item in instruments.get("phq-9").items if item.number == "9")


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


def alarm(patient, *, severity="amber", minutes_ago=5, says="Thoughts of being better off dead", within=60):
    raised_at = NOW - timedelta(minutes=minutes_ago)
    return actions.raise_alarm(
        patient_id=patient.patient_id,
        reason="PHQ9-SELF-HARM",
        severity=severity,
        says=says,
        facts={"instrument": "phq-9", "item": ITEM_9, "answer": 1},
        about_kind="response",
        about_id=uuid4(),
        acknowledge_within=timedelta(minutes=within),
        raised_at=raised_at,
        actor=MACHINE,
    )


def acknowledge(client, alarm_id):
    return client.post(reverse("workspace:acknowledge_alarm", args=[alarm_id]), follow=True)


def close(client, alarm_id, reason):
    return client.post(reverse("workspace:close_alarm", args=[alarm_id]), {"reason": reason}, follow=True)


def test_unacknowledged_red_alarms_stand_first_then_the_oldest(ward, sign_in):
    old_amber = alarm(ward.ada, minutes_ago=50)
    taken_red = alarm(ward.ada, severity="red", minutes_ago=40)
    new_red = alarm(ward.ada, severity="red", minutes_ago=1)
    client = sign_in(ward.ben)
    acknowledge(client, taken_red)
    shown = [entry["row"].id for entry in client.get(INBOX).context["alarms"]]
    assert shown == [new_red, old_amber, taken_red]


def test_an_alarm_tells_who_what_was_answered_and_until_when(ward, sign_in):
    alarm(ward.ada)
    page = sign_in(ward.ben).get(INBOX).content.decode()
    assert "Ada Núñez" in page
    assert "PHQ-9, question 9" in page
    assert instruments.get("phq-9").item(ITEM_9).text in page
    assert "Several days (1)" in page
    assert "Tue Nov 24, 7:55 AM PST" in page, "the deadline, by the clock of Ada's site"
    assert reverse("workspace:chart", args=[ward.ada.patient_id]) in page


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        ({"instrument": "phq-9", "item": ITEM_9, "answer": None}, ("Answered", "not answered")),
        ({"instrument": "gone", "item": "q1", "answer": 2}, ("Gone", "q1: 2")),
        ({"signal": "systolic_mmhg", "value": 186, "session": 3}, ("Systolic (mmHg)", "186")),
        ({"signal": "moaas", "value": 4.0, "session": 4}, ("Sedation (MOAA/S)", "4 of 5")),
        ({"signal": "systolic", "value": 186.0}, ("Systolic pressure", "186 mmHg")),
        ({"signal": "sign", "value": None, "session": 2}, ("Session", "2")),
        ({"signs": ["confused", None], "driving": False}, ("Signs", "confused, not answered")),
        (
            {"session": 3, "look_due_at": "2026-11-25T11:06:00+00:00"},
            ("Look due at", "Wed Nov 25, 11:06 AM UTC"),
        ),
    ],
)
def test_facts_are_told_in_words_and_nothing_missing_is_left_out(facts, line):
    assert line in told(facts)


def test_a_sign_noticed_is_not_said_to_lack_an_answer():
    assert told({"signal": "sign", "value": None, "session": 2}) == (("Session", "2"),)


def test_taking_an_alarm_on_twice_keeps_the_first_name(ward, sign_in):
    alarm_id = alarm(ward.ada)
    assert "You have this alarm" in acknowledge(sign_in(ward.ben), alarm_id).content.decode()
    assert "Somebody has this alarm already" in acknowledge(sign_in(ward.mona), alarm_id).content.decode()
    step = AlarmEvent.objects.get(alarm_id=alarm_id, what="acknowledged")
    assert step.by_id == ward.ben.staff_id
    assert Entry.objects.filter(did="acknowledged an alarm").count() == 1


@pytest.mark.parametrize(
    ("reason", "message"),
    [("", "Say what was done"), ("   ", "Say what was done"), ("x" * 1001, "at most 1000")],
)
def test_an_alarm_is_not_closed_without_a_fitting_reason_and_nothing_typed_is_lost(
    ward, sign_in, reason, message
):
    alarm_id = alarm(ward.ada)
    page = close(sign_in(ward.ben), alarm_id, reason).content.decode()
    assert message in page
    assert reason.strip() in page
    assert not AlarmEvent.objects.filter(alarm_id=alarm_id, what="closed").exists()


def test_a_closed_alarm_leaves_the_list_and_keeps_its_first_reason(ward, sign_in):
    alarm_id = alarm(ward.ada)
    client = sign_in(ward.ben)
    page = close(client, alarm_id, "Called at 7:10, safe, plan made. <b>אבג</b>").content.decode()
    assert "No alarm is open" in page
    assert "Called at 7:10, safe, plan made. &lt;b&gt;אבג&lt;/b&gt;" in page
    assert "closed already" in close(client, alarm_id, "another story").content.decode()
    assert AlarmEvent.objects.get(alarm_id=alarm_id, what="closed").note.startswith("Called at 7:10")


def test_an_alarm_nobody_took_in_time_is_marked_late_and_escalated(ward, sign_in):
    alarm(ward.ada, minutes_ago=61)
    let_pass(minutes=61)
    escalate_overdue(again_after=timedelta(minutes=15))
    page = sign_in(ward.ben).get(INBOX).content.decode()
    assert "Late: nobody has it" in page
    assert "Escalated" in page


def of_session(patient, session, *, minutes_ago, severity="red"):
    """One of the alarms that a session nobody looks after raises again and again."""
    return actions.raise_alarm(
        patient_id=patient.patient_id, reason=f"LOOK-{minutes_ago}", severity=severity, says=f"No check-in, {minutes_ago}",
        facts={"session": session, "look_due_at": NOW.isoformat()}, about_kind="session event", about_id=uuid4(),
        acknowledge_within=timedelta(minutes=5), raised_at=NOW - timedelta(minutes=minutes_ago), actor=MACHINE,
    )  # fmt: skip


def test_alarms_of_one_session_are_one_thing_to_do_the_newest_of_the_urgent_first(ward, sign_in):
    for minutes_ago, severity in ((40, "red"), (3, "amber"), (10, "red")):
        of_session(ward.ada, 3, minutes_ago=minutes_ago, severity=severity)
    of_session(ward.ada, 4, minutes_ago=50)
    alarm(ward.ada, minutes_ago=60)
    alarms = sign_in(ward.ben).get(INBOX).context["alarms"]
    assert [(entry["row"].says, entry["in_all"], entry["waiting"]) for entry in alarms] == [
        ("No check-in, 50", 1, 1),
        ("No check-in, 10", 3, 3),
        ("Thoughts of being better off dead", 1, 1),
    ]


def test_all_alarms_of_a_session_are_taken_on_and_closed_at_once_but_none_that_came_after_the_page(
    ward, sign_in, monkeypatch
):
    monkeypatch.setattr(
        "sojourn.program.treatment.answering._tell_session", lambda *_: None
    )  # no session stands behind
    first, second = (of_session(ward.ada, 3, minutes_ago=ago) for ago in (9, 6))
    client = sign_in(ward.ben)
    page = client.get(INBOX).content.decode()
    assert "I have all 2" in page
    later = of_session(ward.ada, 3, minutes_ago=0)
    told_back = client.post(
        reverse("workspace:acknowledge_alarm", args=[second]), {"also": [str(first)]}, follow=True
    )
    assert "You have these 2 alarms" in told_back.content.decode()
    assert not AlarmEvent.objects.filter(alarm_id=later, what="acknowledged").exists()
    closed = client.post(
        reverse("workspace:close_alarm", args=[second]),
        {"also": [str(first)], "reason": "She sleeps at home."},
        follow=True,
    )
    assert "2 alarms closed" in closed.content.decode()
    assert set(AlarmEvent.objects.filter(what="closed").values_list("alarm_id", flat=True)) == {first, second}


@pytest.mark.parametrize("also", ["nonsense", "6e0c4a52-2f0e-4d58-9a51-0f5f7b1f3c11"])
def test_an_alarm_beside_it_that_is_none_or_not_theirs_changes_nothing(ward, sign_in, also):
    alarm_id = alarm(ward.ada)
    answer = sign_in(ward.ben).post(reverse("workspace:acknowledge_alarm", args=[alarm_id]), {"also": [also]})
    assert answer.status_code == 404
    assert not AlarmEvent.objects.filter(what="acknowledged").exists()


def test_alarms_of_another_site_are_neither_seen_nor_touched(ward, sign_in):
    alarm_id = alarm(ward.ada)
    client = sign_in(ward.cleo)
    assert "Ada" not in client.get(INBOX).content.decode()
    assert acknowledge(client, alarm_id).status_code == 403
    assert close(client, alarm_id, "mine").status_code == 404
    assert AlarmEvent.objects.filter(alarm_id=alarm_id).count() == 1


def test_opening_the_address_of_a_verb_changes_nothing(ward, sign_in):
    alarm_id = alarm(ward.ada)
    client = sign_in(ward.ben)
    assert client.get(reverse("workspace:acknowledge_alarm", args=[alarm_id])).status_code == 405
    assert AlarmEvent.objects.filter(alarm_id=alarm_id).count() == 1


def test_an_unknown_alarm_is_not_found(ward, sign_in):
    assert acknowledge(sign_in(ward.ben), uuid4()).status_code == 404


def test_the_bar_counts_open_alarms_and_lists_only_rooms_of_the_role(ward, sign_in):
    alarm(ward.ada)
    alarm(ward.ada, severity="red")
    bar = {entry.url: entry for entry in sign_in(ward.ben).get(INBOX).context["workspace_nav"]}
    assert bar[INBOX].count == 2
    assert bar[INBOX].current
    assert "/workspace/staff/" not in bar
    assert INBOX not in {
        entry.url for entry in sign_in(ward.cora).get("/workspace/staff/").context["workspace_nav"]
    }


@pytest.mark.parametrize("more", [1, 25])
def test_the_inbox_asks_the_same_number_of_queries_for_few_and_many(
    ward, sign_in, django_assert_num_queries, more
):
    for n in range(more):
        alarm(ward.ada, minutes_ago=n)
    client = sign_in(ward.ben)
    close(client, alarm(ward.ada), "done")
    with django_assert_num_queries(13):
        client.get(INBOX)
