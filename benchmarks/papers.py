"""How long it takes to derive and set each document of a session, beside setting an empty page."""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import typst

from sojourn.clinical.monitoring import monitoring_plan, read_event, state_of
from sojourn.clinical.monitoring.documents import DOCUMENTS, Entry, SessionRecord
from sojourn.design.papers.pdf import paper_pdf
from sojourn.program.people.queries import PracticeCard
from sojourn.workspace.session_room.printing import paper_of

DOSED_AT = datetime(2026, 11, 24, 18, tzinfo=UTC)
EMPTY_PAGE = b"#set document(title: [x])\nx"
TARGET_S = 1.0
READINGS = 40


def measure(repeats: int) -> int:
    """Print median and slowest of each document, and its ratio to an empty page; 1 when one takes a second or more."""
    record = _record()
    practice = PracticeCard(name="Bench Practice", is_demonstration=True)
    empty = _times(lambda: typst.compile(EMPTY_PAGE, ignore_system_fonts=True), repeats)
    print(f"an empty page     {_ms(empty)}")
    worst = 0.0
    for kind, made in DOCUMENTS.items():
        found = _times(lambda made=made: paper_pdf(paper_of(made(record), practice=practice)), repeats)
        worst = max(worst, *found)
        ratio = statistics.median(found) / statistics.median(empty)
        print(f"{kind:<17} {_ms(found)}   {ratio:.1f} times an empty page")
    print(f"target: below {TARGET_S:g} s each; slowest {worst:.3f} s, {len(record.entries)} events")
    return int(worst >= TARGET_S)


def _times(deed: Callable[[], object], repeats: int) -> list[float]:
    found = []
    for _ in range(repeats):
        began = time.perf_counter()
        deed()
        found.append(time.perf_counter() - began)
    return found


def _ms(seconds: list[float]) -> str:
    return f"median {statistics.median(seconds) * 1000:6.1f} ms, slowest {max(seconds) * 1000:6.1f} ms"


def _record() -> SessionRecord:
    """A session with a reading every three minutes, a red alarm and a discharge."""
    plan = monitoring_plan("esketamine_clinic")
    vitals = {"systolic": 124, "diastolic": 78, "heart_rate": 70, "spo2": 98, "respiratory_rate": 14}
    told = [
        *(("checked", -20, {"item": item.id, "passed": True}) for item in plan.checklist if item.needed),
        ("vital_taken", -15, vitals),
        ("dosed", 0, {"mg": 56}),
        *(("vital_taken", 3 * n, vitals | {"systolic": 120 + n}) for n in range(1, READINGS)),
        (
            "alarmed",
            40,
            {"limit_id": "SBP-RED", "severity": "red", "about_id": "12", "words": "Systolic 185"},
        ),
        ("discharged", 125, {"words": "With the escort."}),
    ]
    events = [
        read_event(kind=kind, facts=facts, taken_at=DOSED_AT + timedelta(minutes=minute), event_id=str(n))
        for n, (kind, minute, facts) in enumerate(told)
    ]
    return SessionRecord(
        patient_name="Bench Patient",
        born_on=date(1984, 5, 2),
        session_number=1,
        title="Esketamine in the clinic",
        monitor="Bench Monitor",
        site_name="Bench",
        site_address="1 Bench St",
        zone=ZoneInfo("America/Los_Angeles"),
        plan=plan,
        observe_longer=False,
        state=state_of(events=events, plan=plan, now=DOSED_AT + timedelta(hours=3)),
        entries=tuple(Entry(number=n, event=event, by="Bench Monitor") for n, event in enumerate(events, 1)),
        head="ab" * 32,
    )
