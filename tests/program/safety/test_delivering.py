"""Somebody is told of every alarm: a way that fails, hangs or is seen by nobody leads to the next, each attempt a row."""

import json
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail

from sojourn.program.people.models import StaffMember
from sojourn.program.safety import actions, queries
from sojourn.program.safety.delivering import deliver_next
from sojourn.program.safety.escalating import escalate_overdue
from sojourn.program.safety.gateways import TextOutbox, gateways
from sojourn.program.safety.models import Alarm, Deadline, Delivery
from sojourn.program.safety.ways import Message, NotTaken, Recipient
from tests.support.clock import let_pass
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
QUARTER = timedelta(minutes=15)


class Takes:
    """A gateway that takes every message."""

    def __init__(self):
        self.taken = []

    def send(self, to, message):
        self.taken.append((to, message))


class Refuses:
    def send(self, to, message):
        raise NotTaken("the server says 550")


class Breaks:
    def send(self, to, message):
        raise ConnectionRefusedError("password of nobody: secret-word")


class Hangs:
    def send(self, to, message):
        time.sleep(5)


def raise_one(ward, severity="red", owner="prescriber", patient=None):
    return actions.raise_alarm(
        patient_id=(patient or ward.ada).patient_id, reason="SBP-RED", severity=severity, says="Systolic pressure 190.",
        facts={"value": 190}, about_kind="session event", about_id=uuid4(), acknowledge_within=QUARTER,
        raised_at=NOW, actor=ward.ada, owner=owner,
    )  # fmt: skip


def deliver(**ways):
    """Make every attempt that is due now; return how many."""
    made = 0
    while deliver_next(seen_within=MINUTE, ways=ways, within_s=0.2):
        made += 1
    return made


def story(alarm_id):
    """Each attempt as (channel, who, how it ended)."""
    rows = Delivery.objects.filter(alarm_id=alarm_id).order_by("attempted_at", "id").select_related("to")
    return [
        (
            row.channel,
            row.to and row.to.name.split()[0],
            "delivered" if row.delivered_at else row.failed_because,
        )
        for row in rows
    ]


def test_a_screen_that_is_opened_tells_and_no_letter_is_sent(ward):
    alarm = raise_one(ward)
    post = Takes()
    deliver(email=post)
    assert story(alarm) == [("screen", "Ben", "")]
    actions.show_alarms([alarm], actor=ward.ben)
    assert story(alarm) == [("screen", "Ben", "delivered")]
    let_pass(minutes=1)
    deliver(email=post)
    assert post.taken == []


def test_what_somebody_else_opened_told_the_one_who_answers_for_it_nothing(ward):
    alarm = raise_one(ward)
    deliver(email=Takes())
    actions.show_alarms([alarm], actor=ward.mona)
    assert story(alarm) == [("screen", "Ben", ""), ("screen", "Mona", "delivered")]
    let_pass(minutes=1)
    deliver(email=Takes())
    assert ("email", "Ben", "delivered") in story(alarm)


def test_a_screen_nobody_opens_within_a_minute_is_followed_by_a_letter(ward):
    alarm = raise_one(ward)
    post = Takes()
    deliver(email=post)
    let_pass(minutes=1)
    deliver(email=post)
    assert story(alarm) == [("screen", "Ben", "not opened in time"), ("email", "Ben", "delivered")]
    assert [to.email for to, _ in post.taken] == ["ben@example.org"]


@pytest.mark.parametrize(
    ("gateway", "why"),
    [
        (Refuses(), "the server says 550"),
        (Breaks(), "refused (ConnectionRefusedError)"),
        (Hangs(), "no answer within 10 seconds"),
    ],
)
def test_a_letter_that_fails_or_hangs_is_followed_by_a_text_at_once(ward, gateway, why):
    alarm = raise_one(ward)
    deliver()
    let_pass(minutes=1)
    text, began = Takes(), time.monotonic()
    deliver(email=gateway, text=text)
    assert time.monotonic() - began < 3, "a way that hangs is left to itself"
    assert story(alarm)[1:] == [("email", "Ben", why), ("text", "Ben", "delivered")]
    assert len(text.taken) == 1


def test_when_every_way_fails_the_alarm_escalates_at_once_and_the_director_is_told(ward):
    alarm = raise_one(ward)
    deliver()
    let_pass(minutes=1)
    deliver(email=Refuses(), text=Refuses())
    assert escalate_overdue(again_after=QUARTER) == 1
    assert queries.one_alarm(alarm, actor=ward.ben).escalated_at is not None
    post = Takes()
    deliver(email=post)
    let_pass(minutes=1)
    deliver(email=post)
    assert story(alarm)[3:] == [("screen", "Dora", "not opened in time"), ("email", "Dora", "delivered")]
    assert escalate_overdue(again_after=QUARTER) == 0, "once at once; then by its time"


def test_a_way_that_takes_a_letter_and_drops_it_does_not_end_the_story(ward):
    """Delivered is not acknowledged: whoever did not take the alarm on is passed over in a quarter of an hour."""
    alarm = raise_one(ward)
    deliver(email=Takes())
    let_pass(minutes=1)
    deliver(email=Takes())
    let_pass(minutes=14)
    assert escalate_overdue(again_after=QUARTER) == 1
    deliver(email=Takes())
    assert story(alarm)[-1] == ("screen", "Dora", "")


