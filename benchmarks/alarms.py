"""`./sojourn bench --alarms N`: answers that call for help, from their sending to open inboxes, and under kill -9.

First rounds of few answers, each timed: sent, answered, told to every open inbox, and standing on the page that a told
inbox asks for. Beside them what the database alone needs to tell a listener of one row. Then the rest, from several
hands, while the web server is killed; every sender's own log is held beside the database.
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import psycopg

from benchmarks.alarm_records import ANSWERS, CSRF
from benchmarks.figures import share
from benchmarks.report import Target, target_lines
from benchmarks.served import Practice, ask, kill, practice

LISTENING = Path(__file__).with_name("listening.py")
RECORDS = Path(__file__).with_name("alarm_records.py")
INBOXES = 20
ROUND = 12  # so few are open at a time: whoever watches takes them on and closes them
A_SECOND = 4
SENDERS = 4
AGAIN_AFTER_S = 0.2
GIVE_UP_AFTER_S = 60.0
TOLD_WITHIN_S = 1.5  # after the last answer of a round
LOST = """
SELECT request.id, count(DISTINCT response.id), count(DISTINCT alarm.id)
FROM measures_questionnairerequest request
LEFT JOIN measures_response response ON response.request_id = request.id
LEFT JOIN safety_alarm alarm ON alarm.about_id = request.id
GROUP BY request.id
"""
LOSES_ONE = """
ALTER TABLE safety_alarm DISABLE TRIGGER ALL;
DELETE FROM safety_alarm WHERE about_id = '{request}';
ALTER TABLE safety_alarm ENABLE TRIGGER ALL;
"""
DEAF = "ALTER TABLE safety_alarmevent {} TRIGGER pgtrigger_alarm_events_wake_inboxes_e2246"

Asked = dict[str, str]


@dataclass
class Timed:
    """Moments by the machine's steady clock. `told` are those of every inbox, `shown` those on an inbox's page."""

    sent: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    told: list[list[float]] = field(default_factory=list)  # for each alarm
    shown: dict[str, float] = field(default_factory=dict)  # by the patient's name
    names: list[str] = field(default_factory=list)

    @property
    def never_told(self) -> int:
        return sum(INBOXES - len(heard) for heard in self.told)

    def delays_ms(self, since: Sequence[float]) -> list[float]:
        """Milliseconds until each inbox was told; 0 where it was told before."""
        return [
            max(0.0, at - began) * 1000 for began, heard in zip(since, self.told, strict=True) for at in heard
        ]

    def shown_ms(self) -> list[float]:
        """Milliseconds from each answer until it stood on the page of an inbox; those never shown are left out."""
        pairs = zip(self.names, self.answered, strict=True)
        return [max(0.0, self.shown[name] - began) * 1000 for name, began in pairs if name in self.shown]


@dataclass(frozen=True)
class Verdict:
    """What the database says about the senders' log. `silent` are answers on record without their alarm."""

    acknowledged: int
    lost: int
    silent: int
    doubled: int
    kills: int = 0
    asked_again: int = 0

    @property
    def holds(self) -> bool:
        return not (self.lost or self.silent or self.doubled)


