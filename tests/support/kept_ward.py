"""The ward of most tests: opened once by its actions, and laid down again for each later test as the rows they wrote.

Opening it asks the database two hundred times, laying it down once. Ids and hashes are the same in each test of a process.
"""

import json
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, transaction
from psycopg import sql

from tests.support.ward import Ward, open_ward


@dataclass(frozen=True)
class Kept:
    ward: Ward
    statement: str  # one for all tables


_kept: list[Kept] = []


def the_ward() -> Ward:
    """Give the ward as `open_ward()` leaves it, in a database without one."""
    if not _kept:
        before = rows_of_all_tables()
        ward = open_ward()
        _kept.append(Kept(ward, _laying_down(before, rows_of_all_tables())))
        return ward
    (kept,) = _kept
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(kept.statement)
    return kept.ward


def rows_of_all_tables() -> dict[str, list[str]]:
    """Every row of every table, as JSON."""
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(tables & set(connection.introspection.table_names(cursor))):
            cursor.execute(sql.SQL("SELECT to_jsonb(row)::text FROM {} row").format(sql.Identifier(table)))
            found[table] = [row for (row,) in cursor.fetchall()]
    return found


def _laying_down(before: dict[str, list[str]], after: dict[str, list[str]]) -> str:
    """What adds the new rows. As a replica, because what triggers would write is among the rows already."""
    statements = [
        sql.SQL("INSERT INTO {0} SELECT * FROM jsonb_populate_recordset(NULL::{0}, {1})").format(
            sql.Identifier(table), sql.Literal(json.dumps([json.loads(row) for row in new]))
        )
        for table, rows in after.items()
        if (new := set(rows) - set(before[table]))
    ]
    role = "SET LOCAL session_replication_role = {}"
    statements = [sql.SQL(role.format("replica")), *statements, sql.SQL(role.format("origin"))]
    return sql.SQL("; ").join(statements).as_string(None)