def test_an_alarm_somebody_took_on_is_told_to_nobody_any_more(ward):
    alarm = raise_one(ward)
    deliver()
    actions.acknowledge_alarm(alarm_id=alarm, actor=ward.ben, now=NOW)
    let_pass(hours=1)
    post = Takes()
    deliver(email=post)
    assert post.taken == []


def test_in_a_storm_the_red_alarms_are_told_first(ward):
    amber = [raise_one(ward, severity="amber") for _ in range(5)]
    red = [raise_one(ward) for _ in range(5)]
    for _ in range(5):
        deliver_next(seen_within=MINUTE, ways={})
    assert set(Delivery.objects.values_list("alarm_id", flat=True)) == set(red)
    deliver()
    assert set(Delivery.objects.values_list("alarm_id", flat=True)) == set(red + amber)


def test_an_amber_alarm_wakes_nobody_by_text(ward):
    alarm = raise_one(ward, severity="amber")
    deliver()
    let_pass(minutes=1)
    text = Takes()
    deliver(email=Refuses(), text=text)
    assert text.taken == []
    assert [channel for channel, *_ in story(alarm)] == ["screen", "email"]


def test_the_alarm_of_a_monitor_goes_to_the_monitors_of_the_site_and_to_no_other_site(ward):
    alarm = raise_one(ward, owner="session monitor")
    deliver()
    assert [who for _, who, _ in story(alarm)] == ["Mona"]


def test_whoever_has_the_role_on_the_care_team_is_told_before_others_of_it(ward):
    alarm = raise_one(ward, owner="therapist", patient=ward.ada)
    deliver()
    assert [who for _, who, _ in story(alarm)] == ["Thea"]


def test_when_nobody_has_the_role_that_is_a_failure_on_record_and_the_director_is_told(ward):
    StaffMember.objects.filter(pk=ward.ben.staff_id).update(left_on=NOW.date())
    alarm = raise_one(ward)
    deliver(email=Takes(), text=Takes())
    assert {how for *_, how in story(alarm)} == {"nobody at work has this role"}
    assert escalate_overdue(again_after=QUARTER) == 1
    deliver()
    assert story(alarm)[-1] == ("screen", "Dora", "")


def test_a_worker_that_died_in_an_attempt_is_followed_by_another(ward, monkeypatch):
    """The attempt is on record before it is made; after two minutes without an end it is made again."""
    alarm = raise_one(ward)
    deliver()
    let_pass(minutes=1)

    class Dies(BaseException):
        pass

    def dies(*_args, **_more):
        raise Dies

    monkeypatch.setattr("sojourn.program.safety.delivering._send", dies)
    with pytest.raises(Dies):
        deliver(email=Takes())
    monkeypatch.undo()
    assert deliver(email=Takes()) == 0, "the other worker does not send it twice at the same time"
    let_pass(minutes=2)
    deliver(email=Takes())
    assert story(alarm)[-1] == ("email", "Ben", "delivered")


def test_without_a_mail_server_no_letter_counts_as_sent_and_the_text_stays_in_the_outbox(
    ward, settings, tmp_path
):
    settings.MAIL_LEAVES, settings.DATA_DIR = False, tmp_path
    alarm = raise_one(ward)
    deliver(**gateways())
    let_pass(minutes=1)
    deliver(**gateways())
    assert story(alarm)[1] == ("email", "Ben", "no mail server is set up")
    assert story(alarm)[2][2].startswith("kept in the outbox and sent to nobody")
    assert not Delivery.objects.filter(delivered_at__isnull=False).exists()
    kept = [json.loads(line) for line in (tmp_path / "outbox" / "texts.jsonl").read_text().splitlines()]
    assert [text["to_staff"] for text in kept] == [str(ward.ben.staff_id)]


def test_a_letter_goes_through_the_mail_server_and_tells_nothing_about_anybody(ward, settings):
    settings.MAIL_LEAVES = True
    alarm = raise_one(ward)
    deliver()
    let_pass(minutes=1)
    deliver(email=gateways()["email"])
    assert story(alarm)[1] == ("email", "Ben", "delivered")
    (letter,) = mail.outbox
    told = letter.subject + letter.body
    assert letter.to == ["ben@example.org"]
    assert "/workspace/inbox/" in told
    for private in ("Ada", "Systolic", "190", "SBP", str(ward.ada.patient_id), str(alarm)):
        assert private not in told


def test_every_alarm_has_its_deadline_and_its_delivery_without_anybody_asking(ward):
    for severity in ("red", "amber"):
        alarm = raise_one(ward, severity=severity)
        assert set(Deadline.objects.filter(about_id=alarm).values_list("kind", flat=True)) == {
            "acknowledge",
            "deliver",
        }
    actions.close_alarm(alarm_id=Alarm.objects.first().id, reason="Seen.", actor=ward.ben, now=NOW)
    assert Deadline.objects.filter(is_armed=True).count() == 2


def test_a_story_of_deliveries_shows_to_the_care_team_alone(ward):
    alarm = raise_one(ward)
    deliver()
    assert [row.to for row in queries.deliveries_of([alarm], actor=ward.ben)[alarm]] == ["Ben Adeyemi"]
    assert queries.deliveries_of([alarm], actor=ward.cleo)[alarm] == ()


def test_the_outbox_of_texts_says_that_it_sent_nothing(ward, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    with pytest.raises(NotTaken, match="sent to nobody"):
        TextOutbox().send(Recipient(ward.ben.staff_id, "x@y"), Message("s", "w"))