def measure_alarms(count: int, *, plant: bool = False) -> int:
    """Run everything and print it; returns 1 where an alarm was lost, doubled or never told."""
    with (
        tempfile.TemporaryDirectory(prefix="sojourn-alarms-") as folder,
        practice(Path(folder), whole=True, sessions=0) as of,  # no session: nothing else alarms
    ):
        asked = answering(of, count)
        rounds = max(1, min(10, count // 2 // ROUND))
        timed = timed_rounds(of, asked[: rounds * ROUND], deaf_round=rounds - 1 if plant else None)
        found = under_kills(of, asked[rounds * ROUND :], kills=max(2, count // 60))
        if plant:
            lose_one(of, asked[-1]["request"])
            again = verdict(of, {each["request"] for each in asked[rounds * ROUND :]})
            found = replace(again, kills=found.kills, asked_again=found.asked_again)
        bare = bare_telling_ms(of)
    targets = [
        Target("P2", "alarms of acknowledged answers lost", 0, found.lost, lower_is_better=True),
        Target("P2", "answers on record without alarm", 0, found.silent, lower_is_better=True),
        Target("P2", "alarms doubled", 0, found.doubled, lower_is_better=True),
        Target("P2", f"alarms never told to one of {INBOXES} inboxes", 0, timed.never_told, lower_is_better=True),
        Target("P2", "ms from answered to told, p99", 100, _of(timed.delays_ms(timed.answered), 0.99), lower_is_better=True),
        Target("P2", "ms from answered to its page in hand, p99", 100, _of(timed.shown_ms(), 0.99), lower_is_better=True),
    ]  # fmt: skip
    print(_says(timed, bare))
    print(f"web server killed {found.kills} times: {found}")
    for line in target_lines(targets):
        print(line)
    return int(not found.holds or timed.never_told > 0 or len(timed.shown) < len(timed.names))


def _says(timed: Timed, bare: Sequence[float]) -> str:
    acknowledged = [(a - s) * 1000 for s, a in zip(timed.sent, timed.answered, strict=True)]
    from_sent = timed.delays_ms(timed.sent)
    return (
        f"{len(timed.sent)} answers, {INBOXES} inboxes: answered p50 {_of(acknowledged, 0.5):.0f} ms, "
        f"p99 {_of(acknowledged, 0.99):.0f} ms; told p50 {_of(from_sent, 0.5):.0f} ms, p99 {_of(from_sent, 0.99):.0f} ms "
        f"after sending, p99 {_of(timed.delays_ms(timed.answered), 0.99):.0f} ms after the answer; on the page p50 "
        f"{_of(timed.shown_ms(), 0.5):.0f} ms, p99 {_of(timed.shown_ms(), 0.99):.0f} ms after it, {len(timed.shown)} of "
        f"{len(timed.names)}; a plain row told by the database p50 {_of(bare, 0.5):.1f} ms, p99 {_of(bare, 0.99):.1f} ms"
    )


def _of(values: Sequence[float], part: float) -> float:
    return share(values, part) if values else float("inf")


# ---- timed
def answering(of: Practice, count: int) -> list[Asked]:
    """Make patients with a questionnaire each in this practice."""
    made = subprocess.run(
        [sys.executable, str(RECORDS), str(count)],
        env=of.variables,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise RuntimeError(made.stderr[-2000:])
    found: list[Asked] = json.loads(made.stdout)
    return found


def timed_rounds(of: Practice, asked: Sequence[Asked], *, deaf_round: int | None = None) -> Timed:
    """Send answers at an even pace while inboxes are open; between rounds the alarms are closed, as people would."""
    whole = Timed()
    for number, first in enumerate(range(0, len(asked), ROUND)):
        _close_all(of)
        if number == deaf_round:
            _as_owner(of, DEAF.format("DISABLE"))
        _round(of, asked[first : first + ROUND], whole)
        if number == deaf_round:
            _as_owner(of, DEAF.format("ENABLE"))
    return whole


def _round(of: Practice, asked: Sequence[Asked], whole: Timed) -> None:
    lasts = len(asked) / A_SECOND + TOLD_WITHIN_S
    listener = subprocess.Popen(
        [sys.executable, str(LISTENING), str(of.live_port), str(INBOXES), str(lasts + 1), _ticket(of), "changed"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert listener.stdout is not None
    listener.stdout.readline()
    reader = threading.Thread(
        target=_read_inbox, args=(of, [each["name"] for each in asked], whole.shown, lasts)
    )
    reader.start()
    time.sleep(0.5)  # the inboxes are told once as they open
    began = time.monotonic()
    for place, each in enumerate(asked):
        time.sleep(max(0.0, began + place / A_SECOND - time.monotonic()))
        sent = time.monotonic()
        if not _is_taken(*_send(of, each)):
            raise RuntimeError(f"the answers of {each['name']} were not taken")
        whole.sent.append(sent)
        whole.answered.append(time.monotonic())
        whole.names.append(each["name"])
    heard: dict[int, list[float]] = defaultdict(list)
    for stream, _, at in json.loads(listener.stdout.readline())["heard"]:
        if at >= began:
            heard[stream].append(at)
    listener.wait(30)
    reader.join(30)
    if any(len(times) > len(asked) for times in heard.values()):
        raise RuntimeError("an inbox was told of more than the alarms of this round; the times mean nothing")
    # Each alarm is one word to each inbox, in the order in which they were committed.
    whole.told += [[times[n] for times in heard.values() if n < len(times)] for n in range(len(asked))]


def _read_inbox(of: Practice, names: Sequence[str], shown: dict[str, float], seconds: float) -> None:
    """Do what the page of an inbox does: ask for it when told, and note who stands on it."""
    until = time.monotonic() + seconds
    line = HTTPConnection("127.0.0.1", of.live_port, timeout=10)  # a tick comes every two seconds
    line.request("GET", f"/live/stream?ticket={_ticket(of)}")
    answer = line.getresponse()
    while time.monotonic() < until:
        if answer.readline().startswith(b"event: changed"):
            _, page = ask(of.port, "GET", "/workspace/inbox/", headers=_director(of), within_s=10)
            at = time.monotonic()
            for name in names:
                if name in page:
                    shown.setdefault(name, at)
    line.close()


def _ticket(of: Practice) -> str:
    status, said = ask(of.port, "GET", "/workspace/inbox/ticket/", headers=_director(of), within_s=10)
    if status != 200:  # noqa: PLR2004
        raise RuntimeError(f"no ticket for the inbox: {status}")
    word: str = json.loads(said)["ticket"]
    return word


def _close_all(of: Practice) -> None:
    """Close every open alarm through the door, as the director."""
    with psycopg.connect(of.url) as connection:
        rows = connection.execute(
            "SELECT alarm_id FROM safety_alarmevent GROUP BY 1 HAVING NOT bool_or(what = 'closed')"
        ).fetchall()
    for (alarm_id,) in rows:
        sent = urlencode({"csrfmiddlewaretoken": CSRF, "reason": "Called; safe, with a plan."})
        status, _ = ask(
            of.port, "POST", f"/workspace/inbox/{alarm_id}/close/", sent, _director(of), within_s=10
        )
        if status != 302:  # noqa: PLR2004
            raise RuntimeError(f"closing an alarm answered {status}")


def _director(of: Practice) -> dict[str, str]:
    return {
        "Cookie": f"sojourn_session={of.cookie}; sojourn_csrf={CSRF}",
        "Content-Type": "application/x-www-form-urlencoded",
    }


def bare_telling_ms(of: Practice, *, times: int = 200) -> list[float]:
    """The ceiling: a row of a plain table, from its sending to one listener on the same database."""
    found: list[float] = []
    with (
        psycopg.connect(of.url, autocommit=True) as writer,
        psycopg.connect(of.url, autocommit=True) as listener,
    ):
        writer.execute("CREATE TABLE bench_alarm (id bigserial PRIMARY KEY, at timestamptz)")
        listener.execute("LISTEN bench_alarm")
        for _ in range(times):
            began = time.monotonic()
            writer.execute(
                "WITH made AS (INSERT INTO bench_alarm (at) VALUES (now())) SELECT pg_notify('bench_alarm', '')"
            )
            next(listener.notifies(timeout=5))
            found.append((time.monotonic() - began) * 1000)
    return found


# ---- under kills
@dataclass
class Log:
    """The senders' own log."""

    acknowledged: set[str] = field(default_factory=set)
    asked_again: int = 0
    kept: threading.Lock = field(default_factory=threading.Lock)


def under_kills(of: Practice, asked: Sequence[Asked], *, kills: int) -> Verdict:
    """Send from several hands, each again until it is taken, while the web server is killed at even distances."""
    log = Log()
    senders = [threading.Thread(target=_send_all, args=(of, log, asked[n::SENDERS])) for n in range(SENDERS)]
    for sender in senders:
        sender.start()
    killed = 0
    while any(sender.is_alive() for sender in senders):
        of.look()
        if killed < kills and len(log.acknowledged) >= (killed + 1) * len(asked) // (kills + 1):
            kill(of.web)
            killed += 1
    return verdict(of, log.acknowledged, kills=killed, asked_again=log.asked_again)


def _send_all(of: Practice, log: Log, asked: Sequence[Asked]) -> None:
    for each in asked:
        deadline = time.monotonic() + GIVE_UP_AFTER_S
        tries = 0
        while not _is_taken(*_send(of, each)):
            if time.monotonic() > deadline:
                return
            time.sleep(AGAIN_AFTER_S)
            tries += 1
        with log.kept:
            log.acknowledged.add(each["request"])
            log.asked_again += tries


def _send(of: Practice, asked: Asked) -> tuple[int, str]:
    headers = {"Cookie": asked["cookies"], "Content-Type": "application/x-www-form-urlencoded"}
    return ask(of.port, "POST", asked["path"], ANSWERS, headers, within_s=30)


def _is_taken(status: int, page: str) -> bool:
    """True where the door said so: on to the next page, or by link a page that asks nothing any more."""
    return status == 302 or (status == 200 and 'name="q9"' not in page)  # noqa: PLR2004


def verdict(of: Practice, acknowledged: set[str], *, kills: int = 0, asked_again: int = 0) -> Verdict:
    """Hold the senders' log beside the database."""
    with psycopg.connect(of.url) as connection:
        rows = {str(request): (responses, alarms) for request, responses, alarms in connection.execute(LOST)}
    return Verdict(
        acknowledged=len(acknowledged),
        lost=sum(rows.get(each, (0, 0))[1] == 0 or rows[each][0] == 0 for each in acknowledged),
        silent=sum(responses > 0 and not alarms for responses, alarms in rows.values()),
        doubled=sum(responses > 1 or alarms > 1 for responses, alarms in rows.values()),
        kills=kills,
        asked_again=asked_again,
    )


def lose_one(of: Practice, request_id: str) -> None:
    """Plant a fault: one alarm is gone, as if it had never been committed."""
    _as_owner(of, LOSES_ONE.format(request=request_id))


def _as_owner(of: Practice, statements: str) -> None:
    with psycopg.connect(of.url, autocommit=True) as owner:
        owner.execute(statements)  # type: ignore[arg-type] - words of this file and ids of the database
