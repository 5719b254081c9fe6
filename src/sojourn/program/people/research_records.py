"""Records of people from outside, kept for their scores. They have no account and are marked wherever they are shown."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from itertools import islice
from uuid import UUID

import pghistory
from django.db import connection, transaction

from sojourn.program.audit import actions as audit
from sojourn.program.people.actors import Actor
from sojourn.program.people.models import Patient

ROWS_A_STATEMENT = 1000


def research_records(source: str) -> dict[str, UUID]:
    """The records that came from a source, by the id they have there."""
    rows = Patient.objects.filter(import_source=source, kind=Patient.Kind.RESEARCH)
    return dict(rows.values_list("import_id", "id"))


def add_research_records(
    *,
    source: str,
    people: Mapping[str, date | None],
    days_made_up: bool,
    site_id: UUID,
    actor: Actor,
    now: datetime,
    tell: Callable[[int], None] = lambda _: None,
) -> dict[str, UUID]:
    """Add a record for each person of an outside source (their id there, and birth date where it is known).

    `days_made_up` says that the source has no calendar days: the records are marked so on their chart.
    `tell` hears how many are added. Only the import command calls this, on the machine itself; no page does.
    """
    added: dict[str, UUID] = {}
    with transaction.atomic(), pghistory.context(actor=str(actor.user_id)):
        _check_at_once()
        records = (
            Patient(
                kind=Patient.Kind.RESEARCH,
                name=f"Imported record {import_id}",
                born_on=born_on,
                site_id=site_id,
                joined_at=now,
                import_source=source,
                import_id=import_id,
                import_days_made_up=days_made_up,
            )
            for import_id, born_on in people.items()
        )
        while batch := list(islice(records, ROWS_A_STATEMENT)):
            Patient.objects.bulk_create(batch)
            added |= {record.import_id: record.id for record in batch}
            tell(len(added))
        audit.record(actor, "added imported research records", about=("site", site_id), at=now)
    return added


def _check_at_once() -> None:
    """Check references with each insert of this transaction instead of at its end.

    The trigger of the row history opens a subtransaction for each row, and PostgreSQL looks through all waiting
    checks at the end of each: 200,000 people would take an hour instead of a minute.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
