"""Writing what was read: all good rows in one transaction, nothing that is known already, nothing overwritten."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from sojourn.clinical import instruments
from sojourn.program.audit import actions as audit
from sojourn.program.measures.importing.import_map import ImportMap
from sojourn.program.measures.importing.reading import Gap, Reading
from sojourn.program.measures.importing.visits import Refusal, Visit, import_key
from sojourn.program.measures.models import QuestionnaireRequest, Response
from sojourn.program.people.actors import Actor
from sojourn.program.people.research_records import add_research_records, research_records
from sojourn.program.people.roster import SiteRow

ROWS_A_STATEMENT = 1000
MIDDAY = time(12)  # the file has days only; at midday a score is on its day in every view of it
ONE_IMPORT_AT_A_TIME = 7_305_001  # an advisory lock of this database
Item = TypeVar("Item")
DayOf = tuple[UUID | None, date]


class NothingToRecord(Exception):
    """No row of the file holds a usable score: most likely the map names the wrong column."""


@dataclass(frozen=True)
class Outcome:
    """What an import did, or with `dry_run` would do. `conflicts` are scores known with another value."""

    dry_run: bool
    new_people: int
    new_scores: int
    known_scores: int
    new_gaps: int
    conflicts: tuple[Refusal, ...]


@dataclass(frozen=True)
class _Difference:
    """What a reading holds that the records do not."""

    people: dict[str, date | None]
    scores: list[Visit]
    gaps: list[Gap]
    known_scores: int
    conflicts: list[Refusal]


def record_scores(
    reading: Reading,
    *,
    site: SiteRow,
    actor: Actor,
    now: datetime,
    dry_run: bool = False,
    tell: Callable[[int], None] = lambda _: None,
) -> Outcome:
    """Bring what was read into patients' records; a second time, nothing is added.

    A score that is known with another value stays as it is, and is named among the conflicts. `tell` hears how many
    people, scores and gaps are written. Raises NothingToRecord.
    """
    if not reading.scores:
        raise NothingToRecord
    with transaction.atomic():
        _one_at_a_time()
        people = research_records(reading.import_map.source)
        new = _difference(reading, people)
        if not dry_run and (new.people or new.scores or new.gaps):
            _write(reading.import_map, people, new, site=site, actor=actor, now=now, tell=tell)
    return Outcome(
        dry_run=dry_run,
        new_people=len(new.people),
        new_scores=len(new.scores),
        known_scores=new.known_scores,
        new_gaps=len(new.gaps),
        conflicts=tuple(new.conflicts),
    )


def _difference(reading: Reading, people: dict[str, UUID]) -> _Difference:
    import_map = reading.import_map
    recorded = _recorded_scores(import_map)
    scores: list[Visit] = []
    known = 0
    conflicts: list[Refusal] = []
    for visit in reading.scores:
        before = recorded.get(import_key(import_map, visit.person, visit.label))
        if before is None:
            scores.append(visit)
        elif before == (visit.value, visit.on):
            known += 1
        else:
            reason = "is recorded with another score or day; the recorded one was kept"
            conflicts.append(Refusal(visit.line, import_map.score_column, str(visit.value), reason))
    return _Difference(
        people={person: born for person, born in reading.people.items() if person not in people},
        scores=scores,
        gaps=_new_gaps(reading, people, recorded),
        known_scores=known,
        conflicts=conflicts,
    )


def _recorded_scores(import_map: ImportMap) -> dict[str, tuple[object, date]]:
    rows = Response.objects.filter(
        patient__import_source=import_map.source, instrument_id=import_map.instrument.id
    ).exclude(import_key="")
    return {
        key: (value, on)
        for key, value, on in rows.values_list("import_key", "value", "answered_on").iterator()
    }


def _new_gaps(
    reading: Reading, people: dict[str, UUID], recorded: dict[str, tuple[object, date]]
) -> list[Gap]:
    """Give the visits without a score that are neither recorded as gaps nor, from another file, as scores."""
    import_map = reading.import_map
    asked = set(
        QuestionnaireRequest.objects.filter(
            patient__import_source=import_map.source, instrument_id=import_map.instrument.id
        ).values_list("patient_id", "due_on")
    )
    new: dict[tuple[str, date], Gap] = {}
    for gap in reading.gaps:
        visit = gap.visit
        is_known = import_key(import_map, visit.person, visit.label) in recorded
        if not is_known and (people.get(visit.person), visit.on) not in asked:
            new.setdefault((visit.person, visit.on), gap)
    return list(new.values())


def _write(
    import_map: ImportMap,
    people: dict[str, UUID],
    new: _Difference,
    *,
    site: SiteRow,
    actor: Actor,
    now: datetime,
    tell: Callable[[int], None],
) -> None:
    if new.people:
        people = people | add_research_records(
            source=import_map.source,
            people=new.people,
            days_made_up=import_map.first_visit_on is not None,
            site_id=site.id,
            actor=actor,
            now=now,
            tell=tell,
        )
    done = len(new.people)
    for responses in _batches(_responses(import_map, people, new.scores, ZoneInfo(site.timezone), now)):
        Response.objects.bulk_create(responses)
        done += len(responses)
        tell(done)
    for requests in _batches(_requests(import_map, people, new.gaps)):
        QuestionnaireRequest.objects.bulk_create(requests)
        done += len(requests)
        tell(done)
    audit.record(actor, "imported scores", about=("import", None), at=now)


def _responses(
    import_map: ImportMap, people: dict[str, UUID], scores: Iterable[Visit], zone: ZoneInfo, now: datetime
) -> Iterator[Response]:
    instrument = import_map.instrument
    asked = _asked_before(import_map)
    for visit in scores:
        total = instruments.score_from_total(instrument, visit.value)
        patient_id = people[visit.person]
        yield Response(
            patient_id=patient_id,
            request_id=asked.pop((patient_id, visit.on), None),
            instrument_id=instrument.id,
            instrument_version=total.instrument_version,
            definition_hash=total.definition_hash,
            source=Response.Source.IMPORT,
            answers=None,
            answered_at=datetime.combine(visit.on, MIDDAY, zone),
            answered_on=visit.on,
            received_at=now,
            value=visit.value,
            band=total.band.label if total.band else "",
            import_key=import_key(import_map, visit.person, visit.label),
        )


def _asked_before(import_map: ImportMap) -> dict[DayOf, UUID]:
    """Visits that an earlier file had no score for; a score that comes later answers them."""
    waiting = QuestionnaireRequest.objects.filter(
        patient__import_source=import_map.source, instrument_id=import_map.instrument.id, response=None
    )
    return {(patient, on): asked for asked, patient, on in waiting.values_list("id", "patient_id", "due_on")}


def _requests(
    import_map: ImportMap, people: dict[str, UUID], gaps: Iterable[Gap]
) -> Iterator[QuestionnaireRequest]:
    """A visit without a score was asked for on its day and not answered: charts show a gap, and no line across it."""
    for gap in gaps:
        on = gap.visit.on
        yield QuestionnaireRequest(
            patient_id=people[gap.visit.person],
            instrument_id=import_map.instrument.id,
            occasion=f"{import_map.source}: {gap.because}",
            opens_on=on,
            due_on=on,
            closes_on=on,
        )


def _batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    while batch := list(islice(items, ROWS_A_STATEMENT)):
        yield batch


def _one_at_a_time() -> None:
    """Wait until another import has ended: both would otherwise find the same people missing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_IMPORT_AT_A_TIME])
