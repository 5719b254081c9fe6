"""`python -m tests.faults.disk_story FOLDER HOW`: a practice whose disk fills up and gets room again; prints what was found.

A process of its own, because it may mount a small disk for itself alone. `HOW` is "disk", or "limit" for the way without
a mount. `test_disk_full.py` says what must be true.
"""

import json
import os
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from benchmarks.served import Practice, ask, post, practice, press
from launcher.findings import data_folder_of
from tests.support.small_disk import SmallDisk, small_disk

MEGABYTES = 320  # the cluster, its log of changes and the files of the pages take half
MOST_POSTS = 3000
REFUSED_ENOUGH = 30
BLIND_WITHIN_S = 40.0
BACK_WITHIN_S = 90.0


class Sender:
    """A gateway that keeps a log of its own: what it was told of each of its readings."""

    def __init__(self, served: Practice) -> None:
        self.served = served
        self.acknowledged: list[str] = []
        self.waiting: list[tuple[str, str, dict[str, Any]]] = []  # secret, id, event: to be sent again
        self.said: set[tuple[int, str]] = set()  # every answer that was no acknowledgment
        self.slowest_s = 0.0

    def send(self, number: int) -> bool:
        """Send a new reading; give whether it was acknowledged."""
        form_id = str(uuid4())
        facts = {"systolic": 118 + number % 20, "diastolic": 76, "spo2": 97}
        event = {"form_id": form_id, "kind": "vital_taken", "facts": facts, "taken_at": _now()}
        return self._post(self.served.secrets[number % len(self.served.secrets)], form_id, event)

    def send_again(self) -> None:
        """Send what is not acknowledged yet, the same as before."""
        waiting, self.waiting = self.waiting, []
        for each in waiting:
            self._post(*each)

    def _post(self, secret: str, form_id: str, event: dict[str, Any]) -> bool:
        began = time.monotonic()
        status, text = post(self.served, secret, event)
        self.slowest_s = max(self.slowest_s, time.monotonic() - began)
        if status == 200:
            self.acknowledged.append(form_id)
            return True
        self.said.add((status, text))
        self.waiting.append((secret, form_id, event))
        return False


def story(served: Practice, disk: SmallDisk) -> dict[str, Any]:
    """Fill the disk, send readings, let even the log of changes run full, make room, send the same again."""
    found: dict[str, Any] = {"how": "a small disk" if disk.is_mounted else "a limit on files"}
    sender = Sender(served)
    eye = Eye(served)
    eye.start()
    for number in range(20):
        sender.send(number)
    served.look()
    disk.fill()
    full_since = time.monotonic()
    found["doctor"] = [each.sentence for each in data_folder_of(served.data) if each.grade == "problem"]
    _fill_up(served, disk, sender)
    found["acknowledged_on_a_full_disk"] = len(sender.acknowledged) - 20
    found["presses"] = [press(served, visit) for visit in served.visits * 3]
    found["blind_after_s"] = _blind_after(served, disk, eye, full_since)
    with_log = _let_the_log_run_full(served, disk, sender)
    found["server_fell"] = with_log
    disk.make_room()
    found["back_after_s"] = _until_all_are_acknowledged(served, sender)
    found |= _held_beside_the_database(served, sender)
    return found


def _fill_up(served: Practice, disk: SmallDisk, sender: Sender) -> None:
    """Send until so many were refused: the last free bytes of the tables are used up on the way."""
    for number in range(MOST_POSTS):
        sender.send(number)
        served.look()
        disk.fill()
        if len(sender.waiting) >= REFUSED_ENOUGH:
            return


def _let_the_log_run_full(served: Practice, disk: SmallDisk, sender: Sender) -> bool:
    """Use up the server's spare log files, so that it cannot even note what it does; give whether it fell over that."""
    before = set(served.servers())
    for number in range(40):
        try:
            with psycopg.connect(served.url, autocommit=True, connect_timeout=5) as owner:
                owner.execute("SELECT pg_switch_wal()")
                owner.execute("CREATE TABLE IF NOT EXISTS more (n int)")
                owner.execute("INSERT INTO more VALUES (1)")
        except psycopg.Error:
            if not before & set(served.servers()):
                break
        disk.fill()
        sender.send(number)
        served.look()
    return not before <= set(served.servers())


class Eye(threading.Thread):
    """A page that asks again and again whether anybody watches, and notes when it was told that nobody does."""

    def __init__(self, served: Practice) -> None:
        super().__init__(daemon=True)
        self.served = served
        self.blind_at: float | None = None

    def run(self) -> None:
        while self.blind_at is None:
            if '"is_blind": true' in ask(self.served.port, "GET", "/health/watch/", within_s=30)[1]:
                self.blind_at = time.monotonic()
            time.sleep(0.5)


def _blind_after(served: Practice, disk: SmallDisk, eye: Eye, since: float) -> float | None:
    """How long after the disk was full the pages say that nobody watches; None when they do not."""
    while eye.blind_at is None and time.monotonic() - since < BLIND_WITHIN_S:
        served.look()
        disk.fill()
    return eye.blind_at and eye.blind_at - since


def _until_all_are_acknowledged(served: Practice, sender: Sender) -> float | None:
    began = time.monotonic()
    while time.monotonic() - began < BACK_WITHIN_S:
        served.look(0.2)
        sender.send_again()
        if not sender.waiting:
            return time.monotonic() - began
    return None


def _held_beside_the_database(served: Practice, sender: Sender) -> dict[str, Any]:
    with psycopg.connect(served.url) as owner:
        rows = owner.execute(
            "SELECT form_id::text FROM treatment_sessionevent WHERE source = 'device'"
        ).fetchall()
    on_record = [form_id for (form_id,) in rows]
    return {
        "acknowledged": len(sender.acknowledged),
        "lost": len(set(sender.acknowledged) - set(on_record)),
        "doubled": len(on_record) - len(set(on_record)),
        "not_sent": len(set(on_record) - set(sender.acknowledged)),
        "said": sorted(sender.said),
        "slowest_s": sender.slowest_s,
        "is_intact": served.is_intact(),
        "sees_again": _sees_again(served),
    }


def _sees_again(served: Practice) -> bool:
    began = time.monotonic()
    while time.monotonic() - began < BLIND_WITHIN_S:
        served.look(0.5)
        if '"is_blind": false' in ask(served.port, "GET", "/health/watch/", within_s=30)[1]:
            return True
    return False


def _now() -> str:
    return datetime.now(UTC).isoformat()


if __name__ == "__main__":
    place = Path(sys.argv[1])
    small = small_disk(place, megabytes=MEGABYTES, may_mount=sys.argv[2] == "disk")
    os.environ.pop("SOJOURN_DATABASE_URL", None)
    with practice(place / "practice", whole=True) as at_work:
        small.servers = at_work.servers
        sys.stdout.write(json.dumps(story(at_work, small)) + "\n")
