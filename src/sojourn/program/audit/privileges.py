"""What the role that runs the pages may do: everything to most tables, and only add and read where records are kept."""

from collections.abc import Iterable
from typing import Final

import pgtrigger
from django.apps import apps
from django.db import connection, models
from psycopg import sql

CHANGES: Final = ("UPDATE", "DELETE")


def refused_changes(model: type[models.Model]) -> tuple[str, ...]:
    """The changes that a table's own triggers refuse without any condition."""
    refused = {
        change
        for trigger in getattr(model._meta, "triggers", ())  # noqa: SLF001 - Django documents _meta
        if isinstance(trigger, pgtrigger.Protect) and trigger.condition is None
        for change in CHANGES
        if change in str(trigger.operation)
    }
    return tuple(change for change in CHANGES if change in refused)


def append_only_tables() -> dict[str, tuple[str, ...]]:
    """Every table of which some change is refused, with those changes. One list, kept where the triggers are."""
    found = {model._meta.db_table: refused_changes(model) for model in apps.get_models()}  # noqa: SLF001
    return {table: refused for table, refused in found.items() if refused}


def grant_to(role: str, *, make: bool) -> None:
    """Give a role what the pages and the worker need and nothing more; run by the owner after each migration.

    The role can neither change nor delete nor truncate what is append-only, and owns no table, so it cannot put a
    trigger out of the way. With `make` the role is made where it is missing.
    """
    with connection.cursor() as cursor:
        if make:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            if cursor.fetchone() is None:
                cursor.execute(
                    _composed("CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE", role)
                )
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {role}",
            "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
            "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}",
        ):
            cursor.execute(_composed(statement, role))
        for table, refused in append_only_tables().items():
            cursor.execute(_revoked(refused, table, role))
        cursor.execute(_revoked(("INSERT", *CHANGES), "django_migrations", role))


def _composed(statement: str, role: str) -> sql.Composed:
    return sql.SQL(statement).format(role=sql.Identifier(role))


def _revoked(changes: Iterable[str], table: str, role: str) -> sql.Composed:
    return sql.SQL("REVOKE {changes} ON {table} FROM {role}").format(
        changes=sql.SQL(", ").join(map(sql.SQL, changes)),
        table=sql.Identifier(table),
        role=sql.Identifier(role),
    )
