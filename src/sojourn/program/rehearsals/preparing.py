"""Makes the rehearsal database: the practice's own tables, empty, and a clock of its own. Run by the owner."""

from typing import Final

from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError
from psycopg import sql
from psycopg.errors import ObjectInUse

from sojourn.program.audit.models import Entry
from sojourn.program.audit.privileges import grant_to
from sojourn.program.people.models import User
from sojourn.program.people.queries import the_practice
from sojourn.program.rehearsals.world import REHEARSAL, in_rehearsal

CLOCK: Final = """
CREATE SCHEMA IF NOT EXISTS rehearsal_clock;
GRANT USAGE ON SCHEMA rehearsal_clock TO PUBLIC;
CREATE OR REPLACE FUNCTION rehearsal_clock.tell(shown timestamptz) RETURNS void LANGUAGE sql AS $$
    SELECT set_config('search_path', 'rehearsal_clock, pg_catalog, public', false),
           set_config('sojourn.shown', coalesce(shown::text, ''), false)
$$;
"""
# Found before those of pg_catalog, because the search path says so: the one clock that deadlines are judged by.
SHADOWED: Final = ("now", "clock_timestamp", "statement_timestamp", "transaction_timestamp")
SHADOW: Final = """
CREATE OR REPLACE FUNCTION rehearsal_clock.{name}() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(nullif(current_setting('sojourn.shown', true), '')::timestamptz, pg_catalog.{name}())
$$
"""


def prepare_rehearsal(*, role: str = "") -> None:
    """Make the database where it is missing, migrate it, give it its clock, and `role` its rights.

    Raises DatabaseError where the owner of the practice's database may not make another.
    """
    _made()
    executor = MigrationExecutor(connections[REHEARSAL])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", database=REHEARSAL, verbosity=0, interactive=False)
    with connections[REHEARSAL].cursor() as cursor:
        cursor.execute(CLOCK)
        for name in SHADOWED:
            cursor.execute(SHADOW.format(name=name))
    if role:
        with in_rehearsal():
            grant_to(role, make=False)


def _made() -> None:
    """Make the database, unless it answers."""
    world = connections[REHEARSAL]
    try:
        world.ensure_connection()
    except OperationalError as error:
        if "does not exist" not in str(error):
            raise
        if not (_is_new_practice() and _copied()):
            _create("CREATE DATABASE {name}")


def _is_new_practice() -> bool:
    """Hold for a practice that was migrated just now: its database is as empty as a rehearsal's has to be."""
    return not (the_practice().exists or User.objects.exists() or Entry.objects.exists())


def _copied() -> bool:
    """Copy the practice's empty tables, which takes a moment where migrating takes many; False while others use them."""
    practice = connections[DEFAULT_DB_ALIAS]
    assert isinstance(practice, DatabaseWrapper)
    practice.close()
    practice.close_pool()
    try:
        _create("CREATE DATABASE {name} TEMPLATE {practice}")
    except OperationalError as error:
        if not isinstance(error.__cause__, ObjectInUse):
            raise
        return False
    return True


def _create(statement: str) -> None:
    world, practice = connections[REHEARSAL], connections[DEFAULT_DB_ALIAS]
    with world._nodb_cursor() as cursor:  # noqa: SLF001 - how Django itself makes its test databases
        cursor.execute(
            sql.SQL(statement).format(
                name=sql.Identifier(world.settings_dict["NAME"]),
                practice=sql.Identifier(practice.settings_dict["NAME"]),
            )
        )
