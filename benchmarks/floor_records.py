"""Running sessions with a token each, one director who looks on, and as many finished sessions as are asked for."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange, NumericRange

from benchmarks.records import without_triggers
from sojourn.clinical import monitoring
from sojourn.program.people.actors import Actor, actor_of
from sojourn.program.people.models import Patient, Practice, Site, StaffMember, User
from sojourn.program.plans.models import Course, Visit
from sojourn.program.treatment import tokens
from sojourn.program.treatment.models import RecordingToken
from sojourn.program.treatment.recorder import NewEvent, add_events

STATEMENTS = Path(__file__).with_name("floor.sql")
ROWS_EACH = 15  # events of a finished session
TO_A_MONITOR = 4
COOKIE = "floor".ljust(32, "0")


@dataclass(frozen=True)
class FloorRecords:
    """The running sessions with the secret of a gateway for each, who looks on, and what a finished one belongs to."""

    visits: tuple[UUID, ...]
    secrets: tuple[str, ...]
    sitters: tuple[str, ...]
    director: Actor
    cookie: str
    courses: tuple[UUID, ...]  # of finished sessions; a course has a number for 30,000
    patient: UUID


def make_floor(sessions: int, *, now: datetime) -> FloorRecords:
    """Fill an empty, migrated database with so many sessions that run since half an hour."""
    Practice.objects.create(id=1, name="Benchmark Practice")
    site = Site.objects.create(
        name="Oakland", address="1 Lake Street", state="CA", timezone="America/Los_Angeles"
    )
    director = _hire("director", "medical_director", site)
    visits, secrets, sitters = [], [], []
    monitor = director
    for n in range(sessions):
        if n % TO_A_MONITOR == 0:
            monitor = _hire(f"monitor-{n}", "session_monitor", site)
        course = _course(f"Running Person {n:04d}", site, director, now)
        visit = Visit.objects.create(
            course=course, patient=course.patient, kind="dosing", number=1 + n % 3,
            during=DateTimeTZRange(now - timedelta(minutes=35), now + timedelta(minutes=100)),
            clinician=monitor, places=NumericRange(1 + n % TO_A_MONITOR, 2 + n % TO_A_MONITOR), booked_at=now,
        )  # fmt: skip
        _begin(visit, monitor, now - timedelta(minutes=30 - n % 20))
        secrets.append(_token(visit, "device", now))
        sitters.append(_token(visit, "sitter", now))
        visits.append(visit.id)
    ended = _course("Finished Person", site, director, now)
    more = [
        Course.objects.create(
            patient=ended.patient,
            protocol_id="esketamine_clinic",
            protocol_version="1",
            prescriber=director,
            site=site,
            started_at=now,
            ended_at=now,
            ended_how="completed",
            ended_because="All doses were given.",
        )
        for _ in range(3)
    ]
    user = User.objects.select_related("staff_member").get(pk=director.user_id)
    return FloorRecords(
        tuple(visits),
        tuple(secrets),
        tuple(sitters),
        actor_of(user),
        _signed_in(user, now),
        tuple(each.id for each in (ended, *more)),
        ended.patient_id,
    )


def make_finished(records: FloorRecords, *, have: int, want: int, now: datetime) -> None:
    """Add finished sessions, each of fifteen events, until there are `want`."""
    given = {
        "now": now, "courses": list(records.courses), "patient": records.patient, "clinician": records.director.staff_id,
        "first": have + 1, "last": want,
    }  # fmt: skip
    with connection.cursor() as cursor:
        with without_triggers(cursor):
            for statement in STATEMENTS.read_text().split(";\n"):
                cursor.execute(statement, given)
        cursor.execute("VACUUM ANALYZE")


def _token(visit: Visit, role: str, now: datetime) -> str:
    secret = f"bench-{uuid4()}"
    RecordingToken.objects.create(
        visit=visit, role=role, label="Gateway", secret_hash=tokens.hash_of(secret), made_at=now
    )
    return secret


def _hire(name: str, role: str, site: Site) -> StaffMember:
    user = User(email=f"{name}@bench.example", password="!bench")  # noqa: S106
    user.save()
    member = StaffMember.objects.create(user=user, name=name, roles=[role])
    member.sites.add(site)
    return member


def _course(name: str, site: Site, prescriber: StaffMember, now: datetime) -> Course:
    patient = Patient.objects.create(
        name=name, born_on=date(1980, 1, 1), state="CA", site=site, joined_at=now
    )
    return Course.objects.create(
        patient=patient, protocol_id="esketamine_clinic", protocol_version="1", prescriber=prescriber, site=site,
        started_at=now - timedelta(days=9),
    )  # fmt: skip


def _begin(visit: Visit, monitor: StaffMember, at: datetime) -> None:
    vitals = {"systolic": 124, "diastolic": 78, "heart_rate": 70, "spo2": 98}
    told = [("vital_taken", vitals, at - timedelta(minutes=4)), ("dosed", {"mg": 56}, at)]
    told += [("vital_taken", vitals, at + timedelta(minutes=minute)) for minute in (2, 4, 6, 8)]
    events = [monitoring.read_event(kind=kind, facts=facts, taken_at=when) for kind, facts, when in told]
    add_events(
        visit.id,
        [NewEvent(event=event, form_id=uuid4()) for event in events],
        did="recorded",
        patient_id=visit.patient_id,
        actor=Actor(roles=frozenset(), staff_id=monitor.id),
        received_at=at,
    )


def _signed_in(user: User, now: datetime) -> str:
    told = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    Session.objects.create(
        session_key=COOKIE, session_data=SessionStore().encode(told), expire_date=now + timedelta(days=2)
    )
    return COOKIE
