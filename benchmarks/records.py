"""Patients by the thousand, made with set-based SQL (patients.sql): their accounts, answers, courses, sessions and alarms.

Numbers decide everything: patient n has the id `id_of(PATIENT, n)`, so that nothing has to be looked up. Of a hundred
patients 90 have completed a course, 4 are in treatment, 2 in preparation, and one each waits for a course, waits for a
decision, has just joined, or was declined. Ten sessions run now and 40 alarms are open at site 1, whatever the number.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.backends.utils import CursorWrapper

from sojourn.clinical import instruments, protocols
from sojourn.program.people.models import User

STATEMENTS = Path(__file__).with_name("patients.sql")
USER, PATIENT, REQUEST = 1, 2, 5  # kinds of ids; patients.sql names them all
SITES = 10
STAFF_OF_SITE = 20  # the first prescribes, the second directs, the others monitor
PRESCRIBER, DIRECTOR = 1, 2
OPEN_ALARMS = 40
BATCH = 10_000
HISTORY_WEEKS = 26  # of patients whose chart is read
HISTORY_SHORT = 4  # of everybody else


@dataclass(frozen=True)
class Records:
    """What the requests need to know: who answers which request, whose chart is looked at, and who looks."""

    patients: int
    answering: int
    charted: tuple[UUID, ...]
    open_requests: tuple[tuple[str, UUID], ...]
    prescriber_session: str
    director_session: str


def id_of(kind: int, number: int) -> UUID:
    """The id of a record by its number, in the form and order of the product's own (UUIDv7)."""
    return UUID(f"01930000-{kind:04x}-7000-8000-{number:012x}")


def answering_of(patients: int) -> int:
    """How many patients have questionnaires open that the load answers."""
    return min(500, patients // 2)


def make_records(*, patients: int, requests_each: int, now: datetime) -> Records:
    """Fill an empty, migrated database with a practice of so many patients."""
    answering = answering_of(patients)
    charted_to = min(answering + 5000, patients)
    with connection.cursor() as cursor:
        with without_triggers(cursor):
            _answers(cursor)
            given = {
                "now": now,
                "patients": patients,
                "sites": SITES,
                "staff": SITES * STAFF_OF_SITE,
                "staff_of_site": STAFF_OF_SITE,
                "answering": answering,
                "requests_each": requests_each,
                "charted_to": charted_to,
                "weeks": HISTORY_WEEKS,
                "weeks_short": HISTORY_SHORT,
                "open_alarms": OPEN_ALARMS,
                **_definitions(),
                **_assessment(now.date()),
            }
            for statement in STATEMENTS.read_text().strip().rstrip(";").split(";\n"):
                cursor.execute(statement, given)
        # What triggers would have kept row by row.
        cursor.execute("ANALYZE")
        for keep in ("treatment_stand", "results_follow"):
            for first in range(1, patients + 1, BATCH):
                ids = [id_of(PATIENT, number) for number in range(first, min(first + BATCH, patients + 1))]
                cursor.execute(f"SELECT {keep}(%s)", [ids])
        cursor.execute("VACUUM ANALYZE")
    sessions = _sessions(answering, now)
    return Records(
        patients=patients,
        answering=answering,
        charted=tuple(
            id_of(PATIENT, number) for number in range(answering + 1, charted_to + 1) if number % SITES == 0
        ),
        open_requests=tuple(
            (sessions[id_of(USER, number)], id_of(REQUEST, number * 1000 + 900 - place))
            for place in range(requests_each)
            for number in range(1, answering + 1)
        ),
        prescriber_session=sessions[_staff_account(PRESCRIBER)],
        director_session=sessions[_staff_account(DIRECTOR)],
    )


@contextmanager
def without_triggers(cursor: CursorWrapper) -> Iterator[None]:
    """Skip row history and foreign-key checks while the rows are made, where the account may; indexes stay."""
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    is_superuser = cursor.fetchone()[0]
    if is_superuser:
        cursor.execute("SET session_replication_role = replica")
    yield
    if is_superuser:
        cursor.execute("SET session_replication_role = DEFAULT")


def _definitions() -> dict[str, object]:
    phq, gad = instruments.get("phq-9"), instruments.get("gad-7")
    return {
        "phq_version": phq.version,
        "phq_hash": phq.definition_hash,
        "gad_version": gad.version,
        "gad_hash": gad.definition_hash,
    }


def _assessment(on: date) -> dict[str, object]:
    """One real evaluation, kept for every patient."""
    facts = protocols.read_facts({"born_on": "1984-05-02", "state": "CA", "hoping_for": "depression"})
    evaluation = protocols.evaluate(facts=facts, on=on)
    return {
        "facts": json.dumps(facts.as_json()),
        "evaluation": json.dumps(evaluation.as_json()),
        "disposition": evaluation.disposition,
        "rule_set_version": evaluation.rule_set_version,
    }


def _answers(cursor: CursorWrapper) -> None:
    """Keep real answers for each total, with item 9 of PHQ-9 at 0, so that made responses read like given ones."""
    cursor.execute("CREATE TEMP TABLE bench_answers (instrument text, total int, band text, answers jsonb)")
    for instrument_id, items, largest in (("phq-9", 8, 24), ("gad-7", 7, 21)):
        instrument = instruments.get(instrument_id)
        for total in range(largest + 1):
            raw = dict.fromkeys((item.id for item in instrument.items), 0)
            for place in range(total):
                raw[f"q{place % items + 1}"] += 1
            answers = instruments.read_answers(instrument, raw)
            band = instruments.band_of(instrument, total)
            cursor.execute(
                "INSERT INTO bench_answers VALUES (%s, %s, %s, %s)",
                [instrument_id, total, band.label if band else "", json.dumps(answers.as_json())],
            )


def _staff_account(number: int) -> UUID:
    return id_of(USER, 1_000_000_000 + number)


def _sessions(answering: int, now: datetime) -> dict[UUID, str]:
    """Sign in the answering patients and two members of staff; gives each account's session cookie."""
    accounts = [id_of(USER, number) for number in range(1, answering + 1)]
    accounts += [_staff_account(PRESCRIBER), _staff_account(DIRECTOR)]
    # All have the same (unusable) password, and the session's hash hangs on nothing else.
    proof = User(password="!bench").get_session_auth_hash()  # noqa: S106
    store = SessionStore()
    kept = []
    keys: dict[UUID, str] = {}
    for place, account in enumerate(accounts):
        keys[account] = f"bench{place:027d}"
        signed_in = {
            SESSION_KEY: str(account),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: proof,
        }
        expires = now.replace(year=now.year + 1, day=1)
        kept.append(
            Session(session_key=keys[account], session_data=store.encode(signed_in), expire_date=expires)
        )
    Session.objects.bulk_create(kept)
    return keys
